"""A reader answers the question at the end of a section where it stands, or passes it by."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.check import CHECK, SINGLY, begin

SECTION = "the-service-coordination-problem"
LESSON = "/lessons/choreography-vs-orchestration/"
RIGHT = "One slow or dead participant leaves the others\u2019 rows locked."
LOOKS = [{"viewport": {"width": 1280, "height": 800}}, {"viewport": {"width": 360, "height": 740}}]


def check_yourself(page, section=SECTION):
    return page.locator(f"#self-check-{section}")


def top_of(place):
    """Returns where on the page it begins: what is read above it does not move."""
    return place.evaluate("node => Math.round(node.getBoundingClientRect().top + scrollY)")


@pytest.mark.parametrize("look", LOOKS, ids=["1280", "360"])
def test_by_keyboard_it_is_opened_answered_and_closed_again_in_its_place(page):
    page.goto(LESSON)
    here = check_yourself(page)
    expect(here.locator("fieldset")).to_have_count(0)
    top = top_of(here)
    here.locator("summary").press("Enter")
    expect(here.locator("fieldset")).to_be_focused()
    here.get_by_label(RIGHT).press("Space")
    here.get_by_role("button", name="Answer", exact=True).press("Enter")
    verdict = here.get_by_text("Right", exact=True).first
    expect(verdict).to_be_focused()
    expect(verdict).to_be_in_viewport()
    expect(page.locator("#status")).to_have_text("Right. The reasons are here.")
    expect(here.locator(".quiz-why")).to_have_count(4)
    expect(page).to_have_url(re.compile(f"{LESSON}$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert top_of(here) == top
    here.get_by_role("link", name="Answer it again").press("Enter")
    expect(here.locator("fieldset")).to_be_focused()
    here.locator("summary").press("Enter")
    expect(here.locator("fieldset")).to_be_hidden()


def test_an_answer_that_is_missing_or_does_not_arrive_is_asked_for(page, console):
    console.allow("ERR_FAILED|htmx:afterRequest|htmx:sendError")
    page.goto(LESSON)
    here, other = check_yourself(page), check_yourself(page, "choreography")
    for each in (here, other):
        each.locator("summary").click()
        expect(each.locator("fieldset")).to_be_visible()
    here.get_by_role("button", name="Answer").click()
    expect(here.get_by_text("Pick one option.")).to_be_visible()
    expect(other.get_by_text("Pick at least one option.")).to_have_count(0)
    page.route("**/self-check/**", lambda route: route.abort())
    here.get_by_label(RIGHT).check()
    here.get_by_role("button", name="Answer").click()
    expect(here.get_by_role("alert")).to_have_text("The server did not answer. Try again.")
    expect(here.get_by_label(RIGHT)).to_be_checked()


def test_what_an_open_check_withheld_is_asked_when_it_is_opened_again_after_the_check(page):
    check = page.context.new_page()
    begin(check, SINGLY)
    page.goto(LESSON)
    here = check_yourself(page)
    here.locator("summary").click()
    expect(here.get_by_text("The reasons here could answer its questions")).to_be_visible()
    check.goto(CHECK)
    check.get_by_role("button", name="End this attempt").click()
    expect(check.get_by_text("You ended this attempt")).to_be_visible()
    here.locator("summary").click()
    expect(here.locator(".self-check-body")).to_be_hidden()
    here.locator("summary").press("Enter")
    expect(here.locator("fieldset")).to_be_focused()
    expect(here.get_by_text("The reasons here")).to_have_count(0)


@pytest.mark.parametrize("look", [{"java_script_enabled": False}])
def test_without_scripts_it_has_a_page_of_its_own_that_leads_back(page):
    page.goto(LESSON)
    check_yourself(page).locator("summary").click()
    check_yourself(page).get_by_role("link", name="Open it").click()
    page.get_by_label("A saga holds the same locks, and lets them go one by one.").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Wrong", exact=True)).to_be_visible()
    expect(page.locator(".quiz-why")).to_have_count(4)
    page.get_by_role("link", name="Back to where you were in the lesson").click()
    expect(check_yourself(page)).to_be_in_viewport()
