"""One question at a time: the click that says how sure one is answers it for good, and the reasons are there."""

import re

import pytest
from django.test import Client

from quiz.attempts.services import commit_answers
from quiz.models import Answer, Attempt
from tests.quiz.check_taker import CheckTaker

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_introduction_offers_both_paces(client, small_bank):
    page = client.get(CheckTaker().intro).content.decode()
    assert 'name="pace" value="singly"' in page
    assert 'name="pace" value="together"' in page


def test_a_pace_that_does_not_exist_is_refused_with_those_that_do(client, small_bank):
    response = client.post(CheckTaker().intro, {"pace": "backwards"})
    assert response.status_code == 400
    assert "use one of together, singly" in response.content.decode()
    assert not Attempt.objects.exists()


def test_the_first_open_question_stands_alone(singly):
    page = singly.result()
    assert "Question 1 of 3</h1>" in page
    assert page.count("<legend>") == 2  # the question, and how sure one is
    assert "question-2" not in page
    assert '<progress max="3" value="0"' in page


def test_the_three_buttons_are_the_confidence(singly):
    page = singly.result()
    said = [f'name="confidence-1" value="{value}"' for value in ("guess", "think", "sure")]
    assert [page.count(button) for button in said] == [1, 1, 1]


def test_an_answer_is_kept_at_once_and_leads_to_its_reasons(singly):
    response = singly.answer(1, sure="think")
    assert response["Location"] == f"{singly.url}1/#marked"
    kept = Answer.objects.get()
    assert (kept.question, kept.is_right, kept.confidence) == (singly.question(1).id, True, "think")
    page = singly.page(1)
    assert all(option.why in page for option in singly.question(1).options)
    assert "you thought so" in page
    assert "Next question" in page


def test_each_question_has_an_address_of_its_own_so_the_way_back_leads_to_it(singly):
    singly.answer(1)
    assert singly.client.get(singly.url)["Location"] == f"{singly.url}2/"
    assert "Question 3 of 3</h1>" in singly.page(3)
    assert "Next question" in singly.page(1)


def test_after_an_answer_the_next_question_is_asked(singly):
    singly.answer(1)
    assert "Question 2 of 3</h1>" in singly.result()
    assert not singly.attempt.is_committed


def test_the_last_answer_ends_the_attempt_and_the_result_is_one_step_away(singly):
    singly.answer_all(right=2)
    assert "See the result" in singly.page(3)
    assert "2 of 3</h1>" in singly.result()
    assert singly.attempt.right_count == 2


def test_reading_again_or_going_back_changes_nothing(singly):
    singly.answer(1)
    before = list(Answer.objects.values())
    assert "Next question" in singly.page(1)
    assert "Question 2 of 3</h1>" in singly.page(2)
    assert list(Answer.objects.values()) == before


def test_a_second_answer_to_the_same_question_changes_nothing_and_shows_the_first(singly):
    singly.answer(1, sure="sure")
    before = list(Answer.objects.values())
    assert singly.answer(1, right=False, sure="guess")["Location"] == f"{singly.url}1/#marked"
    assert list(Answer.objects.values()) == before


def test_two_tabs_that_answer_the_same_question_are_graded_once(singly):
    stale, first = singly.attempt, singly.question(1)
    assert commit_answers(attempt=singly.attempt, picks={first.id: first.key})
    assert not commit_answers(attempt=stale, picks={first.id: ()})
    assert [answer.is_right for answer in Answer.objects.all()] == [True]


def test_two_tabs_that_answer_the_last_two_questions_end_the_attempt_once(singly):
    singly.answer(1)
    stale = singly.attempt
    for number in (3, 2):
        each = singly.question(number)
        assert commit_answers(attempt=stale, picks={each.id: each.key})
    assert (singly.attempt.right_count, singly.attempt.is_committed) == (3, True)


@pytest.mark.parametrize("number", [0, 4, 99, 10**30])
def test_a_question_that_the_attempt_does_not_have_is_refused_with_a_sentence(singly, number):
    response = singly.client.post(f"{singly.url}{number}/", {"confidence-1": "sure"})
    assert response.status_code == 400
    assert "questions 1 to 3" in response.content.decode()
    assert singly.client.get(f"{singly.url}{number}/").status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({}, 422, "Pick "),
        ({"confidence-1": "sure"}, 422, "Pick "),
        ({"confidence-1": "quite"}, 400, "takes one of guess, think, sure"),
        ({"confidence-1": ["sure", "guess"]}, 400, "takes one of guess, think, sure"),
        ({"question-1": "z", "confidence-1": "sure"}, 400, "offers no such option"),
    ],
)
def test_what_is_no_answer_is_not_graded(singly, form, status, says):
    response = singly.client.post(f"{singly.url}1/", form)
    assert response.status_code == status
    assert says in response.content.decode()
    assert not Answer.objects.exists()


def test_an_answer_without_a_word_on_confidence_is_kept_on_the_page_and_asked_for_it(singly):
    response = singly.client.post(f"{singly.url}1/", singly.fields(1))
    assert response.status_code == 422
    assert "Say how sure you are" in response.content.decode()
    assert "checked" in response.content.decode()
    assert not Answer.objects.exists()


def test_a_singly_attempt_takes_no_sheet_and_a_sheet_no_single_answer(singly):
    assert singly.send(singly.form_data(right=3)).status_code == 400
    other = CheckTaker(Client()).start()
    assert other.answer(1).status_code == 400
    assert other.client.get(f"{other.url}1/")["Location"] == other.url
    assert not Answer.objects.exists()


def test_anothers_question_is_not_found(singly):
    assert Client().post(f"{singly.url}1/", {"confidence-1": "sure"}).status_code == 404
    singly.answer(1)
    assert Client().get(f"{singly.url}1/").status_code == 404


def test_confidence_is_no_part_of_the_mark(small_bank):
    marks = [CheckTaker().start(pace="singly").answer_all(right=2, sure=sure).attempt.right_count for sure in SURE]
    assert marks == [2, 2, 2]


SURE = ("guess", "think", "sure")


def test_for_htmx_the_reasons_come_as_a_fragment_that_takes_focus_and_is_announced(singly):
    page = singly.answer(1, right=False, follow=True, **HTMX).content.decode()
    assert "<html" not in page
    assert re.search(r'<h1 class="[^"]+" id="marked" tabindex="-1" autofocus>.*Wrong</h1>', page, re.DOTALL)
    assert 'hx-swap-oob="innerHTML">Question 1: wrong. The reasons are here.</div>' in page
    asked = singly.client.get(singly.url, follow=True, **HTMX).content.decode()
    assert 'id="question" tabindex="-1" autofocus>Question 2 of 3</h1>' in asked
    assert 'hx-swap-oob="innerHTML">Question 2 of 3.</div>' in asked


def test_an_open_attempt_goes_on_at_the_pace_it_began_with(singly):
    singly.answer(1)
    assert CheckTaker(singly.client).start(pace="together").url == singly.url
    assert "Question 2 of 3</h1>" in singly.result()


def test_two_tabs_that_reach_the_end_at_once_both_get_there(singly, monkeypatch):
    stale = singly.attempt
    singly.answer_all()
    monkeypatch.setattr("quiz.views.attempts.own_attempt", lambda *_: stale)
    response = singly.client.get(singly.url)
    assert (response.status_code, response["Location"]) == (302, singly.url)


def test_the_progress_counts_what_was_answered_in_whatever_order(singly):
    singly.answer(2)
    assert "Question 1 of 3</h1>" in singly.result()
    assert '<progress max="3" value="1"' in singly.result()
