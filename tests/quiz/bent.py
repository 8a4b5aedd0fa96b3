"""Banks that are bent on purpose, and what is said of them."""

import pytest

from quiz.keys import keyed
from quiz.loader import read_bank
from quiz.records import BankError


def refusal(file):
    with pytest.raises(BankError) as caught:
        keyed(read_bank(file))
    return str(caught.value)
