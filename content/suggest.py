"""Suggests what an author may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """The most similar of the known words; empty where none is similar."""
    return next(iter(get_close_matches(word, list(known), n=1)), "")


def suggest(word: str, known: Iterable[str]) -> str:
    """A question that names the most similar of the known words, or nothing."""
    found = nearest(word, known)
    return f"; did you mean {found!r}?" if found else ""
