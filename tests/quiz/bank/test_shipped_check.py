"""Every question that ships can be answered, right or wrong, and the result shows each reason."""

from html import unescape
from string import ascii_lowercase

import pytest

from config.settings import LESSONS_DIR, QUIZ_TRACE
from content.lesson_files import CHECK, files_of_lessons
from quiz.attempts.feedback import PLACES, feedback_on
from quiz.bank.answer_keys import with_keys
from quiz.bank.grading import passes
from quiz.bank.loader import read_bank
from quiz.bank.model import Kind
from quiz.bank.style_rules import MAX_OPTIONS_TO_ORDER
from quiz.models import Answer
from tests.quiz.check_taker import CheckTaker

pytestmark = pytest.mark.django_db


@pytest.fixture(params=files_of_lessons(LESSONS_DIR, CHECK), ids=lambda file: file.parent.name)
def questions(request, settings):
    settings.LESSONS_DIR, settings.QUIZ_TRACE = LESSONS_DIR, QUIZ_TRACE
    return with_keys(read_bank(request.param)).questions


def test_one_slip_is_no_reason_to_fail_a_check(questions):
    count = len({question.objective for question in questions})
    assert passes(right=count - 1, of=count)


@pytest.mark.parametrize("turned", [1, -1])
def test_every_answer_to_every_question_can_be_marked(questions, turned):
    for question in questions:
        if question.kind.is_typed:  # shows the reason of what was written, and of what is right
            continue
        picks = [option.id for option in question.options][::turned]
        answer = Answer(pk=1, question=question.id, picks=picks, is_right=False)
        marked = feedback_on(question, 1, answer)
        assert {option.why for option in marked.options} == {option.why for option in question.options}


def test_there_is_a_word_for_every_place():
    assert len(PLACES) == MAX_OPTIONS_TO_ORDER + 1


def letters(attempt, *, wrong):
    """The form for an attempt: what is right, or an order turned round and an option that is wrong."""
    form_data = {}
    for number, question in enumerate(attempt.attempt.asked(), start=1):
        named = {option.id: letter for letter, option in zip(ascii_lowercase, question.options, strict=False)}
        if question.kind.is_typed:
            right = next(option for option in question.options if option.right)
            form_data[f"question-{number}"] = "987654321" if wrong else str(right.number or right.text)
        elif question.kind is Kind.ORDERING:
            order = question.key[::-1] if wrong else question.key
            form_data.update({f"question-{number}-{named[name]}": place for place, name in enumerate(order, start=1)})
        else:
            bad = [option.id for option in question.options if not option.right][:1]
            form_data[f"question-{number}"] = [named[name] for name in (bad if wrong else question.key)]
    return form_data


@pytest.mark.proof
@pytest.mark.parametrize(("wrong", "says"), [(False, "5 of 5"), (True, "0 of 5")])
def test_the_shipped_check_can_be_taken_whatever_is_drawn(settings, wrong, says):
    settings.LESSONS_DIR = LESSONS_DIR
    settings.QUIZ_TRACE = QUIZ_TRACE
    for _ in range(15):
        attempt = CheckTaker().start()
        response = attempt.client.post(attempt.url, letters(attempt, wrong=wrong), follow=True)
        assert response.status_code == 200
        assert says in unescape(response.content.decode())
