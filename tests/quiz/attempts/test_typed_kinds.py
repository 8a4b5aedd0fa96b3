"""A text, a number and a statement are asked, graded, kept and explained, in both paces and without JavaScript."""

from html import unescape

import pytest

from quiz.attempts.question_form import blank
from quiz.models import Answer, Review
from tests.quiz.check_taker import CheckTaker
from tests.quiz.fixtures import reason_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("typed_bank")]


@pytest.fixture
def singly():
    return CheckTaker().start(pace="singly")


@pytest.fixture
def together():
    return CheckTaker().start()


def answered(taker, number, text):
    """Answers a typed question, and returns the answer and the page that explains it."""
    page = taker.client.post(f"{taker.url}{number}/", {f"question-{number}": text, f"confidence-{number}": "sure"})
    assert page.status_code == 302, page.content.decode()
    return Answer.objects.latest("pk"), unescape(taker.page(number))


def test_a_check_of_typed_kinds_can_be_passed(together):
    together.send(together.form_data(right=3))
    assert (together.attempt.right_count, together.attempt.has_passed) == (3, True)


def test_a_check_of_typed_kinds_can_be_failed(together):
    together.send(together.form_data(right=0))
    assert together.attempt.right_count == 0
    assert Review.objects.count() == 3


def test_no_expected_answer_is_on_the_page_before_it_is_answered(together):
    page = together.result()
    assert all(text not in page for text in ("at-least-once", "exactly once", "semantics", "retries", "± 10.5"))
    assert page.count('value="a"') == 1  # the statement's


def test_a_form_is_not_even_given_the_expected_answers(together):
    options = [blank(question, 1).options for question in together.attempt.asked()]
    assert [len(each) for each in options] == [0, 0, 2]


@pytest.mark.parametrize("text", ["at-least-once", " At least once. ", "alo"])
def test_any_accepted_text_is_right_and_kept_as_it_was_written(singly, text):
    answer, page = answered(singly, 1, text)
    assert (answer.is_right, answer.given) == (True, text.strip())
    assert f"Right, you wrote “{text.strip()}”" in page
    assert "exactly once" not in page


def test_a_text_that_the_author_expected_to_be_wrong_has_its_own_reason(singly):
    answer, page = answered(singly, 1, "Exactly-once")
    assert (answer.is_right, answer.picks) == (False, ["strict"])
    assert reason_text("reason of strict") in page
    assert "at-least-once" in page


def test_any_other_text_is_wrong_and_shown_beside_what_is_right(singly):
    answer, page = answered(singly, 1, "<b>perhaps</b>")
    assert (answer.is_right, answer.picks, answer.given) == (False, [], "<b>perhaps</b>")
    assert "&lt;b&gt;perhaps" in singly.page(1)
    assert reason_text("reason of semantics") in page


@pytest.mark.parametrize(("text", "is_right"), [("205 ms", True), ("150", False), ("9", False)])
def test_a_number_is_marked_by_its_tolerance(singly, text, is_right):
    answer, page = answered(singly, 2, text)
    assert answer.is_right is is_right
    assert "200 ± 10.5 ms" in page


def test_what_is_no_number_is_not_graded_and_stays_in_the_form(singly):
    form = {"question-2": "1,5", "confidence-2": "sure"}
    response = singly.client.post(f"{singly.url}2/", form)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Write one number in ms in digits, with a point before decimals" in page
    assert 'value="1,5"' in page
    assert 'aria-invalid="true"' in page
    assert not Answer.objects.exists()


def test_an_empty_answer_is_not_graded(together):
    form = together.form_data(right=3) | {"question-1": "  "}
    response = together.send(form)
    assert response.status_code == 422
    assert "Write your answer." in response.content.decode()
    assert 'value="200"' in response.content.decode()  # the other answers are kept
    assert not Answer.objects.exists()


def test_a_typed_answer_is_kept_when_only_the_confidence_is_missing(singly):
    response = singly.client.post(f"{singly.url}1/", {"question-1": "at least once"})
    assert response.status_code == 422
    assert 'value="at least once"' in response.content.decode()


def test_an_answer_longer_than_the_field_is_refused(singly):
    response = singly.client.post(f"{singly.url}1/", {"question-1": "x" * 201, "confidence-1": "sure"})
    assert response.status_code == 400
    assert not Answer.objects.exists()


def test_true_and_false_keep_their_order_in_every_attempt():
    for _ in range(8):
        options = CheckTaker().start().question(3).options
        assert [option.text for option in options] == ["True", "False"]


def test_the_same_answers_sent_twice_are_one_and_others_are_late(together):
    form = together.form_data(right=3)
    together.send(form)
    assert "had been sent already" not in together.send(form).content.decode()
    assert "had been sent already" in together.send(form | {"question-1": "ALO"}).content.decode()


def test_a_missed_text_comes_back_for_review_and_can_be_answered(singly, monkeypatch):
    singly.answer_all(right=0)
    Review.objects.update(due_at="2026-01-01T00:00Z")
    practice = singly.start_practice("review/")
    assert {question.kind for question in practice.attempt.asked()} == {"text", "number", "true-false"}
    practice.answer_all()
    assert practice.attempt.right_count == 3
