"""A fact is read from a journal as it was written, also from one of an earlier version."""

from sandbox.definitions.terms import FactKind
from sandbox.engine.execution.facts import Fact


def test_a_journal_from_before_a_field_was_renamed_is_read():
    handled = Fact(FactKind.MESSAGE_HANDLED, "payment", seq=7, at=1.0, message=5, cancelled_timers=(3, 4))
    assert handled.details() == {"message": 5, "cancelled_timers": (3, 4)}
    before = {"message": 5, "settled": [3, 4]}
    assert Fact.recall(kind="message handled", actor="payment", seq=7, at=1.0, details=before) == handled
