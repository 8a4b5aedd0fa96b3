"""Pages are made once for everyone to whom they look the same, and nobody is shown what is another's."""

import gzip
import re

import pytest
from django.conf import settings as ours
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client

from course.library import current_course

pytestmark = pytest.mark.django_db
PAGE = "/lessons/outbox/"
REAL = "/lessons/choreography-vs-orchestration/"
CHECK = "/check/choreography-vs-orchestration/"


def was_rendered(response):
    """Whether a template was rendered for it."""
    return bool(response.templates)


def returning_learner(page=PAGE):
    """A learner who has been here before."""
    client = Client()
    client.get(page)
    return client


def test_a_page_is_made_once_for_all_who_have_not_begun(folder):
    folder.lesson()
    assert was_rendered(Client().get(PAGE))
    again = returning_learner().get(PAGE)
    assert "Because." in again.content.decode()
    assert not was_rendered(again)


def test_a_learner_who_holds_the_page_is_reported_that_it_is_still_so(folder):
    folder.lesson()
    client = Client()
    tag = client.get(PAGE)["ETag"]
    answer = client.get(PAGE, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["Cache-Control"] == "private, no-cache"
    folder.lesson(text="## Why\n\nBrand new words.\n")
    assert client.get(PAGE, headers={"If-None-Match": tag}).status_code == 200


def test_the_packed_page_is_the_plain_page(folder):
    folder.lesson()
    plain, compressed = (Client().get(PAGE, headers={"Accept-Encoding": coding}) for coding in ("identity", "br, gzip"))
    assert compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content
    assert plain["ETag"] == compressed["ETag"]
    for answer in (plain, compressed):
        assert {"Accept-Encoding", "Cookie"} <= set(re.split(", ?", answer["Vary"]))


def test_no_lesson_that_ships_holds_a_token_and_every_visitor_gets_one():
    for lesson in current_course().lessons:
        client = Client()
        page = client.get(f"/lessons/{lesson.slug}/")
        token = client.cookies[ours.CSRF_COOKIE_NAME].value
        assert token not in page.content.decode()
        assert "csrfmiddlewaretoken" not in page.content.decode()
        assert ours.CSRF_COOKIE_NAME not in client.get(f"/lessons/{lesson.slug}/").cookies


def test_a_page_with_a_form_is_made_for_each_visitor(folder):
    folder.lesson(text="## Why\n\n{% csrf_token %}\n")
    tokens = {re.search(r'value="(\w{64})"', returning_learner().get(PAGE).content.decode())[1] for _ in range(2)}
    assert len(tokens) == 2
    assert was_rendered(returning_learner().get(PAGE))


def test_a_page_that_is_ready_costs_a_learner_one_query_and_a_newcomer_none(django_assert_num_queries):
    client = returning_learner(REAL)
    with django_assert_num_queries(1):
        assert not was_rendered(client.get(REAL))
    with django_assert_num_queries(0):
        assert not was_rendered(Client().get(REAL))


def test_a_learner_who_begins_a_check_sees_it_at_once_and_nobody_else_does():
    one, other = returning_learner(REAL), returning_learner(REAL)
    attempt = one.post(CHECK)["Location"]
    assert attempt in one.get(REAL).content.decode()
    assert "Check begun" in one.get("/lessons/").content.decode()
    assert not was_rendered(one.get(REAL))
    for page in (REAL, "/lessons/"):
        assert attempt not in other.get(page).content.decode()
        assert "Check begun" not in other.get(page).content.decode()


def test_the_theme_comes_with_the_page_and_belongs_to_its_reader(folder):
    folder.lesson()
    for theme, drawn, scheme in (
        ("dark", "dark", "dark"),
        ("light", "light", "light"),
        ("pink", "system", "light dark"),
    ):
        client = Client()
        client.cookies["theme"] = theme
        page = client.get(PAGE).content.decode()
        assert f'<html lang="en" data-theme="{drawn}">' in page
        assert f'<meta name="color-scheme" content="{scheme}">' in page
    assert 'data-theme="system"' in Client().get(PAGE).content.decode()


def test_one_host_is_not_shown_the_addresses_of_another(folder, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    folder.lesson()
    for host in ("one.example", "two.example", "one.example"):
        page = Client().get(PAGE, headers={"Host": host}).content.decode()
        assert f'<link rel="canonical" href="http://{host}{PAGE}">' in page


def test_a_page_that_its_learner_outran_is_kept_for_nobody(monkeypatch):
    reader = returning_learner(REAL)
    begun = []

    def slowly(*arguments):
        if not begun:
            begun.append(reader.post(CHECK)["Location"])
        return render_to_string(*arguments)

    cache.clear()
    monkeypatch.setattr("course.pages.page_cache.render_to_string", slowly)
    page = reader.get(REAL).content.decode()
    assert begun[0] in page
    assert begun[0] not in returning_learner(REAL).get(REAL).content.decode()
