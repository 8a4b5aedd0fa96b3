"""A learner takes the mock interview without scripts, and prints the lesson's summary on one page."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.check import PAGE
from tests.browser.focus import hidden_focus
from tests.browser.target_size import small_targets

FORMATS = ("A4", "Letter")
NARROW = {"width": 360, "height": 740}


def expect_accessible(page):
    for scheme, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=scheme)
        results = Axe().run(page, options={"resultTypes": ["violations"], **rules})
        assert results.violations_count == 0, results.generate_report()
    assert small_targets(page) == []
    size = page.viewport_size
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert small_targets(page) == []
    page.set_viewport_size(size)


def test_by_keyboard_a_question_is_answered_compared_and_what_was_missed_is_read_in_the_lesson(page):
    page.goto(f"{PAGE}interview/")
    page.get_by_role("button", name="Begin").press("Enter")
    box = page.get_by_label("Your answer")
    box.fill("An orchestrator and a saga.")
    box.press("Tab")
    expect(page.get_by_role("button", name="Compare what I wrote")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_label("No transaction spans the five services").press("Space")
    expect(page.get_by_role("button", name="Next question")).to_be_in_viewport()
    expect_accessible(page)
    assert hidden_focus(page)[1] == []
    page.get_by_role("button", name="Next question").press("Enter")
    page.get_by_role("link", name="Question 7").click()
    page.get_by_role("button", name="I answered aloud").click()
    page.get_by_role("button", name="See what you missed").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("You said 1 of 5 mid points, in 2 of 7"))
    expect_accessible(page)
    page.get_by_role("link", name="Kinds of step").click()
    expect(page.locator("#kinds-of-step")).to_be_in_viewport()


@pytest.mark.parametrize("look", [{"java_script_enabled": False, "viewport": NARROW}])
def test_without_scripts_on_a_phone_it_is_begun_from_the_lesson_and_deleted(page, console):
    console.allow("status of 422")
    page.goto(PAGE)
    page.locator(".practise").get_by_role("link", name="Mock interview").click()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Compare what I wrote").click()
    expect(page.get_by_role("alert")).to_have_text("Write a few words first, or answer aloud.")
    page.get_by_role("button", name="I answered aloud").click()
    page.get_by_role("button", name="Next question").click()
    page.get_by_role("link", name="Mock interview").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    expect(page.get_by_role("heading", name="Your interviews")).to_have_count(0)


def test_the_summary_is_accessible_and_prints_on_exactly_one_page(page):
    page.goto(f"{PAGE}summary/")
    expect(page.locator("svg[role=img]:visible")).to_have_count(2)
    expect(page.get_by_role("button", name=re.compile("Play"))).to_have_count(0)
    expect_accessible(page)
    for paper in FORMATS:
        pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))
        assert len(pages) == 1, paper
