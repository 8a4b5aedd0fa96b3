"""When a question that was missed, or only guessed, comes back to its learner: after a day, a week, a month."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from quiz.models import Answer, Attempt, Purpose, Review

# Days until it comes back, by the number of reviews that went well since it was last missed. After the last it is done.
DAYS = (1, 7, 30)


def plan_reviews(attempt: Attempt, answers: Iterable[Answer], *, now: datetime) -> None:
    """Takes fresh answers of the attempt into account. What is asked about the learner's own runs never comes back."""
    own = {question.id for question in attempt.asked() if question.run}
    for answer in answers:
        if answer.question in own:
            continue
        if answer.needs_review:
            _begin(attempt, answer.question, now)
        elif attempt.purpose == Purpose.REVIEW:
            _move_on(attempt, answer.question, now)


def _begin(attempt: Attempt, question: str, now: datetime) -> None:
    when = {"stage": 0, "due_at": now + timedelta(days=DAYS[0])}
    Review.objects.update_or_create(when, learner=attempt.learner, lesson=attempt.lesson, question=question)


def _move_on(attempt: Attempt, question: str, now: datetime) -> None:
    """One step on. A question that is not due was missed, or moved on, elsewhere since this review was begun."""
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
