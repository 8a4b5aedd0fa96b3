"""What the lesson page shows of its check."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from quiz.models import Attempt
from tests.quiz.check_taker import LESSON, CheckTaker
from tests.quiz.fixtures import SMALL_BANK

pytestmark = pytest.mark.django_db


def lesson(client, slug=LESSON):
    return client.get(f"/lessons/{slug}/").content.decode()


def test_a_newcomer_sees_what_the_check_is(client):
    page = lesson(client)
    assert page.startswith("[]")
    assert "5 questions · 4 of 5 needed" in page
    assert f'href="/check/{LESSON}/"' in page
    assert "First score" not in page


def test_an_open_attempt_counts_as_started_and_is_continued(taker):
    page = lesson(taker.client)
    assert page.startswith("[started]")
    assert f'href="{taker.url}"' in page


def test_a_failed_attempt_leaves_the_lesson_started(taker):
    taker.send(taker.form_data(right=3))
    assert lesson(taker.client).startswith("[started]")


def test_the_best_score_counts_and_a_worse_retake_takes_nothing_away(taker):
    taker.send(taker.form_data(right=4))
    again = CheckTaker(taker.client).start()
    again.send(again.form_data(right=1))
    page = lesson(taker.client)
    assert page.startswith("[completed]")
    assert "First score <strong>4 of 5</strong>, best <strong>4 of 5</strong>, passed" in page


def test_first_and_best_score_stand_apart(taker):
    taker.send(taker.form_data(right=2))
    again = CheckTaker(taker.client).start()
    again.send(again.form_data(right=5))
    scores = "First score <strong>2 of 5</strong>, best <strong>5 of 5</strong>, passed"
    assert scores in lesson(taker.client)
    assert scores in taker.client.get(taker.intro).content.decode()


def test_one_learners_result_does_not_show_for_another(taker):
    taker.send(taker.form_data(right=5))
    assert lesson(Client()).startswith("[]")


def test_a_lesson_without_a_bank_shows_nothing_and_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert lesson(client, "another-lesson").strip() == "[]"


def test_the_states_of_all_lessons_of_a_page_cost_one_query(client, write_bank, django_assert_num_queries):
    for lesson in ("one", "two", "three"):
        write_bank(SMALL_BANK, lesson)
    request = SimpleNamespace(learner=str(uuid4()))
    Attempt.objects.create(
        learner=request.learner, lesson="two", title="Two", questions=[], question_count=3, right_count=3,
        committed_at=timezone.now(),
    )  # fmt: skip
    source = "{% load quiz_tags %}{% for name in names %}{% lesson_state name as state %}[{{ state }}]{% endfor %}"
    source += "{% completed lessons %}"
    names = ["one", "two", "three"]
    context = {"names": names, "lessons": [SimpleNamespace(slug=name) for name in names], "request": request}
    with django_assert_num_queries(1):
        assert Template(source).render(Context(context)) == "[][completed][]1"


def test_the_card_the_state_and_what_is_due_cost_one_query_each(client, django_assert_num_queries):
    with django_assert_num_queries(3):
        lesson(client)
