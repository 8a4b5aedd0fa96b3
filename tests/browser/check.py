"""The knowledge check as a learner takes it who knows, or does not know, the answers of the bank."""

from quiz.keys import keyed
from quiz.loader import bank_of

LESSON = "choreography-vs-orchestration"
CHECK, PAGE = f"/check/{LESSON}/", f"/lessons/{LESSON}/"


def plain(text):
    return " ".join(text.split())


def key():
    """Prompt -> option -> whether it is right."""
    return {
        plain(question.prompt): {plain(option.text): bool(option.right) for option in question.options}
        for question in keyed(bank_of(LESSON)).questions
    }


def begin(page):
    page.goto(CHECK)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/check/attempts/*/")


def pick(page, *, right):
    """Picks what is right in the first `right` questions, and something wrong in the others."""
    answers = key()
    for place, question in enumerate(page.locator("fieldset.quiz-question").all()):
        asked = plain(question.locator("legend").text_content())
        options = next(options for prompt, options in answers.items() if asked.endswith(prompt))
        wanted = [text for text, is_right in options.items() if is_right] if place < right else [wrong_one(options)]
        for label in question.locator("label").all():
            if plain(label.text_content()) in wanted:
                label.locator("input").check()


def wrong_one(options):
    return next(text for text, is_right in options.items() if not is_right)


def send(page):
    page.get_by_role("button", name="Send answers").click()


def take(page, *, right):
    begin(page)
    pick(page, right=right)
    send(page)
    page.get_by_role("heading", name=f"{right} of 5", exact=True).wait_for()
