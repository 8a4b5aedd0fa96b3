"""The check in a browser: by keyboard alone, by drag, and with focus and words where something changed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.check import CHECK, SINGLY, TOGETHER, begin
from tests.stack import until

ORDERS, LETTERS = "/check/orders/", [f"The letter {letter}" for letter in "ABCD"]

DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"


def order(page):
    return [text.strip() for text in page.locator(".quiz-item-text").all_inner_texts()]


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


def wait_until_settled(page):
    """Waits until htmx has taken over the links of what it has swapped in: a link is followed plainly until then."""
    expect(page.locator(".htmx-swapping, .htmx-settling")).to_have_count(0)


def sort_by_keyboard(page):
    """Lifts each letter to its place by the arrow that has the focus."""
    for place, letter in enumerate(LETTERS):
        page.get_by_role("button", name=f"Up: {letter}").focus()
        press(page, "Enter", times=order(page).index(letter) - place)


@pytest.fixture
def page(page):
    begin(page, SINGLY, ORDERS)
    return page


def test_the_whole_check_is_taken_by_keyboard_alone(page, console):
    console.allow("422")
    status = page.get_by_role("status")
    sort_by_keyboard(page)
    expect(page.locator(":focus")).to_have_attribute("data-move", "up")
    page.get_by_role("button", name="I think so").focus()
    press(page, "Enter")
    expect(page.locator("#marked")).to_be_focused()
    expect(page.locator("#marked")).to_have_text("Right")
    expect(status).to_have_text("Question 1: right. The reasons are here.")
    wait_until_settled(page)
    page.get_by_role("link", name="Next question").focus()
    press(page, "Enter")
    expect(page.locator("#question")).to_be_focused()
    wait_until_settled(page)
    press(page, "Tab")
    press(page, "ArrowDown")
    press(page, "ArrowUp")
    press(page, "Enter")  # in a field, it commits to nothing
    expect(page.locator("#question-2-error")).to_contain_text("Say how sure you are")
    expect(page.locator("#question")).to_be_focused()
    wait_until_settled(page)
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    press(page, "Tab", times=4)
    expect(page.get_by_role("button", name="I am sure")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("#marked")).to_be_focused()
    wait_until_settled(page)
    page.get_by_role("link", name="See the result").focus()
    press(page, "Enter")
    expect(page.locator("#result")).to_be_focused()
    expect(status).to_have_text(re.compile(r"^\d of 2, "))


def test_going_back_and_reloading_lose_and_change_nothing(page):
    sort_by_keyboard(page)
    page.get_by_role("button", name="I am sure").click()
    marked = page.locator("#marked")
    expect(marked).to_have_text("Right")
    page.reload()
    expect(marked).to_have_text("Right")
    page.get_by_role("link", name="Next question").click()
    expect(page.locator("#question")).to_have_text("Question 2 of 2")
    page.go_back()
    expect(marked).to_have_text("Right")
    page.go_forward()
    expect(page.locator("#question")).to_have_text("Question 2 of 2")


def test_an_arrow_moves_an_item_and_says_where_it_is(page):
    last = order(page)[-1]
    page.get_by_role("button", name=f"Up: {last}").click()
    assert order(page).index(last) == 2
    expect(page.get_by_role("status")).to_have_text(f"{last}: place 3 of 4")
    expect(page.get_by_role("button", name=f"Up: {last}")).to_be_focused()
    page.get_by_role("button", name=f"Down: {last}").click()
    assert order(page)[-1] == last


def test_an_item_is_dragged_to_its_place_and_sent_from_there(page):
    for place, letter in enumerate(LETTERS):
        item = page.locator(".quiz-item", has_text=letter)
        target = page.locator(".quiz-item").nth(place).bounding_box()
        start = item.bounding_box()
        page.mouse.move(start["x"] + 80, start["y"] + start["height"] / 2)
        page.mouse.down()
        page.mouse.move(target["x"] + 80, target["y"] + 1, steps=12)
        page.mouse.up()
        expect(page.get_by_role("status")).to_have_text(f"{letter}: place {place + 1} of 4")
    assert order(page) == LETTERS
    page.get_by_role("button", name="I am sure").click()
    expect(page.locator("#marked")).to_have_text("Right")


def test_an_order_that_nobody_touched_is_not_sent(page, console):
    console.allow("422")
    before = order(page)
    page.get_by_role("button", name="I guess").click()
    expect(page.locator("#question-1-error")).to_contain_text("You have not put the items in order yet")
    expect(page.locator("#question")).to_be_focused()
    assert order(page) == before


def test_a_report_is_sent_where_one_reads(page):
    page.locator("[data-move=up]").last.click()
    page.get_by_role("button", name="I am sure").click()
    page.get_by_text("Report a problem").click()
    page.get_by_role("textbox").fill("Some alphabets differ.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("status")).to_have_text("Thank you. Your report is kept.")
    expect(page.locator(".quiz-thanks")).to_be_focused()
    expect(page.get_by_role("link", name="Next question")).to_be_visible()


def fail_scripts(page, address):
    """The server fails whenever a script asks at that address; whatever is asked plainly gets through."""

    def refuse(route):
        if route.request.headers.get("hx-request"):
            route.fulfill(status=500, body="out of order")
        else:
            route.continue_()

    page.route(re.compile(address), refuse)


def test_an_answer_that_the_server_failed_at_is_sent_again_with_its_button(page, console):
    console.allow("500")
    fail_scripts(page, r"/check/attempts/.*/1/$")
    sort_by_keyboard(page)
    page.get_by_role("button", name="I think so").click()
    expect(page.locator("#marked")).to_have_text("Right")
    expect(page.get_by_text("you thought so")).to_be_visible()


def test_a_next_question_that_the_server_failed_at_is_asked_for_again(page, console):
    console.allow("500")
    sort_by_keyboard(page)
    page.get_by_role("button", name="I am sure").click()
    fail_scripts(page, r"/check/attempts/[^/]*/$")
    page.get_by_role("link", name="Next question").click()
    expect(page.locator("#question")).to_have_text("Question 2 of 2")


def test_what_is_chosen_outlives_a_reload_and_a_look_at_the_lesson(page):
    sort_by_keyboard(page)
    page.reload()
    assert order(page) == LETTERS
    page.get_by_role("button", name="I am sure").click()
    page.get_by_role("link", name="Next question").click()
    second = page.get_by_role("radio").nth(1)
    second.check()
    page.goto("/lessons/")
    page.go_back()
    expect(second).to_be_checked()


def test_a_whole_sheet_is_kept_until_it_is_sent(page):
    begin(page, TOGETHER, CHECK)
    place = page.url
    for group in page.locator(".quiz-question").all():
        option = group.locator(":is(input[type=radio], input[type=checkbox]):not([name^=confidence])")
        if option.count():
            option.first.check()
        group.get_by_label("I think so").check()
    chosen = page.locator(":checked").count()
    page.goto("/lessons/")
    page.goto(place)
    expect(page.locator(":checked")).to_have_count(chosen)
    assert page.evaluate(DRAFTS) == 1
    for button in page.get_by_role("button", name="Down: ").all():
        button.click() if button.is_visible() else None
    page.get_by_role("button", name="Send answers").click()
    expect(page.locator("#result")).to_be_visible()
    until(lambda: page.evaluate(DRAFTS) == 0, within=5, what="the draft is dropped")
