"""A section ends with a question that teaches, counts for nothing, and gives nothing of a check away."""

import re
from html import unescape
from random import Random
from string import ascii_lowercase

import pytest
from django.template import Context, Template
from django.test import Client

from quiz.attempts.selection import select_questions
from quiz.attempts.self_check import self_check_of
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_of
from quiz.models import Answer, Attempt, Review
from tests.quiz.attempts.test_no_key_leaks import MARKERS, assert_tells_nothing
from tests.quiz.check_taker import LESSON, CheckTaker
from tests.quiz.fixtures import SMALL_BANK, numeric, question

pytestmark = pytest.mark.django_db
ADDRESS = f"/check/{LESSON}/self-check/pivot/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _bank(write_bank):
    aside = question("aside", 1, self_check="pivot", paragraph="about-pivots")
    write_bank({**SMALL_BANK, "questions": [*SMALL_BANK["questions"], aside]})


def asked():
    return self_check_of(bank_of(LESSON), "pivot")


def fields(*, right):
    """Returns the form that answers the question."""
    number, known = asked()
    letters = dict(zip((option.id for option in known.options), ascii_lowercase, strict=False))
    return {f"question-{number}": next(letters[each.id] for each in known.options if each.right is right)}


def words(response):
    return unescape(response.content.decode())


def assert_nothing_was_recorded():
    assert not any(model.objects.exists() for model in (Attempt, Answer, Review))


def closed(section):
    template = Template(f'{{% load quiz_tags %}}{{% self_check "{LESSON}" "{section}" %}}')
    return template.render(Context())


def test_the_section_shows_a_closed_line_and_nothing_of_the_question(django_assert_num_queries):
    with django_assert_num_queries(0):
        line = closed("pivot")
    assert "Check yourself: one question" in line
    assert f'href="{ADDRESS}"' in line
    assert " open" not in line
    assert "aside" not in line
    assert closed("another-section") == ""


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])
def test_the_question_is_asked_without_its_key(headers):
    response = Client().get(ADDRESS, headers=headers)
    assert "What about aside?" in words(response)
    assert "Not part of the mark, and not recorded." in words(response)
    assert_tells_nothing(response, [asked()[1]])
    assert [marker for marker in MARKERS if marker in words(response)] == []


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])
@pytest.mark.parametrize(("right", "verdict"), [(True, "Right"), (False, "Wrong")])
def test_an_answer_gets_every_reason_and_is_not_recorded(headers, right, verdict):
    response = Client().post(ADDRESS, fields(right=right), headers=headers)
    assert response.status_code == 200
    for option in asked()[1].options:
        assert option.why in words(response)
    assert (f"{verdict}. The reasons are here." if headers else f"<title>{verdict}: Check yourself") in words(response)
    assert f"/lessons/{LESSON}/#about-pivots" in words(response)
    assert "Report a problem" not in words(response)
    assert_nothing_was_recorded()


def test_a_page_of_its_own_leads_back_to_the_end_of_the_section():
    for response in (Client().get(ADDRESS), Client().post(ADDRESS, fields(right=True))):
        assert f'href="/lessons/{LESSON}/#self-check-pivot"' in words(response)
    assert "<html" not in words(Client().get(ADDRESS, headers=HTMX))


def test_an_answer_that_is_missing_is_asked_for_and_nothing_is_given_away():
    for headers, status in (({}, 422), (HTMX, 200)):  # htmx shows nothing of a refusal
        response = Client().post(ADDRESS, {}, headers=headers)
        assert response.status_code == status
        assert "Pick one option." in words(response)
        assert_tells_nothing(response, [asked()[1]])


def test_an_answer_that_was_never_offered_is_refused():
    number, _ = asked()
    response = Client().post(ADDRESS, {f"question-{number}": "z"})
    assert response.status_code == 400
    assert "offers no such option" in words(response)


def test_the_options_keep_their_order_which_is_not_that_of_the_file():
    first, second = (re.findall(r"<span>(The words of [^<]+)", words(Client().get(ADDRESS))) for _ in range(2))
    assert first == second
    assert sorted(first) == [f"The words of aside-{letter}." for letter in "abc"]
    assert first != sorted(first)


def test_a_number_can_be_asked_too(write_bank):
    aside = numeric("count", 1, self_check="pivot")
    write_bank({**SMALL_BANK, "questions": [*SMALL_BANK["questions"], aside]})
    number, _ = asked()
    assert "Right" in words(Client().post(ADDRESS, {f"question-{number}": "205 ms"}))
    assert "or 0.5" in words(Client().post(ADDRESS, {f"question-{number}": "soon"}))


def test_no_check_draws_it():
    bank = with_keys(bank_of(LESSON))
    drawn = {each.id for seed in range(60) for each in select_questions(bank, Random(seed))}
    assert "aside" not in drawn
    assert {"apart", "elsewhere", "sibling"} <= drawn


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])
def test_while_a_check_is_open_neither_question_nor_reasons_are_shown(headers):
    taker = CheckTaker().start()
    for response in (
        taker.client.get(ADDRESS, headers=headers),
        taker.client.post(ADDRESS, fields(right=True), headers=headers),
    ):
        assert response.status_code == 200
        assert "Your knowledge check is open." in words(response)
        assert f'href="{taker.url}"' in words(response)
        assert "What about aside?" not in words(response)
        assert_tells_nothing(response, [asked()[1]])
    assert "What about aside?" in words(Client().get(ADDRESS, headers=headers))  # another learner's is not theirs


def test_what_was_withheld_is_asked_for_again_when_it_is_opened_and_what_was_asked_is_not():
    taker = CheckTaker().start()
    first_tag = r"<details [^\n]*?open[^\n]*?<summary>"
    withheld = re.search(first_tag, words(taker.client.get(ADDRESS, headers=HTMX)))[0]
    assert f'hx-get="{ADDRESS}"' in withheld
    assert "toggle" not in withheld  # what is put into the page opened would be asked for over and over
    assert "hx-get" not in re.search(first_tag, words(Client().get(ADDRESS, headers=HTMX)))[0]


def test_once_the_check_is_over_it_is_asked_again():
    taker = CheckTaker().start()
    taker.send(taker.form_data(right=0))
    assert "What about aside?" in words(taker.client.get(ADDRESS))


def test_open_practice_withholds_the_question_only_if_it_asks_the_same():
    taker = CheckTaker().start(pace="singly").answer_all(right=0)
    retry = taker.start_practice("retry/").attempt
    for name in ("aside", "sibling"):
        retry.questions[0]["id"] = name
        retry.save()
        assert ("Your practice is open." in words(taker.client.get(ADDRESS))) is (name == "aside")


def test_a_section_without_a_question_has_no_such_page():
    response = Client().get(ADDRESS.replace("pivot", "elsewhere"))
    assert response.status_code == 404
    assert "Open the lesson again." in words(response)


def test_while_the_bank_is_broken_the_page_says_so(write_bank):
    write_bank({"title": "T"})
    assert Client().get(ADDRESS).status_code == 503
    assert closed("pivot") == ""
