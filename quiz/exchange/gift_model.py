"""Describes what a file in GIFT holds, as plain frozen data."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class GiftKind(StrEnum):
    """The kinds of questions that GIFT knows."""

    TRUE_FALSE = "true/false"
    SINGLE = "multiple choice with one right answer"
    MULTIPLE = "multiple choice with several right answers"
    MATCHING = "matching"
    SHORT_ANSWER = "short answer"
    NUMERICAL = "numerical"
    ESSAY = "essay"
    DESCRIPTION = "description"


class TextFormat(StrEnum):
    """How a text is written. MOODLE is plain text in which HTML is allowed, and the default."""

    MOODLE = "moodle"
    HTML = "html"
    PLAIN = "plain"
    MARKDOWN = "markdown"


@dataclass(frozen=True)
class GiftText:
    """A text with its format, after its escapes are resolved."""

    text: str
    format: TextFormat = TextFormat.MOODLE


@dataclass(frozen=True)
class GiftAnswer:
    """An answer on a line of the file. `weight` is its per cent of the points.

    Matching has what belongs to it as `match`, numerical the `number` and its `tolerance`; both are None where any
    answer is meant.
    """

    line: int
    text: GiftText
    weight: Decimal
    feedback: GiftText = GiftText("")
    match: str = ""
    number: Decimal | None = None
    tolerance: Decimal | None = None


@dataclass(frozen=True)
class GiftQuestion:
    """A question that begins on a line of the file. `category` is the path that the file named last."""

    line: int
    kind: GiftKind
    prompt: GiftText
    answers: tuple[GiftAnswer, ...] = ()
    general_feedback: GiftText = GiftText("")
    title: str = ""
    id: str = ""
    tags: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
