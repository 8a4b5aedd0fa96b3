"""What comes back from a sheet. A reply that lacks something says so; one that no sheet offers is refused.

The form names questions by number and options by letter, in the order shown, so no id of the bank reaches the browser.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

from quiz.bank.model import Confidence, Kind, Question

Form = Mapping[str, Sequence[str]]
Picks = dict[str, tuple[str, ...]]


class TamperedAnswerError(ValueError):
    """The form came back with something that it never offered."""


@dataclass(frozen=True)
class Submission:
    """One question's reply: option ids as `picks`, for an ordering question in their order.

    While `trouble` says what is missing, nothing of it may be graded; `picks` and `places`, the chosen place of an
    option under its id, are then only there to be shown again.
    """

    picks: tuple[str, ...] = ()
    confidence: str = ""
    trouble: str = ""
    places: Mapping[str, int] = field(default_factory=dict)


def field_name(number: int) -> str:
    """The form's field of a question; of one option of an ordering question with its letter after a hyphen."""
    return f"question-{number}"


def confidence_name(number: int) -> str:
    return f"confidence-{number}"


def lettered(question: Question) -> dict[str, str]:
    """Letter to option id, in the order shown."""
    return dict(zip(ascii_lowercase, (option.id for option in question.options), strict=False))


def read_reply(question: Question, number: int, form: Form) -> Submission:
    """The reply to the question of that number. Raises TamperedAnswerError with a sentence for the learner."""
    reply = READERS[question.kind](question, number, form)
    return Submission(reply.picks, _confidence(number, form), reply.trouble, reply.places)


def read_replies(questions: Sequence[Question], form: Form) -> dict[str, Submission]:
    """Under each question's id its reply. Raises TamperedAnswerError."""
    return {question.id: read_reply(question, number, form) for number, question in enumerate(questions, start=1)}


def _refused(number: int, why: str) -> TamperedAnswerError:
    return TamperedAnswerError(f"Question {number} {why}. Nothing was graded; go back and answer again.")


def _confidence(number: int, form: Form) -> str:
    given = set(form.get(confidence_name(number), ())) - {""}
    if not given <= set(Confidence) or len(given) > 1:
        raise _refused(number, f"takes one of {', '.join(Confidence)} as its confidence")
    return given.pop() if given else ""


def _picked(question: Question, number: int, form: Form) -> tuple[str, ...]:
    letters, offered = form.get(field_name(number), ()), lettered(question)
    if any(letter not in offered for letter in letters):
        raise _refused(number, "offers no such option")
    return tuple(dict.fromkeys(offered[letter] for letter in letters))


def _single(question: Question, number: int, form: Form) -> Submission:
    picks = _picked(question, number, form)
    if len(form.get(field_name(number), ())) > 1:
        raise _refused(number, "takes one option")
    return Submission(picks, trouble="" if picks else "Pick one option.")


def _multiple(question: Question, number: int, form: Form) -> Submission:
    picks = _picked(question, number, form)
    return Submission(picks, trouble="" if picks else "Pick at least one option.")


def _ordering(question: Question, number: int, form: Form) -> Submission:
    places = dict(_places(question, number, form))
    if trouble := _trouble(places, len(question.options)):
        return Submission(trouble=trouble, places=places)
    return Submission(tuple(sorted(places, key=lambda option: places[option])), places=places)


def _places(question: Question, number: int, form: Form) -> Iterator[tuple[str, int]]:
    """Each option that was given a place."""
    offered = {f"{field_name(number)}-{letter}": option for letter, option in lettered(question).items()}
    if any(name.startswith(f"{field_name(number)}-") and name not in offered for name in form):
        raise _refused(number, "offers no such option")
    allowed = {str(place): place for place in range(1, len(offered) + 1)}
    for name, option in offered.items():
        given = [value for value in form.get(name, ()) if value]
        if len(given) > 1 or any(value not in allowed for value in given):
            raise _refused(number, f"takes one place, 1 to {len(offered)}, for each item")
        if given:
            yield option, allowed[given[0]]


def _trouble(places: Mapping[str, int], of: int) -> str:
    """What keeps these places from being an order, in a sentence; empty when nothing does."""
    if not places:
        return f"Put the items into their order; they never start in it. Each has its own place, 1 to {of}."
    twice = [str(place) for place, times in sorted(Counter(places.values()).items()) if times > 1]
    missing = [str(place) for place in range(1, of + 1) if place not in places.values()]
    if twice:
        return f"Give each item its own place: {_and(twice)} was given more than once, {_and(missing)} not at all."
    return f"Give every item a place: nothing has {_and(missing)} yet." if missing else ""


def _and(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


READERS: dict[Kind, Callable[[Question, int, Form], Submission]] = {
    Kind.SINGLE: _single,
    Kind.MULTIPLE: _multiple,
    Kind.ORDERING: _ordering,
}
