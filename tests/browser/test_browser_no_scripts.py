"""Without JavaScript everything works by plain links and forms."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.check import PAGE, SINGLY, arrange, begin, questions, take, take_singly
from tests.browser.runs import deliver_button, expect_chosen, held, open_setup, start_run, wait_for_end

ORDERS, LETTERS = "/check/orders/", [f"The letter {letter}" for letter in "ABCD"]


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
    expect(page.locator(".verdict summary")).to_contain_text("held")


def test_after_a_delivery_the_next_page_shows_its_effect(page):
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


@pytest.mark.parametrize("taken", [take, take_singly])
def test_the_check_can_be_passed_at_either_pace(page, taken):
    taken(page, right=5)
    expect(page.get_by_text("Passed.", exact=True)).to_be_visible()


def test_an_order_is_given_by_numbers_and_the_run_that_shows_it_is_started(page):
    begin(page, SINGLY, ORDERS)
    expect(page.get_by_role("button", name=re.compile("^Up"))).to_have_count(0)
    arrange(questions(page)[0], LETTERS)
    page.get_by_role("button", name="I guess").click()
    expect(page.get_by_role("heading", name="Right", exact=True)).to_be_visible()
    page.get_by_role("link", name="Next question").click()
    page.get_by_role("radio", name="The letter B").check()
    page.get_by_role("button", name="I am sure").click()
    page.get_by_text("Report a problem").click()
    page.get_by_role("textbox").fill("B is as good.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    page.get_by_role("link", name="Back to your answers").click()
    page.get_by_role("button", name="Show me in the sandbox").click()
    page.wait_for_url("**/sandbox/runs/*/")


def test_the_lesson_can_be_read_and_its_folds_open(page):
    page.goto(PAGE)
    expect(page.locator("figure.diagram svg[role=img]:visible")).to_have_count(3)
    page.get_by_text("Compare with your answer").first.click()
    expect(page.get_by_text("Payment only states a fact")).to_be_visible()
    page.locator(".toc-beside").get_by_role("link", name="Side-by-side comparison").click()
    expect(page.get_by_role("heading", name="Side-by-side comparison")).to_be_in_viewport()


def test_the_setup_page_changes_by_its_address_and_keeps_what_was_chosen(page):
    choices = {"style": "orchestration", "fail": "charge-customer", "pace": "step"}
    open_setup(page, **choices)
    expect_chosen(page, choices)
    expect(page.locator("#plan-title h2")).to_contain_text("orchestration")
    page.get_by_role("radio", name="Choreography").check()
    page.get_by_role("button", name="Show this in the picture").click()
    expect(page.locator("#plan-title h2")).to_contain_text("choreography")
    expect_chosen(page, {**choices, "style": "choreography"})


def test_a_lab_is_done_by_plain_forms_on_a_page_that_refreshes_itself(page):
    page.goto("/sandbox/labs/failure-handling/")
    for question in page.locator(".lab-question").all():
        question.get_by_role("radio").first.check()
    page.get_by_role("button", name="Predict and run").click()
    page.locator("#why").fill("Each service knows what concerns it.", timeout=40_000)
    expect(page.locator("meta[http-equiv=refresh]")).to_have_count(0)
    page.get_by_role("button", name="Compare with ours").click()
    page.get_by_role("button", name="It says the same").click()
    expect(page.get_by_role("link", name=re.compile("^Next: "))).to_be_visible()
