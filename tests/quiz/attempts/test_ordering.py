"""Questions that ask for an order: by number without scripts, kept when something is missing, marked place by place."""

import re
from html import unescape
from random import Random

import pytest

from quiz.attempts.selection import shuffled
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_of
from quiz.models import Answer
from tests.quiz.check_taker import LESSON

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(singly):
    """The number of the question that asks for an order; those before it are answered."""
    number = singly.number_of("ordering")
    for each in range(1, number):
        singly.answer(each)
    return number


def places(number, *given):
    return {f"question-{number}-{letter}": place for letter, place in zip("abc", given, strict=True)}


def send(singly, number, form):
    return singly.client.post(f"{singly.url}{number}/", {**form, f"confidence-{number}": "sure"})


def test_each_item_can_be_given_a_place_without_scripts(singly, number):
    page = singly.result()
    assert re.findall(r'<select name="(question-\d-\w)">', page) == list(places(number, 1, 2, 3))
    assert page.count("<option>1</option><option>2</option><option>3</option>") == 3


def test_the_right_order_is_right_and_any_other_is_wrong(singly, number):
    singly.answer(number)
    assert Answer.objects.get(question="order").is_right
    assert Answer.objects.get(question="order").picks == ["order-a", "order-b", "order-c"]


def test_the_order_shown_is_never_the_right_one(small_bank):
    question = next(each for each in with_keys(bank_of(LESSON)).questions if each.kind == "ordering")
    shown = {tuple(option.id for option in shuffled(question, Random(seed)).options) for seed in range(100)}
    assert question.key not in shown
    assert len(shown) == 5


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("", "", ""), "You have not put the items in order yet."),
        ((1, 1, 2), "Give each item its own place: 1 was given more than once, 3 not at all."),
        ((2, 2, 2), "Give each item its own place: 2 was given more than once, 1 and 3 not at all."),
        ((1, "", 3), "Give every item a place: nothing has 2 yet."),
    ],
)
def test_what_is_no_order_is_reported_and_what_was_chosen_is_kept(singly, number, given, says):
    response = send(singly, number, places(number, *given))
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert says in page
    assert page.count("never start in the right one") == 1
    assert re.findall(r"<option selected>(\d)</option>", page) == [str(place) for place in given if place]
    assert not Answer.objects.filter(question="order").exists()


@pytest.mark.parametrize(
    "form",
    [{"a": "4"}, {"a": "0"}, {"a": "-1"}, {"a": "one"}, {"a": "²"}, {"a": ["1", "2"]}, {"d": "1"}, {"order-a": "1"}],
)
def test_what_no_sheet_offers_is_refused(singly, number, form):
    response = send(singly, number, {f"question-{number}-{name}": value for name, value in form.items()})
    assert response.status_code == 400
    assert "Nothing was graded" in response.content.decode()
    assert not Answer.objects.filter(question="order").exists()


def test_a_whole_order_that_comes_back_stands_as_it_was_chosen(together):
    number = together.number_of("ordering")
    page = together.send(places(number, 3, 1, 2)).content.decode()
    assert re.findall(rf'<select name="question-{number}-(\w)">', page) == ["b", "c", "a"]
    assert f'id="question-{number}-error"' not in page


def test_the_marked_question_shows_the_right_order_and_where_each_item_was_put(singly, number):
    letters = {option.id: letter for option, letter in zip(singly.question(number).options, "abc", strict=True)}
    chosen = {"order-a": 1, "order-b": 3, "order-c": 2}
    send(singly, number, {f"question-{number}-{letters[name]}": place for name, place in chosen.items()})
    page = singly.page(number)
    assert re.findall(r'quiz-answer-text">The words of (order-\w)', page) == ["order-a", "order-b", "order-c"]
    verdicts = re.findall(r"</svg> (In its place|You put it \w+)</p>", page)
    assert verdicts == ["In its place", "You put it third", "You put it second"]
