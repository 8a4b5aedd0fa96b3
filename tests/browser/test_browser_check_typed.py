"""Typed answers in a browser: by keyboard, kept as a draft, without JavaScript, and at 360 pixels."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.check import SINGLY, TOGETHER, begin
from tests.stack import until

TYPED = "/check/typed/"


def field(page):
    return page.get_by_label("Your answer")


def test_a_check_of_typed_answers_is_taken_by_keyboard_alone(page, console):
    console.allow("422")
    begin(page, SINGLY, TYPED)
    field(page).focus()
    page.keyboard.type("At least once")
    page.keyboard.press("Enter")  # in a field, it commits to nothing
    expect(page.locator("#question-1-error")).to_contain_text("Say how sure you are")
    expect(field(page)).to_have_value("At least once")
    expect(page.locator(".htmx-swapping, .htmx-settling")).to_have_count(0)
    page.get_by_role("button", name="I am sure").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#marked")).to_have_text("Right")
    expect(page.get_by_text("Right, you wrote “At least once”")).to_be_visible()


def test_what_is_no_number_is_asked_for_again_in_its_place(page, console):
    console.allow("422")
    begin(page, TOGETHER, TYPED)
    first, second = field(page).all()
    first.fill("at-least-once")
    second.fill("7,0")
    page.get_by_label("False").check()
    page.get_by_role("button", name="Send answers").click()
    expect(page.get_by_role("link", name="Question 2")).to_be_visible()
    expect(page.locator("#question-2-error")).to_contain_text("Write one number in s in digits, with a point before")
    expect(field(page).nth(1)).to_have_value("7,0")
    expect(field(page).nth(1)).to_have_attribute("aria-invalid", "true")
    field(page).nth(1).fill("7 s")
    page.get_by_role("button", name="Send answers").click()
    expect(page.get_by_role("heading", name="3 of 3", exact=True)).to_be_visible()


def test_a_half_typed_answer_outlives_a_reload_and_is_gone_once_sent(page):
    begin(page, SINGLY, TYPED)
    field(page).press_sequentially("at-lea")
    page.reload()
    expect(field(page)).to_have_value("at-lea")
    field(page).press("End")
    field(page).press_sequentially("st-once")
    page.get_by_role("button", name="I am sure").click()
    expect(page.locator("#marked")).to_have_text("Right")
    drafts = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"
    until(lambda: page.evaluate(drafts) == 0, within=5, what="the draft is dropped")


def test_without_javascript_every_kind_can_be_answered(new_learner):
    page = new_learner(java_script_enabled=False)
    begin(page, TOGETHER, TYPED)
    field(page).nth(0).fill("exactly once")
    field(page).nth(1).fill("4")
    page.get_by_label("True").check()
    page.get_by_role("button", name="Send answers").click()
    expect(page.get_by_role("heading", name="0 of 3", exact=True)).to_be_visible()
    expect(page.get_by_text("The message itself may still arrive twice")).to_be_visible()
    expect(page.get_by_text("That is the last wait alone.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_typed_kinds_fit_a_telephone_and_break_no_rule_of_accessibility(new_learner, scheme):
    page = new_learner(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    begin(page, TOGETHER, TYPED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert min(each.bounding_box()["height"] for each in field(page).all()) >= 40
    assert violations(page) == []
    field(page).nth(0).fill("never mind")
    field(page).nth(1).fill("12")
    page.get_by_label("False").check()
    page.get_by_role("button", name="Send answers").click()
    expect(page.get_by_role("heading", name="1 of 3", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []
