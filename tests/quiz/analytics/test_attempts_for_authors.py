"""Attempts and answers as authors read them: in words, with the way to the figures."""

import re
from dataclasses import replace

import pytest

from tests.quiz.attempt_rows import LESSON, create_attempt, ordering, single
from tests.quiz.authoring import content

pytestmark = pytest.mark.django_db
FIGURES = f'href="/admin/quiz/askedquestion/{LESSON}/1/one/"'


@pytest.fixture
def attempt():
    return create_attempt(
        [(single("one"), ("b",), "sure"), (ordering("two"), ("b", "a", "c")), (single("own-run:7"), ("a",))]
    )


@pytest.fixture(params=["list", "attempt", "answer"])
def shown(request, author, attempt):
    """The three places at which the answer to the first question is read."""
    answer = attempt.answers.get(question="one")
    where = {"list": "answer/", "attempt": f"attempt/{attempt.pk}/change/", "answer": f"answer/{answer.pk}/change/"}
    return content(author, "/admin/quiz/" + where[request.param])


def test_what_was_picked_is_read_in_words(shown):
    assert "Option b of one" in shown
    assert "['b']" not in shown
    assert '["b"]' not in shown


def test_an_answer_leads_to_the_figures_of_its_question(shown):
    assert FIGURES in shown


def test_what_is_asked_about_a_learners_own_run_leads_to_no_figures(author, attempt):
    text = content(author, f"/admin/quiz/attempt/{attempt.pk}/change/")
    assert "Option a of own-run:7" in text
    assert "own-run:7/" not in text
    assert "own-run:7/" not in content(author, "/admin/quiz/answer/")


def test_an_order_is_read_in_the_order_in_which_it_was_put(author, attempt):
    text = content(author, f"/admin/quiz/answer/{attempt.answers.get(question='two').pk}/change/")
    assert re.findall(r"<li>Step (\w)</li>", text) == ["b", "a", "c"]


def test_a_text_is_shown_as_text(author):
    asked = single("one")
    marked = replace(asked, options=tuple(replace(each, text=f"<b>{each.id}</b>") for each in asked.options))
    create_attempt([(marked, ("b",))])
    assert b"&lt;b&gt;b&lt;/b&gt;" in author.get("/admin/quiz/answer/").content


def test_an_attempt_tells_when_it_began_and_ended(author, attempt):
    text = content(author, f"/admin/quiz/attempt/{attempt.pk}/change/")
    assert re.search(r"Started at:.*?1 Nov 2026.*?Committed at:.*?1 Nov 2026", text, re.IGNORECASE)


def test_an_answer_shows_what_was_asked(author, attempt):
    assert "What about one?" in content(author, f"/admin/quiz/answer/{attempt.answers.get(question='one').pk}/change/")
