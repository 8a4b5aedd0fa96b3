"""Reads banks that are wrong on purpose, and returns what is said of them."""

import pytest

from content.problems import ContentError
from quiz.bank.loader import read_complete
from quiz.bank.style_rules import advice


def refusal(file):
    with pytest.raises(ContentError) as caught:
        read_complete(file)
    return str(caught.value)


def remarks(file):
    """Returns what could be better in a bank that can be used, a line each."""
    return "\n".join(map(str, advice(read_complete(file))))
