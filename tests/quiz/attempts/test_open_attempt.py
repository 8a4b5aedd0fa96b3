"""An open check can be asked at the other pace, and ended. A finished one can be practised from the introduction."""

import pytest

from quiz.models import Answer, Attempt
from tests.quiz.check_taker import CheckTaker

pytestmark = pytest.mark.django_db
PRACTISE = "Practise what you missed or guessed"


def hub(taker):
    return taker.client.get(taker.intro).content.decode()


@pytest.mark.parametrize(("pace", "other"), [("together", "singly"), ("singly", "together")])
def test_a_check_without_an_answer_can_be_asked_at_the_other_pace(pace, other, client, small_bank):
    taker = CheckTaker(client).start(pace=pace)
    asked = taker.attempt.questions
    assert f'name="pace" value="{other}"' in hub(taker)
    assert f'name="pace" value="{pace}"' not in hub(taker)
    again = CheckTaker(client).start(pace=other)
    assert (again.url, again.attempt.pace, again.attempt.questions) == (taker.url, other, asked)


def test_a_check_with_an_answer_keeps_its_pace(singly):
    singly.answer(1)
    assert 'name="pace"' not in hub(singly)
    singly.client.post(singly.intro, {"pace": "together"})
    assert singly.attempt.pace == "singly"


def test_starting_again_without_a_pace_changes_none(singly):
    singly.client.post(singly.intro)
    assert singly.attempt.pace == "singly"


def test_an_attempt_can_be_ended_and_what_is_not_answered_is_not_right(singly):
    singly.answer(1)
    assert f'action="{singly.url}end/"' in hub(singly)
    page = singly.client.post(singly.url + "end/", follow=True).content.decode()
    assert "1 of 3" in page
    assert "2 questions were not answered" in page
    assert singly.attempt.is_committed
    assert not singly.attempt.has_passed
    assert not any(option.why in page for number in (2, 3) for option in singly.question(number).options)
    assert CheckTaker(singly.client).start().url != singly.url


def test_an_attempt_that_was_ended_takes_no_more_answers(singly):
    singly.client.post(singly.url + "end/")
    assert singly.answer(2)["Location"] == singly.url
    assert not Answer.objects.exists()
    assert "Read the reasons below" not in singly.result()
    assert singly.attempt.right_count == 0


def test_ending_a_finished_attempt_changes_nothing(singly):
    singly.answer_all()
    before = singly.attempt.committed_at
    singly.client.post(singly.url + "end/")
    assert (singly.attempt.committed_at, singly.attempt.right_count) == (before, 3)


def test_nobody_ends_the_attempt_of_another(singly):
    assert CheckTaker().client.post(singly.url + "end/").status_code == 404
    assert not Attempt.objects.get().is_committed


def test_the_introduction_offers_practice_of_the_last_attempt_unless_a_check_is_open(singly):
    singly.answer_all(right=1)
    assert PRACTISE in hub(singly)
    assert f'action="{singly.url}retry/"' in hub(singly)
    CheckTaker(singly.client).start()
    assert PRACTISE not in hub(singly)


def test_the_introduction_offers_no_practice_where_nothing_was_missed(singly):
    singly.answer_all()
    assert PRACTISE not in hub(singly)
