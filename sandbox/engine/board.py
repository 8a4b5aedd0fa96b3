"""The state of a run, as of any fact: `fold` of the facts so far. Nothing on a page comes from anywhere else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from sandbox.definitions.terms import ENDED, FactKind, MessageKind, Pace, SagaStatus, StepKind, StepStatus, Verb
from sandbox.engine.messages import Fact
from sandbox.engine.plan import Plan


@dataclass(frozen=True, slots=True)
class StepView:
    """How far a step is, and the fact that says so."""

    name: str
    status: StepStatus = StepStatus.SCHEDULED
    seq: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """A message on its way to one receiver, or arrived: `handled` is the fact of its handling, `outcome` what it did.

    `receiver` is None for an event that nobody listens to; `held` says that it waits for the learner.
    """

    message: int
    name: str
    kind: MessageKind
    sender: str
    receiver: str | None
    sent_at: float
    caused_by: int | None = None
    because: str | None = None
    handled: int | None = None
    outcome: tuple[Fact, ...] = ()
    dead: bool = False
    held: bool = False

    @property
    def in_flight(self) -> bool:
        """Whether someone still has to handle it."""
        return self.receiver is not None and self.handled is None and not self.dead

    @property
    def key(self) -> str:
        return f"{self.message}-{self.receiver or 'nobody'}"


@dataclass(frozen=True)
class Board:
    """Everything a page shows of a run, as of fact `seq`."""

    plan: Plan
    seq: int = 0
    at: float = 0.0
    status: SagaStatus = SagaStatus.RUNNING
    steps: Mapping[str, StepView] = field(default_factory=dict)
    arrows: Mapping[str, Arrow] = field(default_factory=dict)
    postings: tuple[Fact, ...] = ()
    undo_stack: tuple[str, ...] = ()
    refused: tuple[Fact, ...] = ()
    closed: Fact | None = None
    pace: Pace = Pace.FAST
    started_at: float = 0.0

    @property
    def in_flight(self) -> tuple[Arrow, ...]:
        """The messages that someone still has to handle."""
        return tuple(arrow for arrow in self.arrows.values() if arrow.in_flight)

    @property
    def is_ended(self) -> bool:
        return self.status in ENDED

    @property
    def compensations(self) -> tuple[str, ...]:
        """The steps whose compensation took effect, in the order in which it did."""
        return tuple(f.step for f in self.postings if f.verb is Verb.UNDO and f.step)


def fold(plan: Plan, facts: Iterable[Fact]) -> Board:
    """The board after these facts, which start at the run's first."""
    return reduce(advance, facts, Board(plan, steps={step.name: StepView(step.name) for step in plan.saga.steps}))


def advance(board: Board, fact: Fact) -> Board:
    """The board after one more fact."""
    change = CHANGES.get(fact.kind)
    moved = change(board, fact) if change else board
    return replace(moved, seq=fact.seq, at=fact.at, started_at=board.started_at or fact.at)


def outcome(board: Board) -> SagaStatus:
    """How a run in which no message is left has ended."""
    by_status: dict[StepStatus, list[str]] = {}
    for view in board.steps.values():
        by_status.setdefault(view.status, []).append(view.name)
    if any(arrow.dead for arrow in board.arrows.values()):
        return SagaStatus.COMPENSATION_FAILED if board.refused else SagaStatus.STUCK
    if len(by_status.get(StepStatus.COMPLETED, ())) == len(board.steps):
        return SagaStatus.COMPLETED
    unfinished = {StepStatus.COMPLETED, StepStatus.IN_PROGRESS, StepStatus.COMPENSATING} & by_status.keys()
    return SagaStatus.STUCK if unfinished or not board.refused else SagaStatus.COMPENSATED


def _step(board: Board, fact: Fact, status: StepStatus) -> Board:
    if fact.step is None:
        return board
    view = replace(board.steps[fact.step], status=status, seq=fact.seq, reason=fact.reason)
    return replace(board, steps={**board.steps, fact.step: view})


def _sent(board: Board, fact: Fact) -> Board:
    if fact.message is None or fact.name is None or fact.message_kind is None:
        return board
    arrows = dict(board.arrows)
    for receiver in fact.to or (None,):
        arrow = Arrow(
            fact.message, fact.name, fact.message_kind, fact.actor, receiver, fact.at, fact.caused_by, fact.because
        )
        arrow = replace(arrow, held=board.pace is Pace.STEP and receiver is not None)
        arrows[arrow.key] = arrow
    return _awaited(replace(board, arrows=arrows), fact)


def _awaited(board: Board, fact: Fact) -> Board:
    """Marks the steps that the message just sent sets going."""
    sent = {arrow.name for arrow in board.arrows.values()}
    for rule in board.plan.rules:
        if rule.step is None or fact.name not in rule.on or not sent.issuperset(rule.on):
            continue
        before, after = PROGRESS[rule.verb or Verb.DO]
        if board.steps[rule.step].status is before and (not rule.because or fact.because in rule.because):
            board = _step(board, replace(fact, step=rule.step), after)
    return board


def _handled(board: Board, fact: Fact) -> Board:
    key = f"{fact.message}-{fact.actor}"
    arrow = replace(board.arrows[key], handled=fact.seq, held=False)
    return replace(board, arrows={**board.arrows, key: arrow})


def _noted(board: Board, fact: Fact) -> Board:
    """Adds the fact to what the message that caused it did at its receiver."""
    key = f"{fact.caused_by}-{fact.actor}"
    if key not in board.arrows:
        return board
    arrow = board.arrows[key]
    return replace(board, arrows={**board.arrows, key: replace(arrow, outcome=(*arrow.outcome, fact))})


def _completed(board: Board, fact: Fact) -> Board:
    board = _step(_noted(board, fact), fact, StepStatus.COMPLETED)
    stack = board.undo_stack
    if fact.step and board.plan.saga.step(fact.step).kind is StepKind.COMPENSABLE:
        stack = (*stack, fact.step)
    return replace(board, postings=(*board.postings, fact), undo_stack=stack)


def _rejected(board: Board, fact: Fact) -> Board:
    board = _step(_noted(board, fact), fact, StepStatus.REJECTED)
    return replace(board, refused=(*board.refused, fact), status=SagaStatus.COMPENSATING)


def _compensated(board: Board, fact: Fact) -> Board:
    board = _step(_noted(board, fact), fact, StepStatus.COMPENSATED)
    stack = tuple(name for name in board.undo_stack if name != fact.step)
    return replace(board, postings=(*board.postings, fact), undo_stack=stack)


def _skipped(board: Board, fact: Fact) -> Board:
    return _step(_noted(board, fact), fact, StepStatus.SKIPPED)


def _untouched(board: Board, fact: Fact) -> Board:
    board = _noted(board, fact)
    waiting = fact.step and board.steps[fact.step].status is StepStatus.IN_PROGRESS
    return _step(board, fact, StepStatus.SKIPPED) if waiting else board


def _closed(board: Board, fact: Fact) -> Board:
    return replace(_noted(board, fact), closed=fact)


def _paced(board: Board, fact: Fact) -> Board:
    held = fact.held or ()
    arrows = {key: replace(arrow, held=key in held) for key, arrow in board.arrows.items()}
    return replace(board, pace=fact.pace or board.pace, arrows=arrows)


def _released(board: Board, fact: Fact) -> Board:
    gone = {f"{fact.message}-{receiver}" for receiver in fact.to or ()}
    arrows = {key: replace(arrow, held=arrow.held and key not in gone) for key, arrow in board.arrows.items()}
    return replace(board, arrows=arrows)


def _given_up(board: Board, fact: Fact) -> Board:
    key = f"{fact.message}-{fact.actor}"
    return replace(board, arrows={**board.arrows, key: replace(board.arrows[key], dead=True)})


def _ended(board: Board, fact: Fact) -> Board:
    steps = {
        name: replace(view, status=StepStatus.SKIPPED) if view.status is StepStatus.SCHEDULED else view
        for name, view in board.steps.items()
    }
    return replace(board, status=fact.status or board.status, steps=steps)


PROGRESS = {
    Verb.DO: (StepStatus.SCHEDULED, StepStatus.IN_PROGRESS),
    Verb.UNDO: (StepStatus.COMPLETED, StepStatus.COMPENSATING),
}
CHANGES: dict[FactKind, Callable[[Board, Fact], Board]] = {
    FactKind.SAGA_STARTED: _paced,
    FactKind.PACE_CHANGED: _paced,
    FactKind.MESSAGE_SENT: _sent,
    FactKind.MESSAGE_HANDLED: _handled,
    FactKind.STEP_COMPLETED: _completed,
    FactKind.STEP_REJECTED: _rejected,
    FactKind.STEP_COMPENSATED: _compensated,
    FactKind.NOTHING_TO_UNDO: _untouched,
    FactKind.STEP_SKIPPED: _skipped,
    FactKind.DUPLICATE_IGNORED: _noted,
    FactKind.ATTEMPT_FAILED: _noted,
    FactKind.MESSAGE_REDELIVERED: _noted,
    FactKind.MESSAGE_DEAD: _given_up,
    FactKind.MESSAGE_RELEASED: _released,
    FactKind.SAGA_CLOSED: _closed,
    FactKind.SAGA_ENDED: _ended,
}
