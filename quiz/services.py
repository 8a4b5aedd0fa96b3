"""What changes attempts."""

from collections.abc import Mapping, Sequence
from secrets import SystemRandom

from django.db import IntegrityError, transaction
from django.utils import timezone

from quiz.draw import draw
from quiz.grading import is_right
from quiz.keys import keyed
from quiz.models import Answer, Attempt
from quiz.records import Bank
from quiz.snapshot import to_json


def start_attempt(*, learner: str, bank: Bank) -> Attempt:
    """A new attempt with freshly drawn questions, or the learner's open one: starting twice gives one attempt.

    Raises BankError when a key of the bank cannot be computed.
    """
    drawn = draw(keyed(bank), SystemRandom())
    try:
        with transaction.atomic():
            return Attempt.objects.create(
                learner=learner,
                lesson=bank.lesson,
                title=bank.title,
                questions=[to_json(question) for question in drawn],
                question_count=len(drawn),
            )
    except IntegrityError:
        return Attempt.objects.get(learner=learner, lesson=bank.lesson, committed_at=None)


def commit_answers(*, attempt: Attempt, picks: Mapping[str, Sequence[str]]) -> bool:
    """Grades the picks (question id to option ids) for good. False, and no change, when it was done before."""
    answers = [
        Answer(
            attempt=attempt,
            question=question.id,
            version=question.version,
            picks=list(picks[question.id]),
            is_right=is_right(question, picks[question.id]),
        )
        for question in attempt.asked()
    ]
    right = sum(answer.is_right for answer in answers)
    with transaction.atomic():
        is_first = Attempt.objects.filter(pk=attempt.pk, committed_at=None).update(
            committed_at=timezone.now(), right_count=right
        )
        if is_first:
            Answer.objects.bulk_create(answers)
    return bool(is_first)
