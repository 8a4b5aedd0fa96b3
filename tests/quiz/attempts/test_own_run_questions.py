"""Questions about the learner's own runs come on top of a check, now and then, each only once, and outside the mark."""

from html import unescape

import pytest

from quiz.attempts import services
from quiz.bank.checks import banks_are_sound
from quiz.bank.loader import bank_of
from quiz.bank.own_run_questions import own_run_questions
from quiz.models import Answer, Review
from tests.quiz.check_taker import LESSON, CheckTaker
from tests.quiz.fixtures import SMALL_BANK

pytestmark = pytest.mark.django_db
OWN = {"own-run:mine", "own-run:yours"}


@pytest.fixture(autouse=True)
def runs(settings, monkeypatch, write_bank):
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.two_runs"
    monkeypatch.setattr(services, "OWN_RUN_CHANCE", 1.0)
    write_bank({**SMALL_BANK, "own_runs": 2})


@pytest.fixture
def own():
    """An attempt whose last question, the fourth, is about a run of the learner's."""
    return CheckTaker().start(pace="singly")


def test_a_question_about_an_own_run_comes_after_those_of_the_objectives(own):
    question = own.question(4)
    assert question.id in OWN
    assert (question.objective, question.paragraph) == (2, "about-2")
    assert [each.objective for each in own.attempt.asked()] == [1, 2, 3, 2]


@pytest.mark.parametrize(("is_own_right", "right", "passed"), [(False, 3, True), (True, 2, False)])
def test_it_is_never_part_of_the_mark(own, is_own_right, right, passed):
    for number in range(1, 4):
        own.answer(number, right=number <= right)
    assert not own.attempt.is_committed
    own.answer(4, right=is_own_right)
    attempt = own.attempt
    assert (attempt.right_count, attempt.question_count, attempt.has_passed) == (right, 3, passed)
    assert f"{right} of 3" in own.result()


def test_all_at_once_it_is_outside_the_mark_too():
    taker = CheckTaker().start()
    form = {name: value for n in range(1, 5) for name, value in taker.fields(n, right=n < 4).items()}
    taker.send(form)
    assert (taker.attempt.right_count, taker.attempt.question_count) == (3, 3)
    assert Answer.objects.filter(is_right=False).count() == 1


def test_the_page_says_that_it_does_not_count_and_when_the_run_was_started(own):
    own.answer(1), own.answer(2), own.answer(3)
    page = own.page(4)
    assert "It is not part of the mark." in page
    assert '<time data-utc="replace" datetime="2026-05-01T12:30:00+00:00">' in page
    assert "1 May 2026, 12:30 UTC" in page
    assert "Question 4 of 4" in page
    own.answer(4)
    assert "It is not part of the mark." in own.result()


def test_about_every_second_check_has_one(monkeypatch):
    monkeypatch.undo()
    found = [CheckTaker().start().attempt.asked_count == 4 for _ in range(40)]
    assert 5 < sum(found) < 35


def test_a_run_is_asked_about_the_same_thing_only_once(own):
    for number in range(1, 5):
        own.answer(number)
    again = CheckTaker(own.client).start(pace="singly")
    for number in range(1, 5):
        again.answer(number)
    assert {own.question(4).id, again.question(4).id} == OWN
    assert CheckTaker(own.client).start().attempt.asked_count == 3


def test_what_cannot_be_answered_is_not_asked():
    assert {each.id for each in own_run_questions(bank_of(LESSON), "somebody", asked=())} == OWN


def test_before_the_answer_only_the_moment_before_is_linked(own):
    question = own.question(4)
    own.answer(1), own.answer(2), own.answer(3)
    assert f'href="{question.run_before}"' in own.page(4)
    assert question.run not in unescape(own.page(4))
    own.answer(4)
    assert f'href="{question.run}"' in unescape(own.page(4))


def test_the_question_keeps_its_words_when_the_run_is_gone(own, settings):
    for number in range(1, 5):
        own.answer(number, right=False)
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.no_runs"
    page = own.result()
    assert own.question(4).prompt in page
    assert "as long as you keep the run" in page


def test_a_missed_question_about_a_run_never_comes_back_for_review_and_its_sibling_is_of_the_bank(own):
    for number in range(1, 5):
        own.answer(number, right=number < 4)
    assert not Answer.objects.get(question=own.question(4).id).is_right
    assert not Review.objects.exists()
    assert own.start_practice("retry/").question(1).id == "order"


def test_an_attempt_of_earlier_in_which_it_counted_keeps_its_mark(own):
    for number in range(1, 5):
        own.answer(number)
    attempt = own.attempt
    attempt.questions[3] = {
        name: value
        for name, value in attempt.questions[3].items()
        if name not in {"counts", "run_before", "run_started_at", "unit"}
    }
    attempt.question_count = attempt.right_count = 4
    attempt.save()
    page = own.result()
    assert "4 of 4" in page
    assert "About a run of your own." in page
    assert "not part of the mark" not in page


def test_a_bank_that_names_no_objective_asks_about_no_run(write_bank):
    write_bank(SMALL_BANK)
    assert CheckTaker().start().attempt.asked_count == 3


def test_start_up_reports_a_source_of_runs_that_is_not_there(settings):
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.no_such_function"
    assert [message.id for message in banks_are_sound()] == ["quiz.E002"]
