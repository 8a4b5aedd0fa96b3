"""After a lab's run: the learner explains first and compares then, and nothing of it is lost or replaced."""

import re

import pytest

from sandbox.labs.experiments import labs
from sandbox.models import LabAttempt
from sandbox.runtime import operator_actions
from sandbox.services import MAX_REFLECTION
from tests.sandbox.pages.lab.lab_forms import ONE, TWO, WHY, address, key_of, wrong_of

pytestmark = pytest.mark.django_db


def test_a_right_prediction_is_told_from_a_wrong_one(begun, shown):
    begun(ONE, key_of(ONE))
    assert 'class="right"' in shown(ONE)
    assert 'class="wrong"' not in shown(ONE)
    # The signs are for the eye; who listens is told in words.
    assert (shown(ONE).count(">Right. <"), shown(ONE).count(">Wrong. <")) == (2, 0)
    begun_again = wrong_of(TWO)
    begun(TWO, begun_again)
    page = shown(TWO)
    assert 'class="right"' not in page
    assert (page.count(">Right. <"), page.count(">Wrong. <")) == (0, 2)
    assert "It went another way than you thought" in page


def test_the_model_sentence_and_the_debrief_come_after_the_learners_own(client, begun, shown):
    attempt = begun(ONE, key_of(ONE))
    assert labs()[ONE].model not in shown(ONE)
    assert "In this run" not in shown(ONE)
    client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": WHY})
    page = shown(ONE)
    assert WHY in page
    assert labs()[ONE].model in page
    assert "In this run" in page
    assert not re.search(r"\{[a-z-]+(\.\d)?\}", page.split('class="debrief"')[1].split("</div>")[0])


def test_what_was_predicted_and_came_out_stands_above_the_debrief_and_once(client, explained, shown):
    attempt = explained(ONE, wrong_of(ONE))
    compared = shown(ONE)
    client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "partly"})
    for page in (compared, shown(ONE)):
        assert page.count('class="lab-answers"') == 1
        assert page.index('class="lab-answers"') < page.index('class="debrief"')


def test_an_attempt_goes_on_where_it_was_left(client, explained, shown):
    attempt = explained(ONE, key_of(ONE))
    assert 'aria-current="step"><a href="#talk">Compare' in shown(ONE)
    client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "partly"})
    assert LabAttempt.objects.get().judgement == "partly"
    assert "Next: " in shown(ONE)
    assert 'aria-current="step">Predict' in shown(ONE, again="")


def test_what_was_written_stays_in_the_form_when_it_is_too_long(client, begun):
    attempt = begun(ONE, key_of(ONE))
    response = client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": "y" * (MAX_REFLECTION + 1)})
    assert "y" * (MAX_REFLECTION + 1) in response.content.decode()


def test_a_repair_after_the_end_changes_nothing_of_the_outcome(client, begun, shown, work):
    attempt = begun(ONE, key_of(ONE))
    dead = attempt.run.deliveries.get(state="dead")
    operator_actions.retry_message(attempt.run, message=dead.message, receiver=dead.receiver, copy=dead.copy)
    assert work(attempt.run).status == "COMPENSATED"
    page = shown(ONE)
    assert "Goal reached" in page
    assert 'class="wrong"' not in page


def test_an_explanation_that_is_too_long_or_empty_is_refused_and_nothing_is_stored(client, begun):
    attempt = begun(ONE, key_of(ONE))
    for why in ("x" * (MAX_REFLECTION + 1), " "):
        assert client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": why}).status_code == 400
    attempt.refresh_from_db()
    assert attempt.explained_at is None


def test_nothing_can_be_explained_before_it_is_decided(client, learner):
    client.post(address(ONE, "begin/"), key_of(ONE))
    attempt = LabAttempt.objects.get()
    assert client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": WHY}).status_code == 409


def test_nobody_sees_or_answers_anothers_attempt(client, begun):
    attempt = begun(ONE, key_of(ONE))
    client.cookies.clear()
    assert 'aria-current="step">Predict' in client.get(address(ONE)).content.decode()
    assert client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": WHY}).status_code == 404
    assert client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "same"}).status_code == 404


def test_what_was_explained_is_not_replaced_after_the_model_sentence_was_seen(client, explained):
    attempt = explained(ONE, key_of(ONE))
    client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "same"})
    for given in ({"why": labs()[ONE].model}, {"skip": "yes"}):
        assert client.post(address(ONE, "explain/"), {"attempt": attempt.pk, **given}).status_code == 302
    again = LabAttempt.objects.get()
    assert (again.explanation, again.judgement, again.explained_at) == (WHY, "same", attempt.explained_at)


def test_nothing_is_compared_before_it_is_explained(client, begun):
    attempt = begun(ONE, key_of(ONE))
    response = client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "same"})
    assert response.status_code == 409
    assert labs()[ONE].model not in response.content.decode()
    assert LabAttempt.objects.get().judgement == ""


def test_runs_that_went_another_way_cannot_be_explained(client, begun):
    attempt = begun(ONE, key_of(ONE))
    attempt.run.delete()
    response = client.post(address(ONE, "explain/"), {"attempt": attempt.pk, "why": WHY})
    assert response.status_code == 409
    assert "Begin again" in response.content.decode()
    assert LabAttempt.objects.get().explained_at is None


def test_a_judgement_that_does_not_exist_is_refused(client, explained):
    attempt = explained(ONE, key_of(ONE))
    response = client.post(address(ONE, "judge/"), {"attempt": attempt.pk, "judgement": "perfect"})
    assert response.status_code == 400
    assert "use one of same, partly, other" in response.content.decode()
