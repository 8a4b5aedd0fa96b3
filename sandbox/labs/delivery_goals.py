"""The goals of experiments about delivery: messages lost, copied, late or tried again, and workers that die."""

from collections.abc import Callable

from sandbox.definitions.terms import FactKind, SagaStatus
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.labs.record_queries import first_of, is_completed, names_of


def the_fourth_attempt_succeeds(run: RunRecord) -> bool:
    return len(run.of_kind(FactKind.ATTEMPT_FAILED)) == 3 and is_completed(run)


def one_charge_although_it_came_twice(run: RunRecord) -> bool:
    price = run.order.quantity * run.order.unit_price
    return _is_copy_recognised(run) and run.balance("payment", "merchant") == price


def what_was_acknowledged_early_is_gone(run: RunRecord) -> bool:
    is_gone = names_of(run, FactKind.MESSAGE_LOST) == ["ChargeCustomer"]
    return is_gone and first_of(run, FactKind.STEP_TIMED_OUT) is not None


def it_is_done_and_never_told(run: RunRecord) -> bool:
    """That nobody will tell it is known in the end: until then, its message may be on its way."""
    return run.board.is_ended and _broken_names(run) == ["told-iff-done"]


def it_is_told_and_never_done(run: RunRecord) -> bool:
    """The message about the charge went out, a delivery is scheduled, and nobody was charged."""
    return _broken_names(run) == ["charged-iff-shipped", "told-iff-done"]


def the_crash_changes_nothing(run: RunRecord) -> bool:
    """A worker was killed, what it handled came again and was recognised, and the order completed."""
    return _is_struck(run) and _is_copy_recognised(run) and is_completed(run) and not _broken_names(run)


def a_new_worker_does_the_work(run: RunRecord) -> bool:
    """A worker was killed before the work, and the message went to another one that did it."""
    return _is_struck(run) and not run.of_kind(FactKind.DUPLICATE_IGNORED) and is_completed(run)


def an_effect_happens_twice(run: RunRecord) -> bool:
    return "effects-once" in _broken_names(run)


def a_late_step_is_skipped(run: RunRecord) -> bool:
    is_skipped = names_of(run, FactKind.STEP_SKIPPED) == ["charge-customer"]
    return is_skipped and run.board.status is SagaStatus.COMPENSATED


def _broken_names(run: RunRecord) -> list[str]:
    return [finding.invariant.name for finding in broken(judge(run))]


def _is_struck(run: RunRecord) -> bool:
    return first_of(run, FactKind.FAULT_INJECTED) is not None


def _is_copy_recognised(run: RunRecord) -> bool:
    return names_of(run, FactKind.MESSAGE_COPIED) == names_of(run, FactKind.DUPLICATE_IGNORED) != []


DELIVERY_GOALS: tuple[Callable[[RunRecord], bool], ...] = (
    the_fourth_attempt_succeeds,
    what_was_acknowledged_early_is_gone,
    it_is_done_and_never_told,
    it_is_told_and_never_done,
    the_crash_changes_nothing,
    a_new_worker_does_the_work,
    an_effect_happens_twice,
    a_late_step_is_skipped,
)
