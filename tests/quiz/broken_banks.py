"""Reads banks that are broken on purpose, and returns the error."""

import pytest

from content.problems import ContentError
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import read_bank


def refusal(file):
    with pytest.raises(ContentError) as caught:
        with_keys(read_bank(file))
    return str(caught.value)
