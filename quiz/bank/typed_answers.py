"""Compares typed answers with the expected ones. Case, spaces and punctuation do not matter; typos do."""

import re
import unicodedata
from decimal import Decimal

from quiz.bank.model import Kind, Option, Question

MAX_LENGTH = 200
# Punctuation that means something in code, and so is compared.
MEANINGFUL = frozenset("#%&*@/")
DASHES = re.compile(r"[\u2010-\u2015\u2212]")
SPACES = re.compile(r"\s+")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


class NotANumberError(ValueError):
    """An answer that is no number; the message says what is allowed."""


def _normalized(text: str) -> str:
    return DASHES.sub("-", unicodedata.normalize("NFKC", text).casefold())


def comparable(text: str) -> str:
    """Returns what of a text is compared. A text of punctuation alone is compared as it is."""
    folded = _normalized(text)
    neighbours = zip(folded, " " + folded, folded[1:] + " ", strict=False)
    kept = "".join(each for each, before, after in neighbours if not _is_ignored(each, before, after))
    return kept or SPACES.sub("", folded)


def _is_ignored(character: str, before: str, after: str) -> bool:
    """Returns whether a character is not compared. Of punctuation, signs of numbers and what is in a figure are."""
    if character.isspace():
        return True
    if not unicodedata.category(character).startswith("P") or character in MEANINGFUL:
        return False
    is_sign = character in "-." and not before.isalnum()
    return not (after.isdigit() and (before.isdigit() or is_sign))


def number_in(text: str, unit: str = "") -> Decimal:
    """Returns the number that was typed, with its unit or without. Raises NotANumberError."""
    bare, ending = (SPACES.sub("", _normalized(each)) for each in (text, unit))
    bare = bare.removesuffix(ending)
    if not NUMBER.fullmatch(bare):
        measured = f" in {unit}" if unit else ""
        raise NotANumberError(f"Write one number{measured} in digits, with a point before decimals, such as 12 or 0.5.")
    return Decimal(bare)


def number_text(number: Decimal, tolerance: Decimal = Decimal(0), unit: str = "") -> str:
    """Returns an expected number as a learner reads it, such as `200 ± 10 ms`."""
    margin = f" ± {tolerance:f}" if tolerance else ""
    return f"{number:f}{margin}{f' {unit}' if unit else ''}"


def expected(question: Question, text: str) -> Option | None:
    """Returns the expected answer that a typed one matches, a right one first; None where it matches none.

    Raises NotANumberError.
    """
    candidates = sorted(question.options, key=lambda option: not option.right)
    return next((option for option in candidates if _matches(question, option, text)), None)


def _matches(question: Question, option: Option, text: str) -> bool:
    if question.kind is not Kind.NUMBER:
        return comparable(option.text) == comparable(text)
    return option.number is not None and abs(number_in(text, question.unit) - option.number) <= option.tolerance
