"""What if, from here: one looks back, changes one thing, and sees both runs side by side from that moment on."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.runs import facts, run_to_end, without_scripts


@pytest.fixture
def declined(page):
    """Opens a run whose card was declined, and returns it with the newest fact before that."""
    run_to_end(page, style="choreography", fail="charge-customer")
    refused = next(fact["seq"] for fact in facts(page) if fact["kind"] == "step rejected")
    return page, refused - 2


def what_if(page):
    return page.get_by_role("link", name="What if from here")


def go_back_to(page, fact):
    """Goes back message by message, with the keyboard, until that fact is shown."""
    expect(what_if(page)).to_be_hidden()
    while page.locator("[data-run]").get_by_text(re.compile(f"^fact {fact} of")).count() == 0:
        shown = page.locator("[data-moment]").text_content()
        page.keyboard.press("[")
        expect(page.locator("[data-moment]")).not_to_have_text(shown)
    expect(what_if(page)).to_have_attribute("href", re.compile(rf"what-if/\?fact={fact}$"))


def expect_card_works_beside(page, fact):
    expect(page.locator(".run-head")).to_contain_text(f"From fact {fact} of an earlier run: this time the card works")
    expect(page.locator(".panel > header h2")).to_have_text(["Earlier run", "New run"])


def test_scrubbed_back_before_the_refusal_this_time_the_card_works_and_both_are_seen_side_by_side(declined):
    page, fact = declined
    go_back_to(page, fact)
    what_if(page).click()
    expect(page.get_by_label("This time the card works")).to_be_checked()
    page.get_by_role("button", name="Run it from here").click()
    page.wait_for_url("**/sandbox/compare/*/*/*")
    expect_card_works_beside(page, fact)
    earlier, new = page.locator(".panel").all()
    expect(new.locator(".headline.completed")).to_be_visible(timeout=40_000)
    expect(earlier.locator(".headline.compensated")).to_be_visible(timeout=40_000)
    expect(page.locator("#difference")).to_contain_text("In the new run nobody: nothing was undone")


@pytest.mark.parametrize("look", [{"viewport": {"width": 360, "height": 800}}])
def test_without_scripts_on_a_small_screen_a_fault_is_chosen_in_two_steps(declined, new_learner):
    page, fact = declined
    plain = without_scripts(page, new_learner)
    plain.set_viewport_size({"width": 360, "height": 800})
    plain.goto(f"{page.url.partition('?')[0]}?at={fact}")
    what_if(plain).click()
    plain.get_by_label("Choose where").select_option("charge-customer")
    plain.get_by_role("button", name="Show what can go wrong").click()
    plain.get_by_label("Crash before the work").check()
    plain.get_by_role("button", name="Run it from here").click()
    plain.wait_for_url("**/sandbox/compare/*/*/*")
    expect(plain.locator(".run-head")).to_contain_text("this time crash before the work at charge-customer")
    expect(plain.locator(".panel .headline").first).to_contain_text("Inventory publishes InventoryReserved")


@pytest.mark.parametrize("look", [{"reduced_motion": "reduce", "viewport": {"width": 1280, "height": 800}}])
def test_for_whoever_asked_for_stillness_the_earlier_run_stands_at_that_moment_until_they_play(declined):
    page, fact = declined
    page.goto(f"{page.url.partition('?')[0]}what-if/?fact={fact}")
    page.get_by_role("button", name="Run it from here").click()
    page.wait_for_url("**/sandbox/compare/*/*/*")
    expect_card_works_beside(page, fact)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator(".panel .headline").first).to_contain_text("Inventory publishes InventoryReserved")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".panel .headline.completed")).to_have_count(1, timeout=40_000)
