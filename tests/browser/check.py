"""Helpers to take the knowledge check with right or wrong answers."""

import re
from functools import cache

from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_of
from quiz.bank.model import Kind

LESSON = "choreography-vs-orchestration"
CHECK, PAGE = f"/check/{LESSON}/", f"/lessons/{LESSON}/"
TOGETHER, SINGLY = "All at once", "One question at a time"


# The page sets the quotes of what authors write.
STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


def plain(text):
    return " ".join(text.translate(STRAIGHT).split())


def as_shown(text):
    """Returns an expression for a text of the bank as the page shows it, whichever quotes that has."""
    quotes = {"'": "['\u2018\u2019]", '"': '["\u201c\u201d]'}
    return re.compile("^" + "".join(quotes.get(letter, re.escape(letter)) for letter in plain(text)) + "$")


@cache
def known():
    """Returns the questions with their keys, by their prompts."""
    return {plain(question.prompt): question for question in with_keys(bank_of(LESSON)).questions}


def begin(page, pace=TOGETHER, check=CHECK):
    page.goto(check)
    begin_here(page, pace)


def begin_here(page, pace=TOGETHER):
    """Begins on the page of the check, and waits for the questions: a click returns before the next page has come."""
    page.get_by_role("button", name=pace).click()
    page.wait_for_url("**/check/attempts/**")


def questions(page):
    """Returns the questions of a page that has loaded, of which there is at least one."""
    page.wait_for_load_state()
    found = page.locator("fieldset.quiz-question").all()
    assert found, f"No question on {page.url}."
    return found


def answer(place, *, right):
    """Answers the question at that place of the page, rightly or wrongly."""
    asked = plain(place.locator("> legend").text_content())
    question = next(question for prompt, question in known().items() if asked.endswith(prompt))
    texts = {option.id: plain(option.text) for option in question.options}
    if question.kind is Kind.ORDERING:
        order = question.key if right else question.key[::-1]
        arrange(place, [texts[name] for name in order])
        return
    if question.kind.is_typed:
        expected = next(option for option in question.options if option.right)
        place.get_by_label("Your answer").fill(str(expected.number or expected.text) if right else "987654321")
        return
    wrong = [option.id for option in question.options if not option.right]
    wanted = [texts[name] for name in (question.key if right else wrong[:1])]
    for label in place.locator("label.quiz-option").all():
        if plain(label.text_content()) in wanted:
            label.locator("input").check()


def arrange(place, texts):
    """Gives the items their places: by number, or where that is hidden, by their arrows."""
    for number, text in enumerate(texts, start=1):
        item = place.locator("li.quiz-item", has=place.page.get_by_text(as_shown(text)))
        if item.locator("select").is_visible():
            item.locator("select").select_option(str(number))
        else:
            lift(item, to=number)


def lift(item, *, to):
    """Moves the item up by its arrow until it is at that place.

    The first is pressed where it is already at the top, too: any press notes the places of all items as they stand.
    """
    at = item.evaluate("one => [...one.parentElement.children].indexOf(one) + 1")
    presses = max(at - to, 1) if to == 1 else at - to
    for _ in range(presses):
        item.locator("[data-move=up]").click()


def pick(page, *, right):
    """Picks what is right in the first `right` questions, and something wrong in the others."""
    for place, question in enumerate(questions(page)):
        answer(question, right=place < right)


def send(page):
    page.get_by_role("button", name="Send answers").click()


def take(page, *, right):
    begin(page)
    pick(page, right=right)
    send(page)
    page.get_by_role("heading", name=f"{right} of 5", exact=True).wait_for()


def take_singly(page, *, right, sure="I am sure"):
    """As `take`, one question at a time, with the same word on confidence each time."""
    begin(page, SINGLY)
    for number in range(1, 6):
        page.get_by_role("heading", name=f"Question {number} of 5").wait_for()
        answer(questions(page)[0], right=number <= right)
        page.get_by_role("button", name=sure).click()
        page.get_by_role("link", name="Next question" if number < 5 else "See the result").click()
    page.get_by_role("heading", name=f"{right} of 5", exact=True).wait_for()
