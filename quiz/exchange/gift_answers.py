"""Reads the answers of a question in GIFT: what stands between its braces, with escapes hidden."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from quiz.exchange.gift_model import GiftAnswer, GiftKind, GiftText, TextFormat
from quiz.exchange.gift_syntax import gift_text, show_escapes

# Gives the line of a position in the answers.
LineAt = Callable[[int], int]
WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")
# An exponent of more digits would be written out in as many zeros.
NUMBER = r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?)\s*"
WITH_TOLERANCE = re.compile(f"{NUMBER}(?::{NUMBER})?")
RANGE = re.compile(f"{NUMBER}\\.\\.{NUMBER}")
ALL, NONE = Decimal(100), Decimal(0)


class GiftSyntaxError(ValueError):
    """Something on a line of a file that is not GIFT; the message says what is allowed."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


def _parts(answers: str, marks: str, line_at: LineAt) -> Iterator[tuple[str, str, int]]:
    """Yields each answer: its mark, what follows it, and its line."""
    head = re.split(f"[{marks}]", answers, maxsplit=1)[0]
    if head.strip():
        allowed = " or ".join(marks)
        raise GiftSyntaxError(
            line_at(0), f"has {show_escapes(head)[:40]!r} before the first answer; begin with {allowed}"
        )
    for found in re.finditer(f"([{marks}])([^{marks}]*)", answers):
        yield found[1], found[2], line_at(found.start())


def _weight(text: str, without: Decimal, line: int) -> tuple[Decimal, str]:
    """Returns the weight that a text begins with, or that of an answer without one; and the rest."""
    stripped = text.strip()
    found = WEIGHT.match(stripped)
    if found is None:
        return without, stripped
    if abs(weight := Decimal(found[1])) > ALL:
        raise GiftSyntaxError(line, f"gives an answer {weight} per cent of the points; give it -100 to 100")
    return weight, stripped[found.end() :]


def _answer(text: str, without: Decimal, default: TextFormat, line: int) -> GiftAnswer:
    weight, rest = _weight(text, without, line)
    said, _, feedback = rest.partition("#")
    answer = GiftAnswer(line, gift_text(said, default), weight, gift_text(feedback, default))
    if not answer.text.text:
        raise GiftSyntaxError(line, "has an answer without a text; write it after the = or ~")
    return answer


def _choices(answers: str, default: TextFormat, line_at: LineAt) -> Iterator[GiftAnswer]:
    found = [
        _answer(text, ALL if mark == "=" else NONE, default, line)
        for mark, text, line in _parts(answers, "~=", line_at)
    ]
    if len(found) < 2:
        raise GiftSyntaxError(line_at(0), "offers one answer; offer two or more, each after a = or ~")
    yield from found


def _short_answers(answers: str, default: TextFormat, line_at: LineAt) -> Iterator[GiftAnswer]:
    for _, text, line in _parts(answers, "=", line_at):
        yield _answer(text, ALL, default, line)


def _true_or_false(answers: str, default: TextFormat, line_at: LineAt) -> Iterator[GiftAnswer]:
    """Yields true, then false. The feedback for a wrong answer comes before that for a right one."""
    said, *feedback = answers.split("#", 2)
    wrong, right = (gift_text(text, default) for text in (*feedback, "", "")[:2])
    is_true = said.strip().casefold() in {"t", "true"}
    for name in (True, False):
        is_key = name is is_true
        yield GiftAnswer(line_at(0), GiftText(str(name)), ALL if is_key else NONE, right if is_key else wrong)


def _pairs(answers: str, default: TextFormat, line_at: LineAt) -> Iterator[GiftAnswer]:
    for _, text, line in _parts(answers, "=", line_at):
        left, arrow, right = text.partition("->")
        if not arrow or not right.strip():
            raise GiftSyntaxError(line, "has a pair without its second half; write =this -> that")
        yield GiftAnswer(line, gift_text(left, default), ALL, match=show_escapes(right))


def _numbers(answers: str, default: TextFormat, line_at: LineAt) -> Iterator[GiftAnswer]:
    """Yields the expected numbers, then an answer without a number for the feedback on all others."""
    numbers, other, feedback = answers.replace("#", " ", 1).partition("~")
    listed = numbers if "=" in numbers else f"={numbers}"
    for _, text, line in _parts(listed, "=", line_at):
        yield _number(text, default, line)
    if other:
        yield GiftAnswer(
            line_at(len(numbers)), GiftText("*"), NONE, gift_text(feedback.strip().removeprefix("#"), default)
        )


def _number(text: str, default: TextFormat, line: int) -> GiftAnswer:
    weight, rest = _weight(text, ALL, line)
    said, _, feedback = rest.partition("#")
    number, tolerance = _bounds(show_escapes(said).strip(), line)
    return GiftAnswer(
        line, gift_text(said, default), weight, gift_text(feedback, default), number=number, tolerance=tolerance
    )


def _bounds(text: str, line: int) -> tuple[Decimal | None, Decimal | None]:
    if text == "*":
        return None, None
    if found := RANGE.fullmatch(text):
        least, most = Decimal(found[1]), Decimal(found[2])
        return (least + most) / 2, abs(most - least) / 2
    if found := WITH_TOLERANCE.fullmatch(text.replace("\\:", ":")):
        return Decimal(found[1]), abs(Decimal(found[2] or 0))
    raise GiftSyntaxError(
        line, f"expects the number {text[:40]!r}; write 3, 3:0.5 (with a tolerance) or 1..5 (a range)"
    )


AnswersReader = Callable[[str, TextFormat, LineAt], Iterator[GiftAnswer]]
# Essays and descriptions have no answers.
READERS: dict[GiftKind, AnswersReader] = {
    GiftKind.TRUE_FALSE: _true_or_false,
    GiftKind.SINGLE: _choices,
    GiftKind.MULTIPLE: _choices,
    GiftKind.MATCHING: _pairs,
    GiftKind.SHORT_ANSWER: _short_answers,
    GiftKind.NUMERICAL: _numbers,
}
