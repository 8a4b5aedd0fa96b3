"""A returning learner is recognised by a cookie of this instance, which visits renew."""

import time
import uuid
from contextlib import contextmanager

import pytest
from django.conf import settings as ours
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from learners.middleware import RENEW_AFTER, YEAR

pytestmark = pytest.mark.django_db
PAGE = "/sandbox/runs/"
LEARNER = str(uuid.uuid4())


@contextmanager
def time_moved_back(seconds):
    """Signs cookies inside the block as if it were that long ago."""
    with pytest.MonkeyPatch.context() as patch:
        then = time.time() - seconds
        patch.setattr("django.core.signing.time.time", lambda: then)
        yield


def cookie(name):
    response = HttpResponse()
    response.set_signed_cookie(name, LEARNER)
    return response.cookies[name].value


def visit(**cookies):
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    return client.get(PAGE)


def learner_of(response):
    return response.wsgi_request.learner


def test_a_newcomer_is_known_at_the_next_visit_and_is_sent_no_second_cookie():
    client = Client()
    first = client.get(PAGE)
    again = client.get(PAGE)
    assert learner_of(again) == learner_of(first)
    assert first.cookies[ours.LEARNER_COOKIE]["max-age"] == YEAR
    assert ours.LEARNER_COOKIE not in again.cookies


def test_a_visit_renews_an_old_cookie_so_that_a_year_counts_from_the_last_one():
    with time_moved_back(YEAR - 1):
        old = cookie(ours.LEARNER_COOKIE)
    response = visit(**{ours.LEARNER_COOKIE: old})
    assert learner_of(response) == LEARNER
    assert response.cookies[ours.LEARNER_COOKIE]["max-age"] == YEAR
    with time_moved_back(RENEW_AFTER / 2):
        young = cookie(ours.LEARNER_COOKIE)
    assert ours.LEARNER_COOKIE not in visit(**{ours.LEARNER_COOKIE: young}).cookies


def test_another_instance_on_the_same_host_leaves_this_ones_cookies_alone(settings):
    mine = Client()
    learner = learner_of(mine.get(PAGE))
    names = set(mine.cookies)
    for name in ("LEARNER_COOKIE", "CSRF_COOKIE_NAME", "SESSION_COOKIE_NAME"):
        setattr(settings, name, f"{getattr(ours, name).rpartition('-')[0]}-another")
    mine.get(PAGE)
    mine.get("/sandbox/")
    assert {f"learner-{ours.INSTANCE}", "learner-another", "csrftoken-another"} <= set(mine.cookies)
    settings.LEARNER_COOKIE = f"learner-{ours.INSTANCE}"
    assert learner_of(mine.get(PAGE)) == learner
    assert names <= set(mine.cookies)


def test_every_cookie_is_named_after_the_instance(settings):
    settings.ROOT_URLCONF = "config.urls"
    author = Client()
    User.objects.create_superuser("ann", password="figures-7-tell")
    author.post("/admin/login/", {"username": "ann", "password": "figures-7-tell", "next": "/admin/"})
    added = author.post("/admin/auth/user/add/", {"username": "bob", "usable_password": "false"}, follow=True)
    assert added.status_code == 200
    for where in ("/sandbox/", "/lessons/choreography-vs-orchestration/", "/admin/"):
        author.get(where)
    assert {name for name in author.cookies if not name.endswith(f"-{ours.INSTANCE}")} == set()
    assert len(author.cookies) == 3


def test_a_learner_who_was_here_before_cookies_had_the_instances_name_keeps_runs_and_answers():
    response = visit(learner=cookie("learner"))
    assert learner_of(response) == LEARNER
    assert ours.LEARNER_COOKIE in response.cookies
    assert response.cookies["learner"]["max-age"] == 0


def test_the_former_cookie_of_another_instance_names_nobody_here(settings):
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another key, of another instance on this host"
    theirs = cookie("learner")
    settings.SECRET_KEY = key
    response = visit(learner=theirs)
    assert learner_of(response) != LEARNER
    assert "learner" not in response.cookies  # it is another's, and stays


def test_a_new_secret_key_forgets_nobody_while_the_old_one_is_a_fallback(settings):
    signed = cookie(ours.LEARNER_COOKIE)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the next key, which nobody can guess"
    assert learner_of(visit(**{ours.LEARNER_COOKIE: signed})) == LEARNER
    settings.SECRET_KEY_FALLBACKS = []
    assert learner_of(visit(**{ours.LEARNER_COOKIE: signed})) != LEARNER
