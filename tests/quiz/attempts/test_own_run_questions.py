"""Questions about the learner's own runs take the place of one of the bank's, now and then, and each only once."""

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
    """An attempt whose second question is about a run of the learner's."""
    return CheckTaker().start(pace="singly")


def test_a_question_about_an_own_run_stands_for_the_objective_that_the_bank_names(own):
    question = own.question(2)
    assert question.id in OWN
    assert (question.objective, question.paragraph) == (2, "about-2")
    assert [each.objective for each in own.attempt.asked()] == [1, 2, 3]


def test_about_every_second_check_has_one(monkeypatch):
    monkeypatch.undo()
    found = [CheckTaker().start().question(2).id in OWN for _ in range(40)]
    assert 5 < sum(found) < 35


def test_a_run_is_asked_about_the_same_thing_only_once(own):
    own.answer_all()
    again = CheckTaker(own.client).start(pace="singly").answer_all()
    assert {own.question(2).id, again.question(2).id} == OWN
    assert CheckTaker(own.client).start().question(2).id == "order"


def test_what_breaks_an_item_rule_is_not_asked():
    assert {each.id for each in own_run_questions(bank_of(LESSON), "somebody", asked=())} == OWN


def test_the_run_is_linked_only_after_the_answer(own):
    own.answer(1)
    address = own.question(2).run
    assert address not in unescape(own.result())
    own.answer(2)
    assert f'href="{address}"' in unescape(own.page(2))


def test_the_question_keeps_its_words_when_the_run_is_gone(own, settings):
    own.answer_all(right=1)
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.no_runs"
    page = own.result()
    assert own.question(2).prompt in page
    assert "as long as you keep the run" in page


def test_a_missed_question_about_a_run_never_comes_back_for_review_and_its_sibling_is_of_the_bank(own):
    own.answer_all(right=1)
    assert not Answer.objects.get(question=own.question(2).id).is_right
    assert not Review.objects.filter(question__startswith="own-run:").exists()
    assert own.start_practice("retry/").question(1).id == "order"


def test_a_bank_that_names_no_objective_asks_about_no_run(write_bank):
    write_bank(SMALL_BANK)
    assert CheckTaker().start().question(2).id == "order"


def test_start_up_reports_a_source_of_runs_that_is_not_there(settings):
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.no_such_function"
    assert [message.id for message in banks_are_sound()] == ["quiz.E002"]
