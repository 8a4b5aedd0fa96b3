"""Without JavaScript everything works by plain links and forms."""

import pytest
from playwright.sync_api import expect

from tests.browser.check import PAGE, take
from tests.browser.runs import deliver_button, expect_chosen, held, open_bench, start_run, wait_for_end


@pytest.fixture
def look():
    return {"java_script_enabled": False, "viewport": {"width": 1280, "height": 800}}


def test_a_run_is_stepped_through_by_plain_forms(page):
    start_run(page, pace="step", fail="validate-order")
    deliver_button(held(page)).click()
    expect(page.locator("#journal")).to_contain_text("deliver OrderPlaced")
    while deliver_button(page).count() or "RUNNING" in page.locator(".headline").inner_text():
        if deliver_button(page).count():
            deliver_button(page).first.click()
        else:
            page.reload()
    wait_for_end(page)
    expect(page.locator(".verdict li.held").first).to_be_visible()


def test_after_a_delivery_the_page_that_comes_shows_what_came_of_it(page):
    start_run(page, pace="step", fail="schedule-fulfilment")
    first = held(page).locator(".controls [name=message]").first.input_value()
    deliver_button(page).click()
    expect(page.locator(".controls [name=message]").first).not_to_have_value(first)
    expect(held(page).locator("#journal")).to_contain_text("handles OrderPlaced")


def test_a_run_that_is_followed_refreshes_itself_until_it_has_ended(page):
    start_run(page, pace="follow", fail="validate-order")
    wait_for_end(page)
    expect(page.locator(".headline strong")).to_have_text("Refused, nothing to undo")
    expect(page.locator("meta[http-equiv=refresh]")).to_have_count(0)


def test_the_check_can_be_passed(page):
    take(page, right=5)
    expect(page.get_by_text("Passed.", exact=True)).to_be_visible()


def test_the_lesson_can_be_read_and_its_folds_open(page):
    page.goto(PAGE)
    expect(page.locator("figure.diagram svg[role=img]:visible")).to_have_count(3)
    page.get_by_text("Compare with your answer").first.click()
    expect(page.get_by_text("Payment only states a fact")).to_be_visible()
    page.locator(".places-beside").get_by_role("link", name="Side-by-side comparison").click()
    expect(page.get_by_role("heading", name="Side-by-side comparison")).to_be_in_viewport()


def test_the_bench_changes_by_its_address_and_keeps_what_was_chosen(page):
    choices = {"style": "orchestration", "fail": "charge-customer", "pace": "step"}
    open_bench(page, **choices)
    expect_chosen(page, choices)
    expect(page.locator("#plan-title h2")).to_contain_text("orchestration")
    page.get_by_role("radio", name="Choreography").check()
    page.get_by_role("button", name="Show this in the picture").click()
    expect(page.locator("#plan-title h2")).to_contain_text("choreography")
    expect_chosen(page, {**choices, "style": "choreography"})
