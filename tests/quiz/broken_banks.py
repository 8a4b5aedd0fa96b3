"""Banks that are bent on purpose, and what is said of them."""

import pytest

from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import read_bank
from quiz.bank.model import BankError


def refusal(file):
    with pytest.raises(BankError) as caught:
        with_keys(read_bank(file))
    return str(caught.value)
