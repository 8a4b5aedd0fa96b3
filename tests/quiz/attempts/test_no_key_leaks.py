"""Before an answer is committed, no byte that leaves the server tells right from wrong."""

from html import unescape

import pytest

from quiz.attempts import services
from quiz.models import Review
from tests.quiz.fixtures import SMALL_BANK
from tests.quiz.fixtures import question as made
from tests.quiz.sitting import LESSON, Sitting

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
MARKERS = ["is-right", "is-key", "is-slip", "is-wrong", "data-right", "quiz-why", "misconception", "quiz-verdict"]


def everything_sent(response):
    hops = [hop for hop, _ in getattr(response, "redirect_chain", [])]
    headers = "".join(f"{name}: {value}\n" for name, value in response.items())
    return unescape("\n".join([*hops, headers, response.cookies.output(), response.content.decode()]))


def secrets(questions):
    """What of these questions nobody may be sent: reasons, misconceptions, ids, and the address of an own run."""
    for question in questions:
        yield from filter(None, [f'"{question.id}"', question.run])
        for option in question.options:
            yield option.why
            yield from filter(None, [f'"{option.id}"', f">{option.id}<", option.misconception])


def assert_tells_nothing(response, questions):
    sent = everything_sent(response)
    assert [secret for secret in secrets(questions) if secret in sent] == []


@pytest.fixture
def whole_bank(settings, monkeypatch, write_bank):
    """A bank with every kind of question, and one about an own run in every check."""
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.two_runs"
    monkeypatch.setattr(services, "OWN_RUN_CHANCE", 1.0)
    objectives = {**SMALL_BANK["objectives"], 4: "Know your own run"}
    questions = [*SMALL_BANK["questions"], made("spare", 4)]
    write_bank({**SMALL_BANK, "objectives": objectives, "questions": questions, "own_runs": 4})


def before_a_send(sitting):
    """Every response of a sitting up to the send, good and bad requests alike."""
    yield sitting.client.get(f"/lessons/{LESSON}/")
    yield sitting.client.get(sitting.intro)
    yield sitting.client.post(sitting.intro, follow=True)
    yield sitting.client.get(sitting.url)
    yield sitting.client.get(sitting.url, **HTMX)
    yield sitting.send({})
    yield sitting.send({"question-1": "a"}, **HTMX)
    yield sitting.send({"question-1": "z"})
    yield sitting.send({f"question-{sitting.number_of('ordering')}-a": "1"})
    yield sitting.answer(1)
    yield sitting.client.get(f"{sitting.url}1/", follow=True)
    yield sitting.client.post(sitting.url + "retry/")


def test_a_sheet_tells_nothing_before_it_is_sent(whole_bank):
    sitting = Sitting().start()
    for response in before_a_send(sitting):
        assert_tells_nothing(response, sitting.attempt.asked())
        assert not any(marker in everything_sent(response) for marker in MARKERS)


def around_one(sitting, number):
    """Every response about a question that is still open, whichever were answered."""
    yield sitting.client.get(sitting.url, follow=True)
    yield sitting.client.get(sitting.url, follow=True, **HTMX)
    yield sitting.client.get(f"{sitting.url}{number}/")
    yield sitting.client.post(f"{sitting.url}{number}/", {f"confidence-{number}": "sure"})
    yield sitting.client.post(f"{sitting.url}{number}/", {f"question-{number}": "a"}, **HTMX)
    yield sitting.client.post(f"{sitting.url}{number}/", {f"question-{number}": "z"})
    yield sitting.client.get(sitting.intro)


def assert_each_is_told_only_once_answered(sitting):
    count = sitting.attempt.question_count
    for number in range(1, count + 1):
        still_open = sitting.attempt.asked()[number - 1 :]
        if sitting.attempt.answers.count() == number - 1:
            for response in around_one(sitting, number):
                assert_tells_nothing(response, still_open)
        assert_tells_nothing(sitting.answer(number, right=number % 2 == 0, follow=True), still_open[1:])
        if number < count:
            assert_tells_nothing(sitting.client.get(f"{sitting.url}{number}/"), still_open[1:])


def test_singly_nothing_is_reported_about_what_is_still_open(whole_bank):
    sitting = Sitting().start(pace="singly")
    assert sitting.question(4).run
    assert_each_is_told_only_once_answered(sitting)


def test_practice_and_review_tell_nothing_before_their_answers(whole_bank):
    check = Sitting().start(pace="singly").answer_all(right=0)
    assert_each_is_told_only_once_answered(check.start_practice("retry/"))
    Review.objects.update(due_at="2020-01-01T00:00Z")
    assert_each_is_told_only_once_answered(check.start_practice("review/"))


def test_options_of_one_question_differ_in_letter_and_text_alone(sitting):
    page = sitting.client.get(sitting.url).content.decode()
    lines = [line.strip() for line in page.splitlines() if 'class="quiz-option"' in line]
    assert len(lines) == sum(len(question.options) for question in sitting.attempt.asked())
    shapes = set()
    for question in sitting.attempt.asked():
        for option in question.options:
            line = unescape(lines.pop(0)).replace(option.text, "TEXT")
            shapes.add(line.split('name="')[0] + line.split('value="')[1][2:])
    assert len(shapes) == 2  # one for radios, one for checkboxes


def test_items_to_be_put_into_order_differ_in_letter_and_text_alone(together):
    number = together.number_of("ordering")
    page = unescape(together.result())
    items = [f'<li class="quiz-item">{rest}' for rest in page.split('<li class="quiz-item">')[1:]]
    items = [item.split("</li>")[0] for item in items]
    texts = [option.text for option in together.question(number).options]
    shapes = {
        item.replace(text, "TEXT").replace(f"question-{number}-{letter}", "FIELD")
        for item, text, letter in zip(items, texts, "abc", strict=True)
    }
    assert len(shapes) == 1


def test_the_search_itself_would_find_a_leak(whole_bank):
    sitting = Sitting().start(pace="singly").answer_all()
    sent = everything_sent(sitting.client.get(sitting.url))
    assert sum(secret in sent for secret in secrets(sitting.attempt.asked())) >= 12
