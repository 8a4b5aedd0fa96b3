"""The same order in both styles: few clicks lead a newcomer to who decided what was undone."""

import pytest
from playwright.sync_api import expect

ENDED = "#difference:not([hx-get])"


def start_both(page, pace="follow"):
    """Starts both runs with three clicks from the sandbox."""
    page.goto(f"/sandbox/?pace={pace}")
    settings = page.get_by_role("form", name="Settings of the run")
    settings.get_by_text("Both, side by side").click()
    settings.get_by_text("Card declined").click()
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/sandbox/compare/*/*/")


def expect_who_decided(page):
    difference = page.locator("#difference")
    expect(page.locator(ENDED)).to_be_visible(timeout=40_000)
    expect(difference.get_by_role("heading")).to_have_text("Who decided what was undone?")
    expect(difference).to_contain_text("In the choreography each service for itself: Inventory ran release-inventory")
    expect(difference).to_contain_text("In the orchestration the orchestrator: it commanded ReleaseInventory")
    expect(page.locator(".panel .headline.compensated")).to_have_count(2)


def test_three_clicks_show_who_decided_in_either_style_without_another(page):
    start_both(page)
    expect(page.locator("#difference")).to_contain_text("it is not over")
    expect_who_decided(page)
    expect(page.locator("#status")).to_contain_text("Both runs have ended.")
    rows = page.locator("#difference tbody tr")
    expect(rows.filter(has_text="Who knows the whole flow")).to_contain_text("Orchestrator")
    expect(rows.filter(has_text="Undone, in this order").locator(".mark")).to_have_text("= same")


@pytest.mark.parametrize("look", [{"java_script_enabled": False, "viewport": {"width": 360, "height": 800}}])
def test_without_scripts_the_page_comes_again_until_both_have_ended(page):
    start_both(page, pace="fast")
    expect_who_decided(page)
    expect(page.locator("meta[http-equiv=refresh]")).to_have_count(0)
