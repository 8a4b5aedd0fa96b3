"""Suggests what an author may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """Returns the most similar of the known words; "" where none is similar."""
    return next(iter(get_close_matches(word, list(known), n=1)), "")


def suggest(word: str, known: Iterable[str]) -> str:
    """Returns a question that names the most similar of the known words; "" where none is similar."""
    found = nearest(word, known)
    return f"; did you mean {found!r}?" if found else ""
