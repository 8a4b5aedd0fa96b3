"""Schedules the review of a question that was missed or only guessed: after a day, a week and a month."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from learners.spacing import DAYS
from quiz.models import Answer, Attempt, Purpose, Review


def plan_reviews(attempt: Attempt, answers: Iterable[Answer], *, now: datetime) -> None:
    """Updates the reviews after these answers of the attempt. Questions about own runs are never reviewed."""
    own = {question.id for question in attempt.asked() if question.run}
    for answer in answers:
        if answer.question in own:
            continue
        if answer.needs_review:
            _restart(attempt, answer.question, now)
        elif attempt.purpose == Purpose.REVIEW:
            _advance(attempt, answer.question, now)


def _restart(attempt: Attempt, question: str, now: datetime) -> None:
    when = {"stage": 0, "due_at": now + timedelta(days=DAYS[0])}
    Review.objects.update_or_create(when, learner=attempt.learner, lesson=attempt.lesson, question=question)


def _advance(attempt: Attempt, question: str, now: datetime) -> None:
    """Moves a due question one stage on. One that is not due was answered elsewhere since this review began."""
    due = Review.objects.select_for_update().filter(due_at__lte=now)
    review = due.filter(learner=attempt.learner, lesson=attempt.lesson, question=question).first()
    if review is None:
        return
    review.stage += 1
    if review.stage == len(DAYS):
        review.delete()
        return
    review.due_at = now + timedelta(days=DAYS[review.stage])
    review.save(update_fields=["stage", "due_at"])
