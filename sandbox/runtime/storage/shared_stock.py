"""Reads, under a lock, what another order has taken of a stock that two orders share."""

from django.db.models import Q

from sandbox.engine.execution.memory import Memory
from sandbox.engine.execution.other_order import OtherOrder, scarce_accounts
from sandbox.engine.plan.compiler import plan_of
from sandbox.models import ActorMemory, Run


def other_order(run: Run, actor: str) -> OtherOrder | None:
    """Returns what the order that was started together with this one has taken at `actor`, if it has a scarce stock.

    The caller's transaction has locked this run. This locks the other as well where that is the first of the two. So
    either holds the lock of the first, and one of them decides after the other; and since the first never waits for the
    second, they cannot block each other.
    """
    if not scarce_accounts(actor):
        return None
    beside = Q(comparisons=run) if run.compared_with_id else Q(compared_with=run)
    others = Run.objects.filter(beside, started_at=run.started_at)
    if run.compared_with_id:
        others = others.select_for_update(of=("self",))
    other = others.first()
    if other is None:
        return None
    data = ActorMemory.objects.values_list("data", flat=True).get(run=other, actor=actor)
    settings, balances = other.run_settings, Memory.load(data).balances
    return OtherOrder.at(actor, plan_of(settings), settings, balances, is_open=other.ended_at is None)
