"""Recognises runs that no service ever hears of."""

from sandbox.definitions.terms import FactKind


def order_was_lost(record):
    """Returns whether the customer's order itself was lost, so that no service knows about it."""
    return any(fact.name == record.plan.trigger.name for fact in record.of_kind(FactKind.MESSAGE_LOST))
