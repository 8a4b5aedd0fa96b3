"""Before an answer is committed, no byte that leaves the server tells right from wrong."""

from html import unescape

import pytest

from content.inline_markdown import inline
from quiz.attempts import services
from quiz.models import Review
from tests.quiz.check_taker import LESSON, CheckTaker
from tests.quiz.fixtures import SMALL_BANK, numeric, true_false, typed
from tests.quiz.fixtures import question as made

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
            if question.kind != "true-false":  # whose ids say no more than the texts
                yield from filter(None, [f'"{option.id}"', f">{option.id}<"])
            yield from filter(None, [option.misconception])
            if question.kind.is_typed and len(option.text) > 5:  # shorter ones are found in other words
                yield option.text


def assert_tells_nothing(response, questions):
    sent = everything_sent(response)
    assert [secret for secret in secrets(questions) if secret in sent] == []


@pytest.fixture
def whole_bank(settings, monkeypatch, write_bank):
    """A bank with every kind of question, and one about an own run in every check."""
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.two_runs"
    monkeypatch.setattr(services, "OWN_RUN_CHANCE", 1.0)
    objectives = {**SMALL_BANK["objectives"], 4: "Know your own run", 5: "Name it", 6: "Count it", 7: "Judge it"}
    typed_kinds = [typed("name", 5), numeric("count", 6), true_false("judge", 7)]
    questions = [*SMALL_BANK["questions"], made("spare", 4), *typed_kinds]
    write_bank({**SMALL_BANK, "objectives": objectives, "questions": questions, "own_runs": 4})


def before_a_send(taker):
    """Every response of an attempt up to the send, good and bad requests alike."""
    yield taker.client.get(f"/lessons/{LESSON}/")
    yield taker.client.get(taker.intro)
    yield taker.client.post(taker.intro, follow=True)
    yield taker.client.get(taker.url)
    yield taker.client.get(taker.url, **HTMX)
    yield taker.send({})
    yield taker.send({"question-1": "a"}, **HTMX)
    yield taker.send({"question-1": "z"})
    yield taker.send({f"question-{taker.number_of('ordering')}-a": "1"})
    yield taker.answer(1)
    yield taker.client.get(f"{taker.url}1/", follow=True)
    yield taker.client.post(taker.url + "retry/")


def test_a_sheet_tells_nothing_before_it_is_sent(whole_bank):
    taker = CheckTaker().start()
    for response in before_a_send(taker):
        assert_tells_nothing(response, taker.attempt.asked())
        assert not any(marker in everything_sent(response) for marker in MARKERS)


def around_one(taker, number):
    """Every response about a question that is still open, whichever were answered."""
    yield taker.client.get(taker.url, follow=True)
    yield taker.client.get(taker.url, follow=True, **HTMX)
    yield taker.client.get(f"{taker.url}{number}/")
    yield taker.client.post(f"{taker.url}{number}/", {f"confidence-{number}": "sure"})
    yield taker.client.post(f"{taker.url}{number}/", {f"question-{number}": "a"}, **HTMX)
    yield taker.client.post(f"{taker.url}{number}/", {f"question-{number}": "z"})
    yield taker.client.get(taker.intro)


def assert_each_is_told_only_once_answered(taker):
    count = taker.attempt.asked_count
    for number in range(1, count + 1):
        still_open = taker.attempt.asked()[number - 1 :]
        if taker.attempt.answers.count() == number - 1:
            for response in around_one(taker, number):
                assert_tells_nothing(response, still_open)
        assert_tells_nothing(taker.answer(number, right=number % 2 == 0, follow=True), still_open[1:])
        if number < count:
            assert_tells_nothing(taker.client.get(f"{taker.url}{number}/"), still_open[1:])


def test_singly_nothing_is_reported_about_what_is_still_open(whole_bank):
    taker = CheckTaker().start(pace="singly")
    assert taker.question(8).run
    assert_each_is_told_only_once_answered(taker)


def test_practice_and_review_tell_nothing_before_their_answers(whole_bank):
    check = CheckTaker().start(pace="singly").answer_all(right=0)
    assert_each_is_told_only_once_answered(check.start_practice("retry/"))
    Review.objects.update(due_at="2020-01-01T00:00Z")
    assert_each_is_told_only_once_answered(check.start_practice("review/"))


def test_options_of_one_question_differ_in_letter_and_text_alone(taker):
    page = taker.client.get(taker.url).content.decode()
    lines = [line.strip() for line in page.splitlines() if 'class="quiz-option"' in line]
    assert len(lines) == sum(len(question.options) for question in taker.attempt.asked())
    shapes = set()
    for question in taker.attempt.asked():
        for option in question.options:
            line = unescape(lines.pop(0)).replace(unescape(inline(option.text)), "TEXT")
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
    taker = CheckTaker().start(pace="singly").answer_all()
    sent = everything_sent(taker.client.get(taker.url))
    assert sum(secret in sent for secret in secrets(taker.attempt.asked())) >= 12
