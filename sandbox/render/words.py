"""Facts and boards in plain words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox.definitions.records import Unit
from sandbox.definitions.registry import SERVICE, title
from sandbox.definitions.terms import FactKind, MessageKind, Pace, SagaStatus, Style
from sandbox.engine.board import Arrow, Board
from sandbox.engine.messages import Fact, Posting
from sandbox.engine.plan import Plan
from sandbox.engine.turn import OBSERVER


@dataclass(frozen=True, slots=True)
class Headline:
    """A run at a glance: how it stands in a word or two, and one sentence of why."""

    word: str
    icon: str
    sentence: str


STYLE_NAMES = {Style.CHOREOGRAPHY: "a choreography", Style.ORCHESTRATION: "an orchestration"}
STATUS = {
    SagaStatus.RUNNING: ("Running", "loader"),
    SagaStatus.COMPENSATING: ("Compensating", "undo-2"),
    SagaStatus.COMPLETED: ("Completed", "circle-check"),
    SagaStatus.COMPENSATED: ("Compensated", "undo-2"),
    SagaStatus.COMPENSATION_FAILED: ("Compensation incomplete: needs a human", "triangle-alert"),
    SagaStatus.STUCK: ("Stuck: nobody will act", "octagon-pause"),
}


def headline(board: Board) -> Headline:
    """How the run stands, in words."""
    word, icon = STATUS[board.status]
    if board.status is SagaStatus.COMPENSATED and not board.compensations:
        word, icon = "Refused, nothing to undo", "ban"
    elif any(arrow.held for arrow in board.in_flight):
        word, icon = f"{word}: you deliver", "hand"
    say = ENDINGS.get(board.status)
    return Headline(word, icon, say(board) if say else waiting(board))


def waiting(board: Board) -> str:
    """What a run that has not ended waits for."""
    held = [arrow for arrow in board.in_flight if arrow.held]
    if held:
        messages = _list(f"{arrow.name} to {title(str(arrow.receiver))}" for arrow in held)
        return f"{messages} {'are held, until you deliver them' if len(held) > 1 else 'is held, until you deliver it'}."
    flying = [f"{title(str(arrow.receiver))} to handle {arrow.name}{_once_more(arrow)}" for arrow in board.in_flight]
    return f"Waiting for {_list(flying)}." if flying else "No message is left."


def _once_more(arrow: Arrow) -> str:
    failed = [fact for fact in arrow.outcome if fact.kind is FactKind.ATTEMPT_FAILED]
    return f" again, after a pause: attempt {failed[-1].attempt} failed ({failed[-1].reason})" if failed else ""


def _list(parts: Iterable[str]) -> str:
    words = list(parts)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _completed(board: Board) -> str:
    return f"All {len(board.steps)} steps took effect. {decider(board)}"


def _compensated(board: Board) -> str:
    refusals = _list(f"{title(fact.actor)} refused {fact.step}: {fact.reason}" for fact in board.refused)
    undone = [
        f"{undo_name(board.plan, step)} by {title(board.plan.saga.step(step).service)}" for step in board.compensations
    ]
    if not undone:
        return f"{refusals}. Nothing had taken effect before it."
    return f"{refusals}. Undone, in this order: {', '.join(undone)}. {decider(board)}"


def decider(board: Board) -> str:
    """Who decided what came next."""
    if board.closed:
        return f"The {board.closed.actor} decided every step of it."
    return "Nobody was in charge: each service reacted to the event before."


def _stuck(board: Board) -> str:
    return "No message is on its way any more, and some steps are left half-way."


def _failed(board: Board) -> str:
    dead = [f"{title(str(a.receiver))} gave up on {a.name}" for a in board.arrows.values() if a.dead]
    return f"{_list(dead)} after the last attempt."


ENDINGS: dict[SagaStatus, Callable[[Board], str]] = {
    SagaStatus.COMPLETED: _completed,
    SagaStatus.COMPENSATED: _compensated,
    SagaStatus.STUCK: _stuck,
    SagaStatus.COMPENSATION_FAILED: _failed,
}


def undo_name(plan: Plan, step: str) -> str:
    """What undoing that step is called."""
    undo = plan.saga.step(step).undo
    return undo.name if undo else step


def amount(value: int, service: str, account: str) -> str:
    """An amount of that account, with its unit."""
    unit = SERVICE[service].account(account).unit
    if unit is not Unit.CENT:
        return f"{value:,}"
    return f"€{value / 100:,.2f}" if value % 100 else f"€{value // 100:,}"


def posting(one: Posting) -> str:
    """A posting in words."""
    return f"{amount(one.amount, one.service, one.source)} from {one.source} to {one.target}"


def sentence(fact: Fact, plan: Plan) -> str:
    """One line of the journal."""
    return SENTENCES[fact.kind](fact, plan)


def _sent(fact: Fact, plan: Plan) -> str:
    to = fact.to or ()
    receivers = _list(map(title, to))
    if fact.message_kind is MessageKind.COMMAND:
        return f"commands {receivers}: {fact.name}"
    if fact.message_kind is MessageKind.REPLY:
        return f"replies to the {receivers.lower()}: {fact.name}"
    return f"publishes {fact.name}; {receivers or 'nobody'} {'listen' if len(to) > 1 else 'listens'}"


def _done(fact: Fact, plan: Plan) -> str:
    return f"completes {fact.step}: {posting(fact.posting)}" if fact.posting else f"completes {fact.step}"


def _undone(fact: Fact, plan: Plan) -> str:
    name = undo_name(plan, str(fact.step))
    return f"runs {name}, a new posting: {posting(fact.posting)}" if fact.posting else f"runs {name}"


PACES = {
    Pace.STEP: "hold every message from now on",
    Pace.FOLLOW: "let the run go on, slowly enough to follow",
    Pace.FAST: "let the run go on at full speed",
}
SENTENCES: dict[FactKind, Callable[[Fact, Plan], str]] = {
    FactKind.SAGA_STARTED: lambda fact, plan: "places an order",
    FactKind.MESSAGE_SENT: _sent,
    FactKind.MESSAGE_HANDLED: lambda fact, plan: f"handles {fact.name}",
    FactKind.STEP_COMPLETED: _done,
    FactKind.STEP_REJECTED: lambda fact, plan: f"refuses {fact.step}: {fact.reason}",
    FactKind.STEP_COMPENSATED: _undone,
    FactKind.NOTHING_TO_UNDO: lambda fact, plan: f"has nothing to undo: {fact.step} never took effect here",
    FactKind.STEP_SKIPPED: lambda fact, plan: f"skips {fact.step}: it was undone before it was done",
    FactKind.DUPLICATE_IGNORED: lambda fact, plan: f"ignores {fact.name}: it has heard that before",
    FactKind.ATTEMPT_FAILED: lambda fact, plan: f"fails at {fact.name}, attempt {fact.attempt}: {fact.reason}",
    FactKind.MESSAGE_REDELIVERED: lambda fact, plan: f"gets {fact.name} again, time {fact.attempt}: {fact.reason}",
    FactKind.MESSAGE_DEAD: lambda fact, plan: f"gives {fact.name} up after the last attempt",
    FactKind.MESSAGE_RELEASED: lambda fact, plan: f"deliver {fact.name} to {_list(map(title, fact.to or ()))}",
    FactKind.PACE_CHANGED: lambda fact, plan: PACES[fact.pace or Pace.FAST],
    FactKind.SAGA_CLOSED: lambda fact, plan: f"closes the saga: {fact.status}",
    FactKind.SAGA_ENDED: lambda fact, plan: f"sees no message left: the saga has ended, {fact.status}",
}


def who(fact: Fact) -> str:
    """Whose fact it is, as people read it."""
    if fact.kind in {FactKind.MESSAGE_RELEASED, FactKind.PACE_CHANGED}:
        return "You"
    return "Sandbox" if fact.actor == OBSERVER else title(fact.actor)
