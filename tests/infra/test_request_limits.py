"""What comes from outside: refused where no page of ours sends it, and what belongs to one learner stays with one."""

import re
import uuid

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import get_resolver

from infra.request_limits import LONGEST_QUERY

pytestmark = pytest.mark.django_db
SOMEONE = uuid.uuid4()
LONG = "x" * 300


def test_an_address_that_is_too_long_is_refused_before_it_is_read():
    response = Client().get("/sandbox/", query_params={"fault": [f"payment:lost@{number}" for number in range(250)]})
    assert response.status_code == 414
    assert f"at most {LONGEST_QUERY} are read" in response.content.decode()
    assert len(response.content) < 10_000


def test_a_form_that_is_too_large_or_has_too_many_fields_is_refused():
    client = Client()
    assert client.post("/sandbox/start/", {"fault": "x" * 70_000}).status_code == 413
    assert client.post("/sandbox/start/", {f"n{number}": "1" for number in range(400)}).status_code == 400


@pytest.mark.parametrize("where", ["/sandbox/?at=%00", "/sandbox/runs/?page=%00", "/check/a%00b/", "/lessons/%00/"])
def test_a_nul_in_an_address_is_a_400_or_no_page(where):
    assert Client().get(where).status_code in {400, 404}


def test_a_nul_in_a_form_is_a_space_before_anything_sees_it():
    client = Client()
    run = client.post("/sandbox/start/", {"pace": "step"}).url
    response = client.post(f"{run}release/", {"message": "2", "receiver": "pay\0ment", "na\0me": "x"})
    assert response.wsgi_request.POST.dict() == {"message": "2", "receiver": "pay ment", "na me": "x"}
    assert response.status_code == 409
    assert client.post(f"{run}strike/", {"message": "2", "receiver": "\0", "fault": "lost"}).status_code == 409


def test_a_database_that_cannot_be_used_is_logged_and_not_shown(settings, monkeypatch, caplog):
    settings.ROOT_URLCONF = "config.urls"

    def fail(_):
        raise DatabaseError("connection to server at 192.0.2.7 failed")

    monkeypatch.setattr("config.site_views.require_writable", fail)
    response = Client().get("/healthz")
    assert response.status_code == 503
    assert "192.0.2.7" not in response.content.decode()
    assert "192.0.2.7" in caplog.text


def addresses():
    """Every address of the product, with a name, a number and an id that nobody has, each as far out as it can be."""
    for path in sorted(_paths(get_resolver("config.urls"))):
        if not path.startswith("admin/"):
            yield f"/{path}"


def _paths(resolver, before=""):
    for pattern in resolver.url_patterns:
        path = before + re.sub(r"<(\w+):\w+>", lambda found: PARTS[found[1]], str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from _paths(pattern, path)
        else:
            yield path


PARTS = {"uuid": str(SOMEONE), "slug": LONG, "int": "9" * 4000, "str": LONG, "path": LONG}


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "options"])
def test_no_address_breaks_whatever_is_asked_of_it(settings, method):
    settings.ROOT_URLCONF = "config.urls"
    client, found = Client(raise_request_exception=False), {}
    for where in addresses():
        response = getattr(client, method)(where)
        found[where[:60]] = response.status_code
        response.close()
    assert {where: status for where, status in found.items() if status >= 500} == {}
    assert len(found) > 25


def test_what_answers_a_learner_is_kept_nowhere_and_depends_on_the_cookie(settings):
    settings.ROOT_URLCONF = "config.urls"
    client = Client()
    for where in ("/sandbox/", "/sandbox/runs/", "/sandbox/load/", "/sandbox/coverage/", f"/sandbox/runs/{SOMEONE}/"):
        response = client.get(where)
        assert {"private", "no-store"} <= set(re.split(", ?", response["Cache-Control"])), where
        assert "Cookie" in response["Vary"], where
