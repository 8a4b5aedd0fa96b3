"""Before a lab's run: nothing gives the answer away, and only a good prediction starts it, once."""

import html
import re

import pytest

from sandbox.definitions.run_settings import SETTINGS
from sandbox.labs.experiments import labs
from sandbox.models import LabAttempt, Run
from tests.sandbox.pages.lab.lab_forms import ONE, TWO, address, key_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", labs())
def test_before_the_prediction_nothing_gives_the_answer_away(shown, name):
    page, lab = shown(name), labs()[name]
    assert all(one.ask in page.replace("&#x27;", "'").replace("&quot;", '"') for one in lab.predictions)
    assert lab.model not in page
    assert lab.watch not in page
    assert "<svg" not in page.split("<main")[1].split("lab-steps")[1].replace('<svg class="lucide', "")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Choose an answer to each question"),
        ({"predict-0": "maybe"}, "“maybe” is no answer to"),
        ({"predict-0": "COMPLETED"}, "Choose an answer to each question"),
        ({"predict-7": "maybe"}, "“7” is no question of this lab; use one of 0, 1"),
        ({"predict-00": "COMPLETED"}, "“00” is no question of this lab"),
    ],
)
def test_a_bad_prediction_starts_nothing_and_says_what_is_allowed(client, learner, given, says):
    response = client.post(address(ONE, "begin/"), given)
    assert response.status_code == 400
    assert says in response.content.decode()
    assert not Run.objects.exists()
    assert not LabAttempt.objects.exists()


def test_a_form_sent_twice_starts_one_attempt(client, learner):
    page = client.get(address(TWO)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    for _ in range(2):
        client.post(address(TWO, "begin/"), {"csrfmiddlewaretoken": token, **key_of(TWO)})
    assert (LabAttempt.objects.count(), Run.objects.count()) == (1, 2)


def test_skipping_records_no_prediction_and_is_neither_right_nor_wrong(client, begun):
    attempt = begun(ONE, {"skip": "yes", **key_of(ONE)})
    client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "skip": "yes"})
    attempt.refresh_from_db()
    assert (attempt.prediction, attempt.is_right, attempt.reached) == ({}, None, True)
    assert (attempt.explanation, attempt.judgement) == ("", "skipped")


@pytest.mark.parametrize("action", ["begin/", "explain/", "judge/"])
def test_the_address_of_a_form_leads_to_the_lab(client, action):
    assert client.get(address(ONE, action)).url == address(ONE)


def test_an_unknown_lab_is_not_found(client):
    assert client.get(address("flying")).status_code == 404


def test_it_is_said_at_once_that_there_is_a_second_question(shown):
    page = shown(TWO)
    first, second = (page.index(f"Question {at} of 2") for at in (1, 2))
    assert first < page.index(labs()[TWO].predictions[0].ask[:20]) < second
    (alone,) = (name for name, lab in labs().items() if len(lab.predictions) == 1 and name == "hard-debugging")
    assert "Question 1 of" not in shown(alone)


def test_a_prediction_that_was_skipped_has_no_tick(client, learner, shown):
    client.post(address(ONE, "begin/"), {"skip": "yes"})
    assert '<li class="skipped">Predict, skipped</li>' in shown(ONE)
    client.post(address(ONE, "begin/"), key_of(ONE))
    assert '<li class="done">Predict</li>' in shown(ONE)


def test_an_explanation_that_was_skipped_has_no_tick_either(client, begun, shown):
    attempt = begun(ONE, key_of(ONE))
    client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "skip": "yes"})
    steps = shown(ONE).split('id="lab-steps"')[1].split("</ol>")[0]
    assert re.findall(r'<li class="(\w+)"', steps) == ["done", "done", "skipped", "skipped"]


@pytest.mark.parametrize("name", labs())
def test_each_fault_and_stock_and_guarantee_that_is_set_is_explained_in_a_line(shown, name):
    words = html.unescape(shown(name).split("<h3>Words</h3>")[1].split("</aside>")[0])
    for run in labs()[name].runs:
        told = {one.type.title: one.type.text for one in run.fault}
        told |= {f"Stock {run.stock}": SETTINGS["stock"].options[run.stock]} if run.stock != "own" else {}
        told |= {f"{one.capitalize()}, switched off": SETTINGS["without"].options[one] for one in run.without}
        assert all(words.count(f"<dt>{word}</dt>") == 1 and meaning in words for word, meaning in told.items())
    assert "Stock own" not in words


def test_what_is_said_of_a_semantic_lock_does_not_say_that_it_is_waited_for(shown):
    assert "wait" not in shown("semantic-lock").split("<dt>Stock locked</dt>")[1].split("</div>")[0]
