"""Where the reader's system forces its colours, what is chosen, wrong or right is told by shapes as well."""

import pytest
from playwright.sync_api import expect

from tests.browser.check import TOGETHER, begin

LESSON = "/lessons/choreography-vs-orchestration/"


@pytest.fixture
def look():
    return {"viewport": {"width": 900, "height": 800}, "forced_colors": "active"}


def style(place, name, pseudo=None):
    return place.evaluate("(one, [name, pseudo]) => getComputedStyle(one, pseudo)[name]", [name, pseudo])


def test_a_mark_of_an_answer_can_be_told_from_the_other_one(page):
    page.goto(f"{LESSON}ask/")
    page.get_by_label("Your question").fill("What is a transactional outbox?")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="It did not help").click()
    chosen = page.get_by_role("button", name="It did not help", exact=True)
    expect(chosen).to_have_attribute("aria-pressed", "true")
    other = page.get_by_role("button", name="It helped", exact=True)
    assert "✓" in style(chosen, "content", "::before")
    assert style(other, "content", "::before") == "none"
    assert style(chosen, "borderColor") != style(other, "borderColor")


def test_what_is_typed_wrong_and_what_is_chosen_stand_out(page, console):
    console.allow("422")
    begin(page, TOGETHER, "/check/typed/")
    right, wrong = page.get_by_label("Your answer").all()
    right.fill("at-least-once")
    wrong.fill("seven")
    page.get_by_label("False").check()
    page.get_by_role("button", name="Send answers").click()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    assert (style(wrong, "borderInlineStartWidth"), style(right, "borderInlineStartWidth")) == ("4px", "1px")
    chosen, other = (page.locator(".quiz-option", has=page.get_by_label(name)) for name in ("False", "True"))
    assert style(chosen, "borderColor") != style(other, "borderColor")


def test_only_right_answers_and_wrong_picks_have_a_thick_edge(page):
    begin(page, TOGETHER, "/check/typed/")
    first, second = page.get_by_label("Your answer").all()
    first.fill("at-least-once")
    second.fill("4")
    page.get_by_label("False").check()
    page.get_by_role("button", name="Send answers").click()
    page.get_by_role("heading", name="2 of 3", exact=True).wait_for()
    edges = {
        kind: {style(each, "borderInlineStartWidth") for each in page.locator(selector).all()}
        for kind, selector in (("marked", ".is-key, .is-slip"), ("plain", ".quiz-answer:not(.is-key, .is-slip)"))
    }
    assert edges == {"marked": {"4px"}, "plain": {"1px"}}


def test_how_far_one_is_can_be_seen(page):
    begin(page, "One question at a time", "/check/typed/")
    bar = page.locator(".quiz-progress progress")
    assert style(bar, "borderTopWidth") == "1px"
    assert style(bar, "color") != style(bar, "backgroundColor")
    assert style(bar, "forcedColorAdjust") == "none"
