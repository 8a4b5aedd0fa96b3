"""Reads the submitted form of a question. Says what an incomplete one lacks; refuses what no form offers.

The form names questions by number and options by letter, in the order shown, so no id of the bank reaches the browser.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from quiz.bank.model import Confidence, Kind, Question
from quiz.bank.typed_answers import MAX_LENGTH, NotANumberError, expected

Form = Mapping[str, Sequence[str]]


class TamperedAnswerError(ValueError):
    """A form that was submitted with something that it never offered."""


@dataclass(frozen=True)
class Submission:
    """The answer to one question: option ids as `picks`, for an ordering question in their order.

    A typed answer is `given` as it was written; `picks` then hold the expected answer that it matches, if any.

    While `trouble` says what is missing, it must not be graded; `picks` and `places`, the chosen place of each option
    by its id, are then only shown again.
    """

    picks: tuple[str, ...] = ()
    confidence: str = ""
    trouble: str = ""
    places: Mapping[str, int] = field(default_factory=dict)
    given: str = ""


def field_name(number: int) -> str:
    """Returns the form field of a question. That of an item to be ordered adds a hyphen and its letter."""
    return f"question-{number}"


def confidence_name(number: int) -> str:
    return f"confidence-{number}"


def option_ids_by_letter(question: Question) -> dict[str, str]:
    """Returns the option id of each letter, in the order shown."""
    return dict(zip(ascii_lowercase, (option.id for option in question.options), strict=False))


def read_submission(question: Question, number: int, form: Form) -> Submission:
    """Reads the answer to the question of that number. Raises TamperedAnswerError with a sentence for the learner."""
    submission = READERS[question.kind](question, number, form)
    return replace(submission, confidence=_confidence(number, form))


def read_submissions(questions: Sequence[Question], form: Form) -> dict[str, Submission]:
    """Returns the submission of each question, by its id. Raises TamperedAnswerError."""
    return {question.id: read_submission(question, number, form) for number, question in enumerate(questions, start=1)}


def _tampered(number: int, why: str) -> TamperedAnswerError:
    return TamperedAnswerError(f"Question {number} {why}. Nothing was graded; go back and answer again.")


def _confidence(number: int, form: Form) -> str:
    given = set(form.get(confidence_name(number), ())) - {""}
    if not given <= set(Confidence) or len(given) > 1:
        raise _tampered(number, f"takes one of {', '.join(Confidence)} as its confidence")
    return given.pop() if given else ""


def _picked(question: Question, number: int, form: Form) -> tuple[str, ...]:
    letters, offered = form.get(field_name(number), ()), option_ids_by_letter(question)
    if any(letter not in offered for letter in letters):
        raise _tampered(number, "offers no such option")
    return tuple(dict.fromkeys(offered[letter] for letter in letters))


def _single(question: Question, number: int, form: Form) -> Submission:
    picks = _picked(question, number, form)
    if len(form.get(field_name(number), ())) > 1:
        raise _tampered(number, "takes one option")
    return Submission(picks, trouble="" if picks else "Pick one option.")


def _multiple(question: Question, number: int, form: Form) -> Submission:
    picks = _picked(question, number, form)
    return Submission(picks, trouble="" if picks else "Pick at least one option.")


def _typed(question: Question, number: int, form: Form) -> Submission:
    given = " ".join(" ".join(form.get(field_name(number), ())).split())
    if len(given) > MAX_LENGTH:
        raise _tampered(number, f"takes at most {MAX_LENGTH} characters")
    if not given:
        return Submission(trouble="Write your answer.")
    try:
        match = expected(question, given)
    except NotANumberError as error:
        return Submission(trouble=str(error), given=given)
    return Submission((match.id,) if match else (), given=given)


def _ordering(question: Question, number: int, form: Form) -> Submission:
    places = dict(_places(question, number, form))
    if trouble := _order_problem(places, len(question.options)):
        return Submission(trouble=trouble, places=places)
    return Submission(tuple(sorted(places, key=lambda option: places[option])), places=places)


def _places(question: Question, number: int, form: Form) -> Iterator[tuple[str, int]]:
    """Yields each option that was given a place."""
    offered = {f"{field_name(number)}-{letter}": option for letter, option in option_ids_by_letter(question).items()}
    if any(name.startswith(f"{field_name(number)}-") and name not in offered for name in form):
        raise _tampered(number, "offers no such option")
    allowed = {str(place): place for place in range(1, len(offered) + 1)}
    for name, option in offered.items():
        given = [value for value in form.get(name, ()) if value]
        if len(given) > 1 or any(value not in allowed for value in given):
            raise _tampered(number, f"takes one place, 1 to {len(offered)}, for each item")
        if given:
            yield option, allowed[given[0]]


def _order_problem(places: Mapping[str, int], of: int) -> str:
    """Says why these places are no order; "" where they are one."""
    if not places:
        return "You have not put the items in order yet."
    twice = [str(place) for place, times in sorted(Counter(places.values()).items()) if times > 1]
    missing = [str(place) for place in range(1, of + 1) if place not in places.values()]
    if twice:
        return (
            f"Give each item its own place: {_listed(twice)} was given more than once, {_listed(missing)} not at all."
        )
    return f"Give every item a place: nothing has {_listed(missing)} yet." if missing else ""


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


READERS: dict[Kind, Callable[[Question, int, Form], Submission]] = {
    Kind.SINGLE: _single,
    Kind.MULTIPLE: _multiple,
    Kind.ORDERING: _ordering,
    Kind.TRUE_FALSE: _single,
    Kind.TEXT: _typed,
    Kind.NUMBER: _typed,
}
