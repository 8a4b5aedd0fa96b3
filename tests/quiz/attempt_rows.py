"""Creates finished attempts directly in the database, from which statistics are counted."""

import uuid
from datetime import UTC, datetime, timedelta

from quiz.bank.model import Asks, Kind, Option, Question
from quiz.bank.question_snapshot import to_json
from quiz.models import Answer, Attempt, Purpose

LESSON = "choreography-vs-orchestration"
START = datetime(2026, 11, 1, tzinfo=UTC)
ALL = ("a", "b", "c")


def single(name, version=1, **more):
    options = tuple(Option(one, f"Option {one} of {name}", f"Because {one}.", one == "a") for one in ALL)
    return Question(name, version, 1, Kind.SINGLE, Asks.WHY, f"What about {name}?", options, "choreography", **more)


def ordering(name, version=1):
    options = tuple(
        Option(one, f"Step {one}", f"Because {one}.", True, place=at) for at, one in enumerate(ALL, start=1)
    )
    return Question(name, version, 1, Kind.ORDERING, Asks.WHAT_IF, f"In which order, {name}?", options, "choreography")


def is_key(question, picks):
    return tuple(picks) == question.key


def create_attempt(answers, *, learner=None, purpose=Purpose.CHECK, at=0, lesson=LESSON, is_over=True):
    """Creates an attempt. `answers` holds (question, picks) or (question, picks, confidence); `at` is in minutes."""
    marks = [is_key(question, picks) for question, picks, *_ in answers]
    begun = START + timedelta(minutes=at)
    attempt = Attempt.objects.create(
        learner=learner or uuid.uuid4(),
        lesson=lesson,
        title="A lesson",
        purpose=purpose,
        questions=[to_json(question) for question, *_ in answers],
        question_count=len(answers),
        right_count=sum(marks) if is_over else None,
        committed_at=begun if is_over else None,
    )
    Attempt.objects.filter(pk=attempt.pk).update(started_at=begun)
    Answer.objects.bulk_create(
        Answer(attempt=attempt, question=question.id, version=question.version, picks=list(picks), is_right=is_right,
               confidence="".join(sure))
        for (question, picks, *sure), is_right in zip(answers, marks, strict=True)
    )  # fmt: skip
    return attempt


def create_finished_checks(answers):
    """Creates finished checks of five questions, with so many answers in all; every third one is wrong."""
    questions = [single(f"question-{number}") for number in range(5)]
    asked = [to_json(question) for question in questions]
    attempts = Attempt.objects.bulk_create(
        Attempt(learner=uuid.uuid4(), lesson=LESSON, title="A lesson", questions=asked, question_count=5, right_count=3,
                committed_at=START)
        for _ in range(answers // 5)
    )  # fmt: skip
    Answer.objects.bulk_create(
        Answer(attempt=attempt, question=question.id, version=1, picks=["b" if at % 3 == 0 else "a"],
               is_right=at % 3 != 0, confidence="sure")
        for attempt in attempts
        for at, question in enumerate(questions)
    )  # fmt: skip
