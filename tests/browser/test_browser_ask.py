"""A learner asks about a lesson from anywhere on its page, and is led to the passage that answers."""

import re

import pytest
from playwright.sync_api import expect

LESSON = "/lessons/choreography-vs-orchestration/"
QUESTION = "What is a transactional outbox?"
LOOKS = [{"viewport": {"width": 1280, "height": 800}}, {"viewport": {"width": 360, "height": 740}}]


def box(page):
    return page.get_by_label("Your question about this lesson")


def answer(page):
    return page.locator(".answer")


@pytest.mark.parametrize("look", LOOKS, ids=["1280", "360"])
def test_by_keyboard_alone_a_question_leads_to_the_passage_which_is_marked(page):
    page.goto(LESSON)
    page.keyboard.press("?")
    expect(box(page)).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(answer(page).get_by_role("heading")).to_be_focused()
    expect(page.locator("#status")).to_have_text(re.compile("^[123] passages? found.$"))
    link = answer(page).locator(f".where a[href^='{LESSON}#']").first
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    passage = page.locator(":target")
    expect(passage).to_be_in_viewport()
    above = passage.evaluate("node => node.getBoundingClientRect().top")
    header = page.locator(".site-header").evaluate("node => node.getBoundingClientRect().bottom")
    assert above - max(header, 0) > 60  # room for the heading or the line before
    mark = passage.evaluate("node => getComputedStyle(node).backgroundColor")
    assert mark != page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_question_mark_that_is_typed_into_a_field_stays_there(page):
    page.goto(LESSON)
    box(page).press_sequentially("why?")
    expect(box(page)).to_have_value("why?")


def test_a_question_that_is_asked_too_often_says_so_and_stays_in_the_box(page, console):
    console.allow(re.compile("status of 429|Error Code 429"))
    page.goto(LESSON)
    for _ in range(11):
        box(page).fill(QUESTION)
        with page.expect_response("**/ask/"):
            page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Wait a minute")
    expect(box(page)).to_have_value(QUESTION)


def test_what_is_suggested_is_answered_and_what_is_not_covered_can_be_passed_on(page):
    page.goto(LESSON)
    page.locator(".ask-suggested button").first.click()
    expect(answer(page).locator("blockquote").first).to_be_visible()
    box(page).fill("How many partitions should a Kafka topic have?")
    box(page).press("Enter")
    expect(answer(page)).to_contain_text("This lesson does not cover that.")
    answer(page).get_by_role("button", name="Send it to the authors").click()
    expect(answer(page)).to_contain_text("The authors have your question, without your name.")
    page.goto("/lessons/questions/")
    expect(page.locator(".asked li")).to_have_count(2)
    page.get_by_text("Delete all of them").click()
    expect(page.locator(".asked li")).to_have_count(2)
    page.get_by_role("button", name="Yes, delete 2 questions").click()
    expect(page.get_by_text("You have asked nothing yet.")).to_be_visible()


@pytest.mark.parametrize("look", [{"java_script_enabled": False}])
def test_without_scripts_a_form_opens_the_answer_on_a_page_of_its_own(page):
    page.goto(LESSON)
    box(page).fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**/lessons/questions/*/")
    expect(answer(page).locator("blockquote").first).to_be_visible()
    answer(page).get_by_role("button", name="It helped").click()
    expect(answer(page).get_by_role("button", name="It helped")).to_have_attribute("aria-pressed", "true")


def problem(page):
    return page.locator("#ask-problem").get_by_role("alert")


def test_a_problem_stands_at_the_field_and_no_old_answer_under_it(page, console):
    console.allow(re.compile("htmx:|ERR_FAILED|status of 422|Error Code 422"))
    page.goto(LESSON)
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(answer(page)).to_be_visible()
    page.route("**/ask/", lambda route: route.abort())
    box(page).fill("Are you there?")
    box(page).press("Enter")
    expect(problem(page)).to_have_text("The server did not answer. Try again in a moment.")
    expect(box(page)).to_have_value("Are you there?")
    expect(answer(page)).to_have_count(0)
    page.unroute("**/ask/")
    box(page).fill("   ")
    box(page).press("Enter")
    expect(problem(page)).to_have_text("Write your question first.")
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(answer(page)).to_be_visible()
    expect(problem(page)).to_have_count(0)


def test_while_an_answer_is_on_its_way_there_is_a_sign_of_it(page):
    page.goto(LESSON)
    held = []
    page.route("**/ask/", lambda route: held.append(route))
    sign = page.get_by_text("Looking for the answer")
    expect(sign).to_be_hidden()
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(sign).to_be_visible()
    held[0].continue_()
    expect(answer(page)).to_be_visible()
    expect(sign).to_be_hidden()


def test_a_rating_keeps_the_answer_and_the_focus(page, console):
    console.allow(re.compile("status of 410|Error Code 410"))
    page.goto(LESSON)
    box(page).fill(QUESTION)
    box(page).press("Enter")
    answer(page).evaluate("node => node.dataset.same = 'yes'")
    helped = answer(page).get_by_role("button", name="It helped")
    helped.focus()
    page.keyboard.press("Enter")
    expect(helped).to_have_attribute("aria-pressed", "true")
    expect(helped).to_be_focused()
    expect(answer(page)).to_have_attribute("data-same", "yes")
    other = page.context.new_page()
    other.goto("/lessons/questions/")
    other.locator(".asked").get_by_role("button").click()
    expect(other.get_by_text("You have asked nothing yet.")).to_be_visible()
    helped.click()
    expect(answer(page).get_by_role("alert")).to_have_text("This question is gone: it was deleted.")


@pytest.mark.parametrize("look", [LOOKS[1]], ids=["360"])
def test_the_button_that_leads_to_the_box_covers_no_answer(page):
    page.goto(LESSON)
    link = page.get_by_role("link", name="Ask", exact=True)
    expect(link).to_be_in_viewport()
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(answer(page)).to_be_visible()
    answer(page).locator(".rate").scroll_into_view_if_needed()
    expect(link).not_to_be_in_viewport()
