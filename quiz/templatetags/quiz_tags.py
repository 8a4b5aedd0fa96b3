"""What a lesson shows of its knowledge check. A lesson without a bank shows nothing and asks the database nothing."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.template import Context, Library

from quiz.attempts.selectors import State, due, progress, states
from quiz.bank.grading import needed
from quiz.bank.loader import bank_of

register = Library()


class Lesson(Protocol):
    """What is needed of a lesson here."""

    @property
    def slug(self) -> str: ...


@register.inclusion_tag("quiz/_card.html", takes_context=True)
def knowledge_check(context: Context, lesson: str) -> dict[str, Any]:
    """The card that leads from the lesson to its check."""
    bank = bank_of(lesson)
    if bank is None:
        return {}
    count = len(bank.objectives)
    stands = progress(learner=context["request"].learner, lesson=lesson)
    return {"bank": bank, "count": count, "needed": needed(count), "progress": stands}


@register.inclusion_tag("quiz/_due.html", takes_context=True)
def due_card(context: Context, lesson: str = "") -> dict[str, Any]:
    """How many questions are due for review, of one lesson or of each, and the way to them; nothing when none is.

    One query, and none for a lesson without a bank.
    """
    if lesson and bank_of(lesson) is None:
        return {}
    found = due(learner=context["request"].learner, lesson=lesson)
    return {"lessons": [(bank_of(name), len(questions)) for name, questions in found.items()]}


@register.simple_tag(takes_context=True)
def lesson_state(context: Context, lesson: str) -> str:
    """ "", "started" or "completed"; one query for all lessons of a page."""
    if bank_of(lesson) is None:
        return State.UNTOUCHED.value
    return _states(context["request"]).get(lesson, State.UNTOUCHED).value


def _states(request: Any) -> Mapping[str, State]:
    """How far the learner is with each lesson, asked once for a request."""
    if not hasattr(request, "quiz_states"):
        request.quiz_states = states(learner=request.learner)
    found: Mapping[str, State] = request.quiz_states
    return found


@register.simple_tag(takes_context=True)
def completed(context: Context, lessons: Iterable[Lesson]) -> int:
    """How many of these lessons the learner has completed."""
    states = (lesson_state(context, lesson.slug) for lesson in lessons)
    return sum(state == State.COMPLETED for state in states)


@register.simple_tag
def objectives(lesson: str) -> tuple[str, ...]:
    """What the lesson's check asks about, in words."""
    bank = bank_of(lesson)
    return tuple(bank.objectives.values()) if bank else ()
