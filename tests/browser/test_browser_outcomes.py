"""The page says how an order ended, for every refusal and in both styles."""

import pytest
from playwright.sync_api import expect

from tests.browser.runs import REFUSALS, named, run_to_end

WORDS = {"": "Completed", "validate-order": "Refused, nothing to undo"}
STYLES = ("choreography", "orchestration")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("fail", REFUSALS)
def test_the_page_says_how_the_order_ended(page, style, fail):
    run_to_end(page, style=style, fail=fail)
    expect(page.locator(".headline strong")).to_have_text(WORDS.get(fail, "Compensated"))
    undos = page.locator("#journal li", has_text="a new posting")
    assert undos.count() == len(REFUSALS[fail])
    for line, undo in zip(undos.all(), REFUSALS[fail], strict=True):
        expect(line).to_contain_text(f"runs {undo}")
    expect(page.locator(".verdict summary")).to_contain_text("held")
    expect(page.locator(".verdict li.broken")).to_have_count(0)


@pytest.mark.parametrize("style", STYLES)
def test_the_confirmation_is_sent_for_no_order_that_failed(page, style):
    run_to_end(page, style=style, fail="schedule-fulfilment")
    assert "send-confirmation" not in named(page, "step completed", "step")
    expect(page.locator(".steps li", has_text="send-confirmation")).not_to_contain_text("completed")


def test_the_same_run_in_the_other_style_is_one_click_away(page):
    run_to_end(page, style="choreography", fail="charge-customer", quantity=2)
    page.get_by_role("button", name="Run as orchestration").click()
    page.wait_for_url("**/sandbox/compare/*/*/")
    page.locator(".panel").last.get_by_role("link").filter(has_text="This run alone").click()
    expect(page.locator("h1")).to_contain_text("as an orchestration")
    expect(page.locator(".headline strong")).to_have_text("Compensated")
    page.get_by_role("link", name="Ledgers").click()
    expect(page.locator(".ledgers")).to_contain_text("2 from available to reserved")


def test_going_back_and_starting_again_is_a_second_run(page):
    run_to_end(page)
    first = page.url
    page.go_back()
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url(lambda url: "/runs/" in url and url != first)
    page.goto("/sandbox/")
    expect(page.locator(".runs li")).to_have_count(2)
