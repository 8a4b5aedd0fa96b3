"""Puts facts, boards and settings into words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.definitions.model import Saga, Unit
from sandbox.definitions.registry import FAULT, SERVICE, title
from sandbox.definitions.run_settings import DEFAULTS, SETTINGS, RunSettings, Value
from sandbox.definitions.terms import FactKind, MessageKind, Pace, SagaStatus, StepStatus, Style, UndoOrder, Verb
from sandbox.engine.execution.facts import Fact, Posting
from sandbox.engine.execution.handling import OBSERVER
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board
from sandbox.render.text.fault_words import fault_in_words
from sandbox.render.text.format import listed, ordinal, seconds, uncapitalised
from sandbox.render.text.idle_reason import idle_reason
from sandbox.render.text.what_if_words import fork_in_words


@dataclass(frozen=True, slots=True)
class Headline:
    """A run at a glance: its status in a word or two, and what it waits for; empty once it has ended.

    It `is_held` while a message waits for the learner.
    """

    word: str
    icon: str
    now: str = ""
    is_bad: bool = False
    is_held: bool = False


STYLE_NAMES = {
    Style.CHOREOGRAPHY: "a choreography",
    Style.ORCHESTRATION: "an orchestration",
    Style.HYBRID: "a hybrid",
}
STATUS = {
    SagaStatus.RUNNING: ("Running", "loader"),
    SagaStatus.COMPENSATING: ("Compensating", "undo-2"),
    SagaStatus.COMPLETED: ("Completed", "circle-check"),
    SagaStatus.COMPENSATED: ("Compensated", "undo-2"),
    SagaStatus.COMPENSATION_FAILED: ("Compensation incomplete: needs a human", "triangle-alert"),
    SagaStatus.STUCK: ("Stuck: nobody will act", "octagon-pause"),
    SagaStatus.SANDBOX_FAILED: ("The sandbox has failed", "bug"),
}


REFUSED = "Refused, nothing to undo"


def status_in_a_word(status: SagaStatus, *, undone: Sequence[str] | None, is_held: bool) -> tuple[str, str]:
    """Returns the status of a run in a word or two, and its icon. `undone` is None where that is not known."""
    word, icon = STATUS[status]
    if status is SagaStatus.COMPENSATED and undone is not None and not undone:
        return REFUSED, "ban"
    return (f"{word}: you deliver", "hand") if is_held else (word, icon)


def headline(board: Board, *, broken: int = 0, moment: Fact | None = None) -> Headline:
    """Returns the status of the run in words; `broken` is the number of guarantees that it broke.

    With `moment`, the newest of the shown facts, it says what happened then instead of what is waited for.
    """
    if board.sandbox_failure:
        return Headline(*STATUS[SagaStatus.SANDBOX_FAILED], _sandbox_failed(board.sandbox_failure), is_bad=True)
    is_held = moment is None and any(delivery.held for delivery in board.in_flight)
    word, icon = status_in_a_word(board.status, undone=board.compensations, is_held=is_held)
    if broken:
        word, icon = f"{word}, {broken} guarantee{'s' if broken > 1 else ''} broken", "triangle-alert"
    if board.is_ended:
        return Headline(word, icon, is_bad=bool(broken))
    now = f"{who(moment)} {sentence(moment, board.plan)}." if moment else idle_reason(board).sentence
    return Headline(word, icon, now, is_bad=bool(broken), is_held=is_held)


def settings_in_words(settings: RunSettings) -> str:
    """Returns the settings of a run, except saga, style and pace, in a few words; "" where all have their defaults."""
    reason = SETTINGS["fail"].options.get(settings.fail, settings.fail)
    chosen = [
        reason,
        f"{settings.quantity} items" if settings.quantity > 1 else "",
        *(uncapitalised(fault_in_words(fault)) for fault in settings.fault),
    ]
    chosen += [f"without {name}" for name in settings.without]
    chosen += ["compensation all at once"] if settings.undo == UndoOrder.PARALLEL else []
    chosen += [
        f"{name} {_value_in_words(getattr(settings, name))}"
        for name in OTHER_SETTINGS
        if getattr(settings, name) != DEFAULTS[name]
    ]
    return ", ".join(filter(None, chosen))


def _value_in_words(value: Value) -> str:
    return " and ".join(value) if isinstance(value, tuple) else str(value)


DESCRIBED_SETTINGS = {"saga", "style", "fail", "pace", "quantity", "undo", "fault", "without", "experiment"}
OTHER_SETTINGS = [name for name in SETTINGS if name not in DESCRIBED_SETTINGS]


def _sandbox_failed(fact: Fact) -> str:
    actor = title(fact.actor)
    return (
        f"{actor} could not handle {fact.name} because of an error of the sandbox: {fact.reason}. "
        f"{actor} is not to blame. The server's log has all of it."
    )


def undo_name(plan: Plan, step: str) -> str:
    """Returns the name of the step's undo."""
    undo = plan.saga.step(step).undo
    return undo.name if undo else step


def amount(value: int, service: str, account: str, saga: Saga) -> str:
    """Returns an amount of that account, money in the saga's format."""
    unit = SERVICE[service].account(account).unit
    if unit is not Unit.CENT:
        return f"{value:,}"
    return saga.money.format(f"{value / 100:,.2f}" if value % 100 else f"{value // 100:,}")


def posting(one: Posting, saga: Saga) -> str:
    """Returns a posting in words."""
    return f"{amount(one.amount, one.service, one.source, saga)} from {one.source} to {one.target}"


def sentence(fact: Fact, plan: Plan) -> str:
    """Returns a fact in words, without its actor."""
    return SENTENCES[fact.kind](fact, plan)


def _sent(fact: Fact, plan: Plan) -> str:
    to = fact.to or ()
    receivers = listed(map(title, to))
    if fact.message_kind is MessageKind.TIMER:
        return f"sets itself a timer, {fact.name}: it rings in {seconds(fact.after or 0.0)}"
    if fact.message_kind is MessageKind.COMMAND:
        return f"commands {receivers}: {fact.name}"
    if fact.message_kind is MessageKind.REPLY:
        return f"replies to the {receivers.lower()}: {fact.name}"
    return f"publishes {fact.name}; {receivers or 'nobody'} {'listen' if len(to) > 1 else 'listens'}"


def _handled(fact: Fact, plan: Plan) -> str:
    is_timer = any(emission.name == fact.name for _, emission in plan.timers)
    return f"hears its timer ring: {fact.name}" if is_timer else f"handles {fact.name}{_copy(fact)}"


def _copy(fact: Fact) -> str:
    return " (a copy)" if fact.copy else ""


def _fault(fact: Fact, plan: Plan) -> str:
    kind = FAULT[str(fact.fault)]
    how = "a real crash, on request" if kind.is_real else "a simulated fault"
    return f"is struck by {how}: {kind.title.lower()} at {fact.name}{', by your hand' if fact.by_hand else ''}"


def _silent(fact: Fact, plan: Plan) -> str:
    asks_again = any(rule.repeats for rule in plan.rules_of(fact.actor) if fact.name in rule.on)
    then = "and asks again" if asks_again else "and gives the order up"
    if fact.because:
        then = "and takes it back, for it may have taken effect"
    return f"has heard nothing of {fact.step} in time, {then}"


def _done(fact: Fact, plan: Plan) -> str:
    return f"completes {fact.step}: {posting(fact.posting, plan.saga)}" if fact.posting else f"completes {fact.step}"


def _undone(fact: Fact, plan: Plan) -> str:
    name = undo_name(plan, str(fact.step))
    return f"runs {name}, a new posting: {posting(fact.posting, plan.saga)}" if fact.posting else f"runs {name}"


PACES = {
    Pace.STEP: "hold every message from now on",
    Pace.FOLLOW: "let the run go on, slowly enough to follow",
    Pace.FAST: "let the run go on at full speed",
}
SENTENCES: dict[FactKind, Callable[[Fact, Plan], str]] = {
    FactKind.SAGA_STARTED: lambda fact, plan: "places an order",
    FactKind.MESSAGE_SENT: _sent,
    FactKind.MESSAGE_HANDLED: _handled,
    FactKind.MESSAGE_LOST: lambda fact, plan: f"never gets {fact.name}{_copy(fact)}: {fact.reason}",
    FactKind.MESSAGE_COPIED: lambda fact, plan: f"will get {fact.name} once more: {fact.reason}",
    FactKind.MESSAGE_DELAYED: lambda fact, plan: f"gets {fact.name} {seconds(fact.after or 0.0)} late: {fact.reason}",
    FactKind.FAULT_INJECTED: _fault,
    FactKind.FAULT_PLACED: lambda fact, plan: (
        f"will be struck when {fact.name} arrives, by your hand: {FAULT[str(fact.fault)].title.lower()}"
    ),
    FactKind.FAULT_SPARED: lambda fact, plan: (
        f"is spared this time, the {ordinal(fact.count or 1)}: {FAULT[str(fact.fault)].title.lower()} strikes later"
    ),
    FactKind.HISTORY_REPLAYED: lambda fact, plan: (
        f"has replayed its history: {fact.count} messages handled before, none of them acted on again"
    ),
    FactKind.OPERATOR_RETRIED: lambda fact, plan: f"have fixed the cause, and {fact.name} is tried again",
    FactKind.TIME_SKIPPED: lambda fact, plan: f"skip {seconds(fact.after or 0.0)} ahead",
    FactKind.STEP_TIMED_OUT: _silent,
    FactKind.STEP_COMPLETED: _done,
    FactKind.STEP_REJECTED: lambda fact, plan: (
        f"{'abandons' if fact.verb is Verb.ABANDON else 'refuses'} {fact.step}: {fact.reason}"
    ),
    FactKind.STEP_COMPENSATED: _undone,
    FactKind.NOTHING_TO_UNDO: lambda fact, plan: f"has nothing to undo: {fact.step} never took effect here",
    FactKind.STEP_SKIPPED: lambda fact, plan: f"skips {fact.step}: it was undone before it was done",
    FactKind.DUPLICATE_IGNORED: lambda fact, plan: f"ignores {fact.name}: {fact.reason or 'it has heard that before'}",
    FactKind.ATTEMPT_FAILED: lambda fact, plan: f"fails at {fact.name}, attempt {fact.attempt}: {fact.reason}",
    FactKind.MESSAGE_REDELIVERED: lambda fact, plan: f"gets {fact.name} again, time {fact.attempt}: {fact.reason}",
    FactKind.MESSAGE_DEAD: lambda fact, plan: (
        f"gives {fact.name} up{' after the last attempt' if fact.attempt else ''}"
    ),
    FactKind.SANDBOX_FAILED: lambda fact, plan: (
        f"cannot handle {fact.name}: the sandbox itself has failed, not the service ({fact.reason})"
    ),
    FactKind.MESSAGE_RELEASED: lambda fact, plan: f"deliver {fact.name} to {listed(map(title, fact.to or ()))}",
    FactKind.PACE_CHANGED: lambda fact, plan: PACES[fact.pace or Pace.FAST],
    FactKind.RUN_FORKED: lambda fact, plan: f"change one thing: {fork_in_words(fact, plan.saga)}",
    FactKind.SAGA_CLOSED: lambda fact, plan: f"closes the saga: {fact.status}",
    FactKind.SAGA_ENDED: lambda fact, plan: f"sees no message left: the saga has ended, {fact.status}",
}


def who(fact: Fact) -> str:
    """Returns the actor of the fact as people read it; "You" for the learner's actions."""
    if fact.kind in OPERATOR_FACTS:
        return "You"
    return "Sandbox" if fact.actor == OBSERVER else title(fact.actor)


OPERATOR_FACTS = {
    FactKind.MESSAGE_RELEASED,
    FactKind.PACE_CHANGED,
    FactKind.OPERATOR_RETRIED,
    FactKind.TIME_SKIPPED,
    FactKind.RUN_FORKED,
}


def status_in_words(status: StepStatus | None) -> str:
    """Returns what an actor believes about a step, in a word."""
    return "?" if status is None else status.replace("_", " ").lower()
