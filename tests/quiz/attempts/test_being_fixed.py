"""A bank that cannot be used takes away its own check and nothing else, and its readers are told calmly."""

import pytest
from django.test import Client

from quiz.bank.loader import bank_of, is_being_fixed
from quiz.models import Attempt
from tests.quiz.check_taker import LESSON, CheckTaker
from tests.quiz.fixtures import SMALL_BANK

pytestmark = pytest.mark.django_db
BROKEN = {**SMALL_BANK, "objectives": {9: "Nobody asks about it"}}


@pytest.fixture
def broken(write_bank):
    write_bank(SMALL_BANK, "another")
    write_bank(BROKEN)


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize("address", [f"/check/{LESSON}/", f"/check/{LESSON}/review/"])
def test_the_reader_of_a_broken_check_is_told_that_it_is_being_fixed(broken, verb, address):
    response = getattr(Client(), verb)(address)
    if response.status_code != 405:
        assert response.status_code == 503
        assert "This check is being fixed" in response.content.decode()
    assert not Attempt.objects.exists()


def test_its_lesson_is_there_with_a_card_that_leads_nowhere(broken):
    page = Client().get(f"/lessons/{LESSON}/").content.decode()
    assert "The knowledge check is being fixed." in page
    assert f"/check/{LESSON}/" not in page


def test_the_other_lessons_keep_their_checks(broken):
    taker = CheckTaker()
    taker.intro = "/check/another/"
    taker.start().send(taker.form_data(right=3))
    assert taker.attempt.has_passed


def test_an_attempt_that_was_begun_before_can_be_finished(write_bank, small_bank):
    taker = CheckTaker().start()
    write_bank(BROKEN)
    taker.send(taker.form_data(right=0))
    assert taker.attempt.right_count == 0
    assert taker.client.post(f"{taker.url}retry/").status_code in {302, 503}


def test_a_lesson_without_a_bank_has_nothing_to_mend(broken):
    assert not is_being_fixed("none-such")
    assert Client().get("/check/none-such/").status_code == 404
    assert bank_of("another") is not None


def test_an_edit_that_mends_it_brings_the_check_back(broken, write_bank):
    write_bank(SMALL_BANK)
    assert Client().get(f"/check/{LESSON}/").status_code == 200
