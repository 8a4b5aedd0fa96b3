"""Gives the reasons that a learner has been told already, so that their own questions can be answered with these."""

from django.urls import reverse

from content.inline_markdown import plain
from quiz.attempts.selectors import feedback_of, open_check
from quiz.models import Attempt

# So many of the newest attempts are looked through.
ATTEMPTS = 5


def has_open_check(learner: str, lesson: str) -> bool:
    """Returns whether a check of the lesson is open."""
    return open_check(learner=learner, lesson=lesson) is not None


def reasons_of(learner: str, lesson: str) -> list[tuple[str, str, str]]:
    """Returns prompt, reason and address of each question of the lesson that the learner has answered.

    The texts are without markup. Returns none while a check of theirs is open: that could ask the same again.
    """
    if has_open_check(learner, lesson):
        return []
    attempts = Attempt.objects.filter(learner=learner, lesson=lesson).exclude(committed_at=None)
    found: dict[str, tuple[str, str, str]] = {}
    for attempt in attempts.order_by("-committed_at").prefetch_related("answers")[:ATTEMPTS]:
        address = reverse("quiz:attempt", args=[attempt.pk])
        for one in feedback_of(attempt):
            why = next((option.why for option in one.options if option.is_right and option.why), "")
            if why:
                found.setdefault(one.prompt, (plain(one.prompt), plain(why), address))
    return list(found.values())
