"""Shows a lesson's knowledge check and its state. A lesson without a bank shows nothing and takes no query."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.template import Context, Library
from django.utils.safestring import SafeString, mark_safe

from content import inline_markdown
from quiz.attempts.selectors import State, due, progress, states
from quiz.bank.grading import needed
from quiz.bank.loader import bank_of, is_being_fixed
from quiz.bank.model import self_check_id

register = Library()


@register.filter
def inline(text: str) -> SafeString:
    """Renders a short text of an author, whose HTML is shown as it is written."""
    return mark_safe(inline_markdown.inline(text))  # noqa: S308  (HTML of the author is escaped)


class HasSlug(Protocol):
    """The part of a lesson that these tags need."""

    @property
    def slug(self) -> str: ...


@register.inclusion_tag("quiz/_card.html", takes_context=True)
def knowledge_check(context: Context, lesson: str) -> dict[str, Any]:
    """Renders the card that links the lesson to its check."""
    bank = bank_of(lesson)
    if bank is None:
        return {"is_being_fixed": is_being_fixed(lesson)}
    count = len(bank.objectives)
    found = progress(learner=context["request"].learner, lesson=lesson)
    return {"bank": bank, "count": count, "needed": needed(count), "progress": found}


@register.inclusion_tag("quiz/self_check/_closed.html")
def self_check(lesson: str, section: str) -> dict[str, Any]:
    """Renders the closed question at the end of a section; nothing where the bank has none for it.

    It looks the same to all learners. The question itself is requested when it is opened.
    """
    bank = bank_of(lesson)
    if bank is None or section not in bank.self_checks:
        return {}
    return {"lesson": lesson, "section": section, "anchor": self_check_id(section)}


@register.inclusion_tag("quiz/_due.html", takes_context=True)
def due_card(context: Context, lesson: str = "") -> dict[str, Any]:
    """Renders how many questions are due for review, of one lesson or of each, with links; nothing when none is.

    Takes one query, and none for a lesson without a bank.
    """
    if lesson and bank_of(lesson) is None:
        return {}
    found = due(learner=context["request"].learner, lesson=lesson)
    return {"lessons": [(bank_of(name), len(questions)) for name, questions in found.items()]}


@register.simple_tag(takes_context=True)
def lesson_state(context: Context, lesson: str) -> str:
    """Returns "", "started" or "completed", by one query for all lessons of a page."""
    if bank_of(lesson) is None:
        return State.UNTOUCHED.value
    return _states(context["request"]).get(lesson, State.UNTOUCHED).value


def _states(request: Any) -> Mapping[str, State]:
    """Returns the state of each lesson, read once for a request."""
    if not hasattr(request, "quiz_states"):
        request.quiz_states = states(learner=request.learner)
    found: Mapping[str, State] = request.quiz_states
    return found


@register.simple_tag(takes_context=True)
def completed(context: Context, lessons: Iterable[HasSlug]) -> int:
    """Counts the lessons that the learner has completed."""
    states = (lesson_state(context, lesson.slug) for lesson in lessons)
    return sum(state == State.COMPLETED for state in states)


@register.simple_tag
def objectives(lesson: str) -> tuple[str, ...]:
    """Returns the objectives of the lesson's check, in words."""
    bank = bank_of(lesson)
    return tuple(bank.objectives.values()) if bank else ()
