"""The path through the labs: what is next, what was predicted wrong, and when that comes back."""

import time

import pytest
from django.test import Client

from learners.spacing import DAYS
from sandbox.labs.experiments import labs
from sandbox.models import LabAttempt
from sandbox.pages.lab.path import DAY, due_at, path_of

pytestmark = pytest.mark.django_db
FIRST = [lab.name for lab in sorted(labs().values(), key=lambda lab: lab.first_path) if lab.first_path]


@pytest.fixture
def done(learner):
    def done(name, *, is_right=True, at=None, **more):
        at = time.time() if at is None else at
        values = {"begun_at": at, "explained_at": at, "reached": True, "is_right": is_right, "judgement": "same"}
        return LabAttempt.objects.create(lab=name, **({"learner": learner} | values | more))

    return done


def path(learner, now=None):
    return path_of(learner, now=now or time.time())


def test_the_first_path_has_eight_labs_of_about_half_an_hour(learner):
    assert len(FIRST) == 8
    assert 20 <= path(learner).first_minutes <= 40


def test_the_next_lab_is_the_first_of_the_path_that_is_not_done(learner, done):
    assert path(learner).next.lab.name == FIRST[0]
    done(FIRST[0])
    done(FIRST[1], is_right=False)
    assert path(learner).next.lab.name == FIRST[2]


def test_after_the_path_the_labs_of_the_lessons_follow_and_then_nothing(learner, done):
    for name in FIRST:
        done(name)
    following = path(learner).next
    assert following.lab.first_path == 0
    for name in labs():
        done(name)
    assert path(learner).next is None


def test_an_attempt_that_missed_its_goal_or_was_only_shown_is_not_done(learner, done):
    done(FIRST[0], reached=False)
    done(FIRST[1], shown=True)
    marks = {row.lab.name: row.mark for row in path(learner).rows}
    assert (marks[FIRST[0]], marks[FIRST[1]]) == ("begun", "open")


@pytest.mark.parametrize("days", [0.5, 0.99])
def test_a_wrong_prediction_does_not_come_back_before_a_day(learner, done, days):
    done(FIRST[0], is_right=False, at=1000.0)
    assert path(learner, 1000.0 + days * DAY).due == []


def test_a_wrong_prediction_comes_back_after_a_day_a_week_and_a_month_and_then_no_more(learner, done):
    at, attempts = 1000.0, [done(FIRST[0], is_right=False, at=1000.0)]
    for days in DAYS:
        due = due_at(attempts)
        assert due == at + days * DAY
        assert [row.lab.name for row in path(learner, due).due] == [FIRST[0]]
        at = due
        attempts.append(done(FIRST[0], at=at))
    assert due_at(attempts) is None


def test_a_right_attempt_before_it_is_due_moves_nothing(done):
    attempts = [done(FIRST[0], is_right=False, at=1000.0), done(FIRST[0], at=1000.0 + DAY / 2)]
    assert due_at(attempts) == 1000.0 + DAY


def test_another_wrong_prediction_starts_over(done):
    attempts = [
        done(FIRST[0], is_right=False, at=0.0),
        done(FIRST[0], at=DAY),
        done(FIRST[0], is_right=False, at=2 * DAY),
    ]
    assert due_at(attempts) == 3 * DAY


@pytest.mark.parametrize("page", ["/sandbox/", "/lessons/"])
def test_the_sandbox_and_the_course_show_the_next_lab(client, learner, done, page):
    done(FIRST[0])
    text = client.get(page).content.decode()
    assert labs()[FIRST[1]].title in text
    assert f"1 of {len(labs())} labs" in text


def test_the_course_shows_each_learner_their_own_next_lab_and_no_former_one(client, learner, done):
    outline = "/lessons/"
    assert f"0 of {len(labs())} labs" in client.get(outline).content.decode()
    done(FIRST[0])
    assert f"1 of {len(labs())} labs" in client.get(outline).content.decode()
    assert f"0 of {len(labs())} labs" in Client().get(outline).content.decode()
    done(FIRST[1], is_right=False, at=time.time() - 2 * DAY)
    assert "you predicted this wrong" in client.get(outline).content.decode()


def test_a_lab_that_was_predicted_wrong_is_offered_first_once_it_is_due(client, learner, done):
    done(FIRST[3], is_right=False, at=time.time() - 2 * DAY)
    assert labs()[FIRST[3]].title in client.get("/sandbox/").content.decode().split("lab-card")[1][:600]
    assert "Worth another look" in client.get("/sandbox/labs/").content.decode()


def test_the_matrix_links_the_labs_about_its_cells(client):
    assert "/sandbox/labs/undo-fails/" in client.get("/sandbox/coverage/").content.decode()


def test_a_lesson_links_its_labs_where_it_makes_their_claims(client):
    page = client.get("/lessons/choreography-vs-orchestration/").content.decode()
    assert 'href="/sandbox/labs/failure-handling/"' in page


def test_what_was_done_in_labs_can_be_forgotten_and_nobody_elses_is(client, learner, done):
    assert "Forget" not in client.get("/sandbox/labs/").content.decode()
    other = done(FIRST[0], learner="00000000-0000-4000-8000-000000000001")
    done(FIRST[0])
    assert "Forget all of it" in client.get("/sandbox/labs/").content.decode()
    assert client.post("/sandbox/labs/-/forget/").url == "/sandbox/labs/"
    assert list(LabAttempt.objects.values_list("pk", flat=True)) == [other.pk]
