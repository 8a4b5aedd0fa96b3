"""From the introduction to the result, by plain forms."""

import json
import re
from html import unescape

import pytest
from django.test import Client

from content.inline_markdown import inline
from quiz.attempts.services import commit_answers
from quiz.models import Answer, Attempt
from tests.quiz.check_taker import LESSON, CheckTaker

pytestmark = pytest.mark.django_db


def test_the_introduction_says_what_is_needed_and_starts_nothing(client):
    page = client.get(f"/check/{LESSON}/").content.decode()
    assert "4 of 5 needed" in page
    assert not Attempt.objects.exists()


def test_a_lesson_without_a_bank_has_no_check(client):
    response = client.get("/check/no-such-lesson/")
    assert response.status_code == 404
    assert "This lesson has no knowledge check." in response.content.decode()


def test_start_keeps_the_drawn_versions_and_the_shuffled_order(taker):
    stored = taker.attempt.questions
    page = taker.result()
    assert [row["version"] for row in stored] == [1] * 5
    shown = re.findall(r"> <span>(.+)</span></label>", unescape(page))
    assert shown == [inline(option["text"]) for row in stored for option in row["options"]]


def test_starting_twice_gives_one_attempt(taker):
    assert taker.client.post(taker.intro)["Location"] == taker.url
    assert Attempt.objects.count() == 1


def test_an_open_attempt_is_offered_again(taker):
    page = taker.client.get(taker.intro).content.decode()
    assert "Continue" in page
    assert taker.url in page


def test_four_of_five_complete_the_check(taker):
    response = taker.send(taker.form_data(right=4), follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(taker.url + "#result", 302)]
    assert "4 of 5" in page
    assert "Passed." in page
    assert taker.attempt.has_passed


def test_three_of_five_do_not_complete_the_check(taker):
    page = taker.send(taker.form_data(right=3), follow=True).content.decode()
    assert "Not passed yet." in page
    assert "4 of 5 needed" in page
    assert not taker.attempt.has_passed


def test_the_result_explains_every_option_and_leads_to_lesson_and_sandbox(taker):
    taker.send(taker.form_data(right=2))
    page = unescape(taker.result())
    for question in taker.attempt.asked():
        assert all(unescape(inline(option.why)) in page for option in question.options)
        assert f'href="/lessons/{LESSON}/#{question.paragraph}"' in page
    assert 'href="/sandbox/?style=orchestration&fail=schedule-fulfilment"' in page


def test_the_result_marks_the_pick_and_the_right_option(taker):
    taker.send(taker.form_data(right=4))
    page = taker.result()
    assert len(re.findall(r"Right, your pick", page)) == 5
    assert len(re.findall(r"</svg> Your pick", page)) == 1
    assert [len(re.findall(rf"</svg> {mark}</span>", page)) for mark in ("right", "wrong")] == [4, 1]


def test_a_second_post_changes_nothing_and_shows_the_result(taker):
    taker.send(taker.form_data(right=5))
    before = (taker.attempt.committed_at, list(Answer.objects.values()))
    response = taker.send(taker.form_data(right=0))
    assert response.status_code == 200
    assert "5 of 5" in response.content.decode()
    assert (taker.attempt.committed_at, list(Answer.objects.values())) == before


def test_two_posts_that_meet_are_graded_once(taker):
    stale = taker.attempt
    right = {question.id: [option.id for option in question.options if option.right] for question in stale.asked()}
    assert commit_answers(attempt=taker.attempt, picks=right)
    assert not commit_answers(attempt=stale, picks={name: [] for name in right})
    assert taker.attempt.right_count == 5
    assert Answer.objects.count() == 5


def test_missing_answers_are_named_and_the_others_are_kept(taker):
    form_data = taker.form_data(right=5)
    del form_data["question-2"], form_data["question-4"]
    response = taker.send(form_data)
    page = response.content.decode()
    assert response.status_code == 422
    assert re.findall(r'id="question-(\d)-error"', page) == ["2", "4"]
    kept = re.findall(r'name="question-(\d)" value="(\w)" checked', page)
    assert kept == [(number, form_data[f"question-{number}"][0]) for number in "135"]
    assert not taker.attempt.is_committed


@pytest.mark.parametrize("letters", [["z"], ["backwards"], [""], ["a", "z"], ["a", "b"]])
def test_an_option_that_was_never_offered_is_refused_with_a_sentence(taker, letters):
    response = taker.send(dict(taker.form_data(right=5), **{"question-1": letters}))
    assert response.status_code == 400
    assert "Question 1 " in response.content.decode()
    assert "Nothing was graded" in response.content.decode()
    assert not taker.attempt.is_committed


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_learners_attempt_is_not_found(taker, method):
    response = getattr(Client(), method)(taker.url, taker.form_data(right=5))
    assert response.status_code == 404
    assert "You have no attempt at this address." in response.content.decode()
    assert not taker.attempt.is_committed


def test_a_forged_post_from_another_site_is_refused(taker):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = taker.client.cookies
    assert strict.post(taker.url, taker.form_data(right=5)).status_code == 403
    assert not taker.attempt.is_committed


def test_a_retake_is_a_new_attempt_and_the_old_one_stays(taker):
    taker.send(taker.form_data(right=3))
    again = CheckTaker(taker.client).start()
    assert again.url != taker.url
    assert "3 of 5" in taker.result()
    assert not again.attempt.is_committed


def test_an_edited_bank_does_not_mark_an_old_attempt_again(taker, raw, write_bank):
    taker.send(taker.form_data(right=5))
    old = taker.result()
    for question in raw["questions"]:
        question.update(version=2, prompt="Asked in other words: why?")
        question["options"].reverse()
    write_bank(raw)
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"')
    assert strip.sub("", taker.result()) == strip.sub("", old)
    assert set(Answer.objects.values_list("version", flat=True)) == {1}


def test_the_marks_stand_even_when_the_stored_key_is_touched(taker):
    taker.send(taker.form_data(right=4))
    attempt = taker.attempt
    attempt.questions = json.loads(json.dumps(attempt.questions).replace('"right": true', '"right": false'))
    attempt.save(update_fields=["questions"])
    assert "4 of 5" in taker.result()


def test_pages_are_not_kept_in_any_cache(taker):
    assert "no-store" in taker.client.get(taker.url)["Cache-Control"]
