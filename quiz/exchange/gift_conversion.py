"""Finds the kind that a question of GIFT has in a bank, and its options."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from string import ascii_lowercase
from typing import Any

from quiz.bank.model import Kind
from quiz.bank.question_rules import OPTION_COUNTS
from quiz.bank.typed_answers import comparable
from quiz.exchange.gift_model import GiftAnswer, GiftKind, GiftQuestion, GiftText

ALL = Decimal(100)


class NoPlaceError(ValueError):
    """A question that no kind of a bank can hold; the message says why."""


@dataclass(frozen=True)
class Found:
    """A kind with its options, whose texts are still those of GIFT, and remarks on what is lost."""

    kind: Kind
    options: list[dict[str, Any]]
    remarks: list[str] = field(default_factory=list)


def _options(answers: Iterable[GiftAnswer], is_right: Callable[[GiftAnswer], bool]) -> list[dict[str, Any]]:
    """Returns options that are named by letters, and by numbers after these."""
    return [
        {"id": _name(at), "text": each.text, "right": is_right(each), "why": each.feedback}
        for at, each in enumerate(answers)
    ]


def _name(at: int) -> str:
    return ascii_lowercase[at] if at < len(ascii_lowercase) else f"answer-{at + 1}"


def _is_full(answer: GiftAnswer) -> bool:
    return answer.weight == ALL


def _partial(answers: Iterable[GiftAnswer]) -> list[str]:
    """Says which answers gave a part of the points and are now wrong."""
    texts = [f"“{each.text.text}” ({each.weight} %)" for each in answers if 0 < each.weight < ALL]
    return [f"parts of a point have no place, so these are wrong here: {', '.join(texts)}"] if texts else []


def _require_options(kind: Kind, answers: Sequence[GiftAnswer]) -> None:
    least, most = OPTION_COUNTS[kind]
    if not least <= len(answers) <= most:
        raise NoPlaceError(f"it has {len(answers)} answers, and {least} to {most} can be offered")


def _true_or_false(question: GiftQuestion) -> Found:
    options = [
        {"id": each.text.text.casefold(), "right": _is_full(each), "why": each.feedback} for each in question.answers
    ]
    return Found(Kind.TRUE_FALSE, options)


def _single(question: GiftQuestion) -> Found:
    _require_options(Kind.SINGLE, question.answers)
    right = sum(map(_is_full, question.answers))
    if right != 1:
        raise NoPlaceError(f"{right} answers are right, and one is to be picked; make it one that asks for all of them")
    return Found(Kind.SINGLE, _options(question.answers, _is_full), _partial(question.answers))


def _multiple(question: GiftQuestion) -> Found:
    _require_options(Kind.MULTIPLE, question.answers)
    right = [each for each in question.answers if each.weight > 0]
    wrong = [each for each in question.answers if each.weight <= 0]
    if not right:
        raise NoPlaceError("none of its answers is right")
    is_all_or_nothing = all(each.weight == -ALL for each in wrong) and len({each.weight for each in right}) == 1
    lost = (
        [] if is_all_or_nothing else ["parts of a point have no place: all right answers and no other are to be picked"]
    )
    return Found(Kind.MULTIPLE, _options(question.answers, lambda each: each.weight > 0), lost)


def _matching(question: GiftQuestion) -> Found:
    """Returns an ordering question where places are matched with what belongs there; no other matching has a place."""
    places = [each.text.text for each in question.answers]
    texts = [each.match for each in question.answers]
    if sorted(places) != sorted(map(str, range(1, len(places) + 1))) or len(set(texts)) < len(texts):
        raise NoPlaceError("matching has no kind here; ask one question for each pair")
    in_order = sorted(question.answers, key=lambda each: int(each.text.text))
    options = [
        {"id": _name(at), "text": GiftText(each.match, each.text.format), "why": ""} for at, each in enumerate(in_order)
    ]
    if len(options) < OPTION_COUNTS[Kind.ORDERING][0]:
        raise NoPlaceError("there is one item, and an order has two or more")
    return Found(Kind.ORDERING, options)


def _short_answer(question: GiftQuestion) -> Found:
    """Returns a text question. A star that stands for any text has no place; one that is written `\\*` is a star."""
    lost = _partial(question.answers)
    known: dict[str, GiftAnswer] = {}
    for answer in sorted(question.answers, key=lambda each: not _is_full(each)):
        if "*" in answer.text.text.replace("\\*", ""):
            lost.append(f"“{answer.text.text}” stands for more than one text, and has no place; write each text")
            continue
        first = known.setdefault(comparable(answer.text.text), answer)
        if first is not answer:
            lost.append(f"“{answer.text.text}” is left out: it is read as “{first.text.text}” is")
    kept = [each for each in question.answers if any(each is other for other in known.values())]
    if not any(map(_is_full, kept)):
        raise NoPlaceError("no text is left that is right")
    return Found(Kind.TEXT, [_plain_star(option) for option in _options(kept, _is_full)], lost)


def _plain_star(option: dict[str, Any]) -> dict[str, Any]:
    text = option["text"]
    return {**option, "text": GiftText(text.text.replace("\\*", "*"), text.format)}


def _numerical(question: GiftQuestion) -> Found:
    lost = _partial(question.answers)
    numbers = [each for each in question.answers if each.number is not None]
    if not any(map(_is_full, numbers)):
        raise NoPlaceError("no number is right")
    others = (each for each in question.answers if each.number is None and each.feedback.text)
    lost += [f"the feedback on all other numbers has no place: “{each.feedback.text}”" for each in others]
    options = [_number(option, answer) for option, answer in zip(_options(numbers, _is_full), numbers, strict=True)]
    return Found(Kind.NUMBER, options, lost)


def _number(option: dict[str, Any], answer: GiftAnswer) -> dict[str, Any]:
    tolerance = {"tolerance": answer.tolerance} if answer.tolerance else {}
    return {"id": option["id"], "number": answer.number, **tolerance, "right": option["right"], "why": option["why"]}


def _essay(question: GiftQuestion) -> Found:
    raise NoPlaceError("an essay is marked by somebody who reads it, and a check is marked at once")


def _description(question: GiftQuestion) -> Found:
    raise NoPlaceError("it has no answers in braces, so it is a description; the lesson is the place for its text")


CONVERSIONS: dict[GiftKind, Callable[[GiftQuestion], Found]] = {
    GiftKind.TRUE_FALSE: _true_or_false,
    GiftKind.SINGLE: _single,
    GiftKind.MULTIPLE: _multiple,
    GiftKind.MATCHING: _matching,
    GiftKind.SHORT_ANSWER: _short_answer,
    GiftKind.NUMERICAL: _numerical,
    GiftKind.ESSAY: _essay,
    GiftKind.DESCRIPTION: _description,
}
