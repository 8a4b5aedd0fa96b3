"""A lab in two tabs: an older attempt says that there is a newer one, and nothing goes into the wrong one."""

import re

import pytest

from sandbox.definitions.terms import FactKind
from sandbox.models import FactRow, LabAttempt, Run
from tests.sandbox.pages.lab.lab_forms import ONE, WHY, address, key_of

pytestmark = pytest.mark.django_db
SAYS = "This lab was begun again in another tab"


@pytest.fixture
def older(client, begun):
    """An attempt that has ended in one tab, before the lab was begun again in another one."""
    older = begun(ONE, key_of(ONE))
    client.post(address(ONE, "begin/"), key_of(ONE))
    return older


def newer_than(older):
    return LabAttempt.objects.exclude(pk=older.pk).get()


def stored():
    return list(LabAttempt.objects.order_by("begun_at").values("explanation", "explained_at", "judgement"))


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("explain/", {"why": WHY}),
        ("explain/", {"skip": "yes"}),
        ("judge/", {"judgement": "same"}),
        ("skip/", {}),
    ],
)
def test_what_an_older_attempt_sends_changes_nothing_and_shows_the_newer_one(client, older, action, given):
    before, facts = stored(), FactRow.objects.count()
    response = client.post(address(ONE, action), {"attempt": older.pk, **given})
    page = response.content.decode()
    assert response.status_code == 409
    assert f"{SAYS}; this is the newer attempt." in page
    assert f'value="{newer_than(older).pk}"' in page
    assert (stored(), FactRow.objects.count()) == (before, facts)


def test_a_sentence_that_was_written_stays_before_and_in_the_form_of_the_newer_attempt(client, older, work):
    for text in (f"You wrote: {WHY}", f">{WHY}</textarea>"):
        page = client.post(address(ONE, "explain/"), {"attempt": older.pk, "why": WHY}).content.decode()
        assert text in page
        work(newer_than(older).run)


def test_the_newer_attempt_is_explained_as_ever(client, older, work):
    newer = newer_than(older)
    work(newer.run)
    assert client.post(address(ONE, "explain/"), {"attempt": newer.pk, "why": WHY}).status_code == 302
    newer.refresh_from_db()
    older.refresh_from_db()
    assert (newer.explanation, older.explanation) == (WHY, "")


def test_a_tab_that_asks_for_news_of_an_older_attempt_is_told_and_asks_no_more(client, learner):
    pages = []
    for _ in range(2):
        client.post(address(ONE, "begin/"), key_of(ONE))
        pages.append(client.get(address(ONE)).content.decode())
    older, newer = (re.search(r'hx-get="([^"]+)"', page.split('id="talk"')[1])[1] for page in pages)
    news = client.get(older.replace("&amp;", "&"))
    assert news.status_code == 200
    assert SAYS in news.content.decode()
    assert "hx-get" not in news.content.decode()
    assert "lab-steps" not in news.content.decode()
    assert client.get(newer.replace("&amp;", "&")).status_code == 204


def test_a_live_page_gets_the_sentence_alone(client, older):
    response = client.post(address(ONE, "skip/"), {"attempt": older.pk}, headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert response.content.decode().startswith(SAYS)
    assert "<" not in response.content.decode()


def test_skipping_moves_the_runs_of_the_lab_on_and_leads_back_to_it(client, learner):
    name = "best-for"  # it waits for three days
    client.post(address(name, "begin/"), {"skip": "yes"})
    attempt = LabAttempt.objects.get()
    attempt.run.deliveries.update(release_at=4_000_000_000.0)
    assert f'action="{address(name, "skip/")}"' in client.get(address(name)).content.decode()
    assert client.post(address(name, "skip/"), {"attempt": attempt.pk}).url == address(name)
    skipped = FactRow.objects.filter(kind=FactKind.TIME_SKIPPED).values_list("run", flat=True)
    assert attempt.run.pk in skipped


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "live"])
@pytest.mark.parametrize("name", [ONE, "best-for"])
def test_a_skip_that_comes_just_after_the_end_shows_the_lab_as_it_is_now(client, begun, name, headers):
    attempt = begun(name, {"skip": "yes"})
    response = client.post(address(name, "skip/"), {"attempt": attempt.pk}, headers=headers, follow=True)
    assert response.status_code == (204 if headers else 200)
    assert not FactRow.objects.filter(kind=FactKind.TIME_SKIPPED).exists()
    if not headers:
        assert response.redirect_chain == [(address(name), 302)]
        assert 'aria-current="step"><a href="#talk">Explain' in response.content.decode()


def test_nobody_skips_in_anothers_lab(client, begun):
    attempt = begun(ONE, key_of(ONE))
    client.cookies.clear()
    assert client.post(address(ONE, "skip/"), {"attempt": attempt.pk}).status_code == 404
    assert Run.objects.count() == 1
