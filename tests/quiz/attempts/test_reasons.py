"""The reasons that a learner has been told can answer their own questions: theirs alone, and without markup."""

import uuid
from dataclasses import replace

import pytest
from django.urls import reverse

from quiz.attempts.reasons import reasons_of
from tests.quiz.attempt_rows import LESSON, create_attempt, single

pytestmark = pytest.mark.django_db


def test_a_reason_is_told_in_plain_words_to_whoever_has_answered_and_to_nobody_else():
    asked = single("one")
    right, *wrong = asked.options
    asked = replace(asked, prompt="Is `a` *it*?", options=(replace(right, why="**Yes**, `a`."), *wrong))
    attempt = create_attempt([(asked, ("b",))])
    address = reverse("quiz:attempt", args=[attempt.pk])
    assert reasons_of(str(attempt.learner), LESSON) == [("Is a it?", "Yes, a.", address)]
    assert reasons_of(str(uuid.uuid4()), LESSON) == []


def test_nothing_is_told_while_a_check_is_open():
    attempt = create_attempt([(single("one"), ("b",))])
    create_attempt([(single("two"), ("b",))], learner=attempt.learner, is_over=False)
    assert reasons_of(str(attempt.learner), LESSON) == []
