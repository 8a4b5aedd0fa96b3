"""Folds facts into a board: `CHANGES` says how each kind of fact changes it."""

from collections.abc import Callable, Iterable
from functools import reduce

from sandbox.definitions.registry import FAULT, ORCHESTRATOR
from sandbox.definitions.terms import (
    SETTLED,
    Effect,
    FactKind,
    MessageKind,
    Pace,
    Phase,
    SagaStatus,
    StepKind,
    StepStatus,
    Verb,
)
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board, DeliveryView, StepView, delivery_key


def _key(fact: Fact) -> str:
    """Returns the key of the delivery that this fact of its receiver is about."""
    return delivery_key(fact.message, fact.actor, fact.copy)


def fold(plan: Plan, facts: Iterable[Fact]) -> Board:
    """Returns the board after these facts, which start at the run's first."""
    return reduce(advance, facts, Board(plan, steps={step.name: StepView(step.name) for step in plan.saga.steps}))


def advance(board: Board, fact: Fact) -> Board:
    """Returns the board after one more fact."""
    change = CHANGES.get(fact.kind)
    changed = change(board, fact) if change else board
    started_at = board.started_at if board.seq else fact.at
    return evolve(changed, seq=fact.seq, at=fact.at, started_at=started_at)


def end_status(board: Board) -> SagaStatus:
    """Returns how a run without any message left has ended: as its orchestrator closed it, if it has one."""
    if board.sandbox_failure:
        return SagaStatus.SANDBOX_FAILED
    if board.closed and board.closed.status in SETTLED:
        return board.closed.status
    found = {view.status for view in board.steps.values()}
    is_compensated = bool(board.failures) and found <= AT_REST
    if is_compensated and ORCHESTRATOR not in board.plan.actors:
        return SagaStatus.COMPENSATED
    if any(delivery.dead for delivery in board.deliveries.values()):
        return SagaStatus.COMPENSATION_FAILED if board.failures else SagaStatus.STUCK
    if found == {StepStatus.COMPLETED}:
        return SagaStatus.COMPLETED
    return SagaStatus.COMPENSATED if is_compensated else SagaStatus.STUCK


# The steps of a compensated saga have no other status.
AT_REST = {StepStatus.SCHEDULED, StepStatus.REJECTED, StepStatus.COMPENSATED, StepStatus.SKIPPED}


def _step(board: Board, fact: Fact, status: StepStatus) -> Board:
    return _at(board, fact.step, fact, status) if fact.step else board


def _at(board: Board, step: str, fact: Fact, status: StepStatus) -> Board:
    view = evolve(board.steps[step], status=status, seq=fact.seq, reason=fact.reason)
    return evolve(board, steps={**board.steps, step: view})


def _sent(board: Board, fact: Fact) -> Board:
    if fact.message is None or fact.name is None or fact.message_kind is None:
        return board
    deliveries = dict(board.deliveries)
    for receiver in fact.to or (None,):
        delivery = DeliveryView(
            fact.message,
            fact.name,
            fact.message_kind,
            fact.actor,
            receiver,
            fact.at,
            fact.caused_by,
            fact.because,
            held=board.pace is Pace.STEP and receiver is not None,
            due=fact.at + (fact.after or 0.0),
        )
        deliveries[delivery.key] = delivery
    return _with_progress(evolve(board, deliveries=deliveries), fact)


def _with_progress(board: Board, fact: Fact) -> Board:
    """Marks the steps that start with the message just sent."""
    for rule in board.plan.steps_on(str(fact.name)):
        if len(rule.on) > 1 and not _heard(board).issuperset(rule.on):
            continue
        before, after = PROGRESS.get(rule.verb or Verb.DO, (frozenset(), StepStatus.SCHEDULED))
        if after is StepStatus.REQUESTED and fact.message_kind is MessageKind.TIMER:
            after = StepStatus.IN_PROGRESS  # its service has been asked, and lets time pass
        step = str(rule.step)
        if board.steps[step].status in before and (not rule.because or fact.because in rule.because):
            board = _at(board, step, fact, after)
    return board


def _heard(board: Board) -> set[str]:
    """Returns what the messages sent so far are heard as."""
    return {board.plan.heard_as(delivery.name) for delivery in board.deliveries.values()}


def _with_delivery(board: Board, key: str, after: Callable[[DeliveryView], DeliveryView]) -> Board:
    """Returns the board with one delivery changed by `after`; unchanged when there is none of that key."""
    if key not in board.deliveries:
        return board
    return evolve(board, deliveries={**board.deliveries, key: after(board.deliveries[key])})


def _handled(board: Board, fact: Fact) -> Board:
    for ident in fact.cancelled_timers or ():
        board = _with_delivery(board, delivery_key(ident, fact.actor), lambda d: evolve(d, cancelled=True, held=False))
    return _with_delivery(board, _key(fact), lambda d: evolve(d, handled=fact.seq, held=False))


def _lost(board: Board, fact: Fact) -> Board:
    board = _with_fact(_with_delivery(board, _key(fact), lambda d: evolve(d, lost=True, held=False)), fact)
    step = board.plan.requested_step(fact.actor, str(fact.name), Verb.DO)
    if step is None or board.steps[step.name].status is not StepStatus.REQUESTED or _is_coming(board, fact):
        return board
    view = evolve(board.steps[step.name], status=StepStatus.NOT_REACHED, seq=fact.seq, reason=f"{fact.name} was lost")
    return evolve(board, steps={**board.steps, step.name: view})


def _is_coming(board: Board, fact: Fact) -> bool:
    """Returns whether the same message is still on its way to the actor of the fact."""
    return any((d.name, d.receiver) == (fact.name, fact.actor) for d in board.in_flight)


def _struck(board: Board, fact: Fact) -> Board:
    board = _with_fact(board, fact)
    step = board.plan.requested_step(fact.actor, str(fact.name), Verb.DO)
    kind = FAULT.get(str(fact.fault))
    is_slow = kind and (kind.phase, kind.effect) == (Phase.ARRIVING, Effect.DELAY)
    if step is None or not is_slow or board.steps[step.name].status is not StepStatus.REQUESTED:
        return board
    view = evolve(board.steps[step.name], status=StepStatus.IN_PROGRESS, seq=fact.seq)
    return evolve(board, steps={**board.steps, step.name: view})


def _copied(board: Board, fact: Fact) -> Board:
    first = board.deliveries.get(delivery_key(fact.message, fact.actor))
    if first is None:
        return board
    due = max(first.due, fact.at) if first.in_flight else fact.at
    copy = evolve(first, copy=fact.seq, sent_at=fact.at, due=due, handled=None, facts=(), lost=False, dead=False)
    return _with_fact(evolve(board, deliveries={**board.deliveries, copy.key: copy}), fact)


def _delayed(board: Board, fact: Fact) -> Board:
    due = fact.at + (fact.after or 0.0)
    return _with_fact(
        _with_delivery(board, _key(fact), lambda d: evolve(d, due=due, held=board.pace is Pace.STEP)), fact
    )


def _failed(board: Board, fact: Fact) -> Board:
    held = board.pace is Pace.STEP and fact.after is not None
    board = _with_fact(
        _with_delivery(board, _key(fact), lambda d: evolve(d, due=fact.at + (fact.after or 0.0), held=held)), fact
    )
    is_under_way = fact.step and board.steps[fact.step].status in UNDER_WAY
    return _step(board, fact, StepStatus.RETRYING) if is_under_way else board


def _timed_out(board: Board, fact: Fact) -> Board:
    board = _with_fact(board, fact)
    if fact.step and board.steps[fact.step].status in UNDER_WAY:
        board = _step(board, fact, StepStatus.TIMED_OUT)
    if fact.because is None:
        return board
    return evolve(board, failures=(*board.failures, fact), status=SagaStatus.COMPENSATING)


def _with_fact(board: Board, fact: Fact) -> Board:
    """Adds the fact to those of the delivery that it is about, or that caused it."""
    key = _key(fact) if fact.message else _handling_key(board, fact)
    if key not in board.deliveries:
        return board
    return _with_delivery(board, key, lambda d: evolve(d, facts=(*board.deliveries[key].facts, fact)))


def _handling_key(board: Board, fact: Fact) -> str:
    """Returns the key of the delivery whose handling recorded this fact: of several copies, the one handled last."""
    copies = [d for d in board.deliveries.values() if (d.message, d.receiver) == (fact.caused_by, fact.actor)]
    handled = max(copies, key=lambda delivery: delivery.handled or 0, default=None)
    return handled.key if handled else delivery_key(fact.caused_by, fact.actor)


def _completed(board: Board, fact: Fact) -> Board:
    board = _step(_with_fact(board, fact), fact, StepStatus.COMPLETED)
    stack = board.undo_stack
    if fact.step and board.plan.saga.step(fact.step).kind is StepKind.COMPENSABLE:
        stack = (*stack, fact.step)
    return evolve(board, postings=(*board.postings, fact), undo_stack=stack)


def _rejected(board: Board, fact: Fact) -> Board:
    board = _step(_with_fact(board, fact), fact, StepStatus.REJECTED)
    return evolve(board, failures=(*board.failures, fact), status=SagaStatus.COMPENSATING)


def _compensated(board: Board, fact: Fact) -> Board:
    board = _step(_with_fact(board, fact), fact, StepStatus.COMPENSATED)
    stack = tuple(name for name in board.undo_stack if name != fact.step)
    return evolve(board, postings=(*board.postings, fact), undo_stack=stack)


def _skipped(board: Board, fact: Fact) -> Board:
    return _step(_with_fact(board, fact), fact, StepStatus.SKIPPED)


def _nothing_to_undo(board: Board, fact: Fact) -> Board:
    board = _with_fact(board, fact)
    is_undone_first = fact.step and board.steps[fact.step].status in {StepStatus.SCHEDULED, *UNDER_WAY}
    return _step(board, fact, StepStatus.SKIPPED) if is_undone_first else board


def _closed(board: Board, fact: Fact) -> Board:
    return evolve(_with_fact(board, fact), closed=fact)


def _pace_changed(board: Board, fact: Fact) -> Board:
    held = fact.held or ()
    deliveries = {key: evolve(delivery, held=key in held) for key, delivery in board.deliveries.items()}
    return evolve(board, pace=fact.pace or board.pace, deliveries=deliveries)


def _released(board: Board, fact: Fact) -> Board:
    for receiver in fact.to or ():
        board = _with_delivery(board, delivery_key(fact.message, receiver, fact.copy), lambda d: evolve(d, held=False))
    return board


def _sandbox_failed(board: Board, fact: Fact) -> Board:
    return _with_fact(evolve(board, sandbox_failure=fact), fact)


def _dead(board: Board, fact: Fact) -> Board:
    return _with_fact(_with_delivery(board, _key(fact), lambda d: evolve(d, dead=True)), fact)


def _retried(board: Board, fact: Fact) -> Board:
    for receiver in fact.to or ():
        dead = board.deliveries.get(delivery_key(fact.message, receiver, fact.copy))
        if dead:
            held, facts = board.pace is Pace.STEP, (*dead.facts, fact)
            again = evolve(dead, dead=False, held=held, due=fact.at, facts=facts)
            board = evolve(board, deliveries={**board.deliveries, again.key: again})
    status = SagaStatus.COMPENSATING if board.failures else SagaStatus.RUNNING
    return evolve(board, status=status, sandbox_failure=None)


def _skipped_time(board: Board, fact: Fact) -> Board:
    deliveries = {
        key: evolve(delivery, due=delivery.due - (fact.after or 0.0)) if delivery.in_flight else delivery
        for key, delivery in board.deliveries.items()
    }
    return evolve(board, deliveries=deliveries, skips=(*board.skips, fact))


def _ended(board: Board, fact: Fact) -> Board:
    steps = {
        name: evolve(view, status=StepStatus.SKIPPED) if view.status is StepStatus.SCHEDULED else view
        for name, view in board.steps.items()
    }
    return evolve(board, status=fact.status or board.status, steps=steps)


UNDER_WAY = frozenset(
    {
        StepStatus.REQUESTED,
        StepStatus.NOT_REACHED,
        StepStatus.IN_PROGRESS,
        StepStatus.RETRYING,
        StepStatus.TIMED_OUT,
    }
)


PROGRESS = {
    Verb.DO: (
        frozenset({StepStatus.SCHEDULED, StepStatus.NOT_REACHED, StepStatus.TIMED_OUT}),
        StepStatus.REQUESTED,
    ),
    Verb.UNDO: (frozenset({StepStatus.COMPLETED}), StepStatus.COMPENSATING),
}


CHANGES: dict[FactKind, Callable[[Board, Fact], Board]] = {
    FactKind.SAGA_STARTED: _pace_changed,
    FactKind.PACE_CHANGED: _pace_changed,
    FactKind.MESSAGE_SENT: _sent,
    FactKind.MESSAGE_HANDLED: _handled,
    FactKind.MESSAGE_LOST: _lost,
    FactKind.MESSAGE_COPIED: _copied,
    FactKind.MESSAGE_DELAYED: _delayed,
    FactKind.FAULT_INJECTED: _struck,
    FactKind.FAULT_PLACED: _with_fact,
    FactKind.FAULT_SPARED: _with_fact,
    FactKind.HISTORY_REPLAYED: _with_fact,
    FactKind.STEP_COMPLETED: _completed,
    FactKind.STEP_REJECTED: _rejected,
    FactKind.STEP_COMPENSATED: _compensated,
    FactKind.STEP_TIMED_OUT: _timed_out,
    FactKind.NOTHING_TO_UNDO: _nothing_to_undo,
    FactKind.STEP_SKIPPED: _skipped,
    FactKind.DUPLICATE_IGNORED: _with_fact,
    FactKind.ATTEMPT_FAILED: _failed,
    FactKind.MESSAGE_REDELIVERED: _with_fact,
    FactKind.MESSAGE_DEAD: _dead,
    FactKind.SANDBOX_FAILED: _sandbox_failed,
    FactKind.MESSAGE_RELEASED: _released,
    FactKind.OPERATOR_RETRIED: _retried,
    FactKind.TIME_SKIPPED: _skipped_time,
    FactKind.SAGA_CLOSED: _closed,
    FactKind.SAGA_ENDED: _ended,
}
