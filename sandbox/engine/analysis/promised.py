"""Makes invariants of a saga's promises. Of the business they use only what the saga declares."""

from functools import cache, partial

from sandbox.definitions.model import Saga, Step, Unit
from sandbox.definitions.promises import Charge, Confirmation, Promise, Reservation, Together
from sandbox.engine.analysis.invariant_model import Invariant, Violation
from sandbox.engine.analysis.run_record import RunRecord


@cache
def promised(saga: Saga) -> tuple[Invariant, ...]:
    """Returns an invariant for each promise of the saga: the same objects each time, so that findings compare equal."""
    return tuple(map(_invariant, saga.promises))


def _invariant(promise: Promise) -> Invariant:
    match promise:
        case Charge():
            return Invariant(promise.name, promise.title, partial(_charged_once, promise), needs_end=True)
        case Together():
            return Invariant(promise.name, promise.title, partial(_both_or_neither, promise), needs_end=True)
        case Reservation():
            return Invariant(promise.name, promise.title, partial(_nothing_left, promise), needs_end=True)
        case Confirmation():
            return Invariant(promise.name, promise.title, partial(_confirmed_once, promise))


def _charged_once(promise: Charge, record: RunRecord) -> Violation | None:
    step, total, captured = record.plan.saga.step(promise.step), record.order.amount(Unit.CENT), 0
    for entry in record.entries:
        if (entry.service, entry.account) == (step.service, step.target):
            captured += entry.amount
            if captured > total:
                took, price = _money(record, captured), _money(record, total)
                return Violation(f"the {step.target} took {took} for an order of {price}", entry.seq)
    whole = (0, total) if record.is_settled else range(total + 1)
    if captured in whole:
        return None
    held, price = _money(record, captured), _money(record, total)
    return Violation(f"the {step.target} holds {held} of an order of {price}", record.last_filled(step))


def _money(record: RunRecord, cents: int) -> str:
    return record.plan.saga.money.format(f"{cents / 100:,.2f}")


def _both_or_neither(promise: Together, record: RunRecord) -> Violation | None:
    step, other = _steps(record, promise.step, promise.other)
    has_one, has_other = bool(record.filled_by(step)), bool(record.filled_by(other))
    if not record.is_settled or has_one is has_other:
        return None
    if has_one:
        return Violation(promise.alone, record.last_filled(step))
    return Violation(promise.missing, record.last_filled(other))


def _nothing_left(promise: Reservation, record: RunRecord) -> Violation | None:
    step = record.plan.saga.step(promise.step)
    if not record.is_settled or not record.filled_by(step):
        return None
    return Violation(promise.left, record.last_filled(step))


def _confirmed_once(promise: Confirmation, record: RunRecord) -> Violation | None:
    step, other = _steps(record, promise.step, promise.other)
    confirmations = record.filled_by(step)
    if confirmations > 1:
        return Violation(promise.repeated.format(confirmations), record.last_filled(step))
    if confirmations and not record.filled_by(other):
        return Violation(promise.untrue, record.last_filled(step))
    return None


def _steps(record: RunRecord, *names: str) -> tuple[Step, ...]:
    return tuple(map(record.plan.saga.step, names))
