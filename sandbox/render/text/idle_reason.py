"""Says in one sentence why nothing is happening in a run. A new situation is one more entry of SITUATIONS."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.definitions.registry import ORCHESTRATOR, crash_queue, title
from sandbox.definitions.terms import SETTLED, FactKind, Pace, SagaStatus, Verb
from sandbox.engine.execution.react import retry_policy
from sandbox.engine.execution.run_state import shut_reason
from sandbox.engine.plan.model import Way
from sandbox.engine.projection.board import Board, DeliveryView
from sandbox.engine.projection.liveness import CLOCK, BrokerStatus, RuntimeSnapshot
from sandbox.render.text.format import listed, seconds
from sandbox.render.text.idle_view import IdleView
from sandbox.render.text.names import capital, named

# Seconds for which a message may be between outbox, queue and worker.
IN_TRANSIT = 1.0


@dataclass(frozen=True, slots=True)
class IdleReason:
    """The situation that a run is in, with its icon and its sentence."""

    kind: str
    icon: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation. `say` returns the sentence of a run that is in it, and None for any other."""

    kind: str
    icon: str
    say: Callable[[IdleView], str | None]


def idle_reason(board: Board, runtime: RuntimeSnapshot | None = None) -> IdleReason:
    """Returns the first situation that applies to a run, by its facts and, if given, by this snapshot."""
    view = IdleView(board, runtime or RuntimeSnapshot(now=board.at))
    if view.is_inconsistent:
        return MOVING
    sentences = ((one, one.say(view)) for one in SITUATIONS)
    return next((IdleReason(one.kind, one.icon, text) for one, text in sentences if text), MOVING)


def _at(delivery: DeliveryView) -> str:
    return named(str(delivery.receiver))


def _held(view: IdleView) -> str | None:
    held = [delivery for delivery in view.board.in_flight if delivery.held]
    messages = list(dict.fromkeys(f"{d.name} to {_at(d)}" for d in held if not d.is_timer))
    timers = [f"{_at(delivery)}'s timer {delivery.name}" for delivery in held if delivery.is_timer]
    if not held or view.in_flight:
        return None
    be = "are" if len(messages or timers) > 1 else "is"
    return f"{capital(listed(messages or timers))} {be} held: {'press Deliver' if messages else 'let it ring'}."


def _no_broker(view: IdleView) -> str | None:
    if view.runtime.has_broker or not view.waiting:
        return None
    return "The broker does not answer, so no message can travel."


def _no_clock(view: IdleView) -> str | None:
    broker_statuses = [view.status(delivery) for delivery in view.in_flight or view.timers]
    if view.runtime.is_alive(CLOCK) or not any(status and status.sent_at is None for status in broker_statuses):
        return None
    return "The clock gives no sign of life, so nothing that waits is released."


def _no_worker(view: IdleView) -> str | None:
    runtime = view.runtime
    for delivery, status, _ in view.published:
        actor, for_crashes = str(delivery.receiver), crash_queue(str(delivery.receiver))
        if status.taken_at is not None:
            continue
        if not runtime.is_alive(actor):
            nobody = f"Nobody consumes {actor}'s queue"
            if runtime.queue_length(actor):
                return f"{nobody}: {delivery.name} waits there."
            return f"{nobody}, and {delivery.name} is not there any more; {_when_resent(view, status)}."
        if not runtime.ready.get(actor) and runtime.ready.get(for_crashes) and not runtime.is_alive(for_crashes):
            return f"Nobody consumes the queue {for_crashes}: {delivery.name} waits there for its crash on request."
    return None


def _dead_worker(view: IdleView) -> str | None:
    for delivery, status, _ in view.published:
        consumer = status.taken_from or str(delivery.receiver)
        if status.taken_at is not None and not view.runtime.is_alive(consumer, since=status.taken_at):
            worker = f"a worker of {delivery.receiver} that gives no sign of life"
            is_back = view.runtime.queue_length(str(delivery.receiver)) and (status.at or 0.0) <= view.runtime.now
            then = "it was sent again, and waits in the queue" if is_back else _when_resent(view, status)
            return f"{delivery.name} was taken by {worker}; {then}."
    return None


def _vanished(view: IdleView) -> str | None:
    """Finds a message that the broker has lost."""
    for delivery, status, sent_at in view.published:
        is_nowhere = status.taken_at is None and view.runtime.queue_length(str(delivery.receiver)) == 0
        if is_nowhere and view.runtime.now - sent_at > IN_TRANSIT:
            return (
                f"{delivery.name} left for {_at(delivery)} and is in no queue any more; {_when_resent(view, status)}."
            )
    return None


def _when_resent(view: IdleView, status: BrokerStatus) -> str:
    if not view.runtime.is_alive(CLOCK):
        return "it is not sent again, for the clock gives no sign of life"
    return f"it is sent again {view.when_in_words(status.at or 0.0)}"


def _down(view: IdleView) -> str | None:
    for delivery, fact in view.postponed:
        if fact.reason == shut_reason(str(delivery.receiver)):
            return f"{fact.reason} for another {view.remaining(view.due(delivery))}, on request: {delivery.name} waits."
    return None


def _backing_off(view: IdleView) -> str | None:
    for delivery, fact in view.postponed:
        if fact.kind is FactKind.ATTEMPT_FAILED:
            policy = retry_policy(view.board.plan, str(delivery.receiver), delivery.name, fact.reason)
            most = policy.maximum_attempts
            attempt = f"attempt {fact.attempt}{f' of {most}' if most else ''}"
            again = view.when_in_words(view.due(delivery))
            return f"{capital(_at(delivery))} failed at {delivery.name}, {attempt} ({fact.reason}); again {again}."
    return None


def _without_listener(view: IdleView) -> str | None:
    """Finds a refusal that nobody listens for, while no other message is on its way."""
    board = view.board
    if view.in_flight or board.status in SETTLED:
        return None
    for delivery in board.deliveries.values():
        if delivery.receiver is None and board.plan.way_of(delivery.name) is Way.REFUSAL:
            return f"{delivery.name} was published by {named(delivery.sender)}, and nobody listens to it."
    return None


def _lost(view: IdleView) -> str | None:
    """Finds a message that nobody will handle, while no other is on its way, and who will notice."""
    missed, status = view.missed, view.board.status
    if not missed or view.in_flight or (view.board.is_ended and status is not SagaStatus.STUCK):
        return None
    delivery = missed[-1]
    what = _end_of(delivery)
    if view.watcher is None:
        return f"{what}, and nobody watches."
    who, when = view.watcher
    return f"{what}; {who} will notice {view.when_in_words(when)}."


def _end_of(delivery: DeliveryView) -> str:
    """Says how a message ended that nobody will handle; its receiver is not blamed for an error of the sandbox."""
    if any(fact.kind is FactKind.SANDBOX_FAILED for fact in delivery.facts):
        return f"An error of the sandbox has ended {delivery.name} to {_at(delivery)}"
    return f"{capital(_at(delivery))} {'gave up on' if delivery.dead else 'never got'} {delivery.name}"


def _ended(view: IdleView) -> str | None:
    if not view.board.is_ended:
        return None
    return f"The run has ended: {ENDS[view.board.status]}."


ENDS = {
    SagaStatus.COMPLETED: "every step took effect",
    SagaStatus.COMPENSATED: "nothing is left in effect",
    SagaStatus.COMPENSATION_FAILED: "something could not be taken back, and waits for a human",
    SagaStatus.STUCK: "some steps are left halfway, and nobody will act",
    SagaStatus.SANDBOX_FAILED: "the sandbox itself has failed",
}


def _reply(view: IdleView) -> str | None:
    """Finds a timeout of the orchestrator that is due next."""
    timeout = next(iter(view.timers), None)
    asked = _awaited_answer(view, timeout) if timeout and timeout.sender == ORCHESTRATOR else None
    if timeout is None or asked is None or any(view.due(delivery) <= view.due(timeout) for delivery in view.in_flight):
        return None
    asks_again = any(rule.repeats for rule in view.board.plan.rules_of(ORCHESTRATOR) if timeout.name in rule.on)
    then = "asks again" if asks_again else "gives up"
    return f"The orchestrator waits for {asked}; it {then} {view.when_in_words(view.due(timeout))}."


def _awaited_answer(view: IdleView, timeout: DeliveryView) -> str | None:
    """Returns whose answer a timeout waits for, and to what."""
    plan, answers = view.board.plan, view.answers(timeout)
    actions = ((step, action) for step in plan.saga.steps for action in (step.do, step.undo) if action)
    for step, action in actions:
        if action.done in answers:
            is_asked = any(hop.name == action.command for hop in plan.hops)
            what = f"answer to {action.command}" if is_asked else action.done
            return f"{title(step.service)}'s {what}"
    return None


def _delayed(view: IdleView) -> str | None:
    for delivery, fact in view.postponed:
        due = view.due(delivery)
        who, when = view.watcher or ("", due)
        before = f"; {who} acts before, {view.when_in_words(when)}" if when < due else ""
        return f"{delivery.name} to {_at(delivery)} goes on {view.when_in_words(due)}: {fact.reason}{before}."
    return None


def _paced(view: IdleView) -> str | None:
    for delivery in view.in_flight:
        status = view.status(delivery)
        if view.board.pace is Pace.FOLLOW and status and status.sent_at is None:
            return f"{delivery.name} is on its way to {_at(delivery)}, slowed down so that you can follow."
    return None


def _working(view: IdleView) -> str | None:
    for delivery, status, _ in view.published:
        if status.taken_at is not None:
            return f"A worker of {delivery.receiver} has taken {delivery.name}, and has not answered for it yet."
    return None


def _behind(view: IdleView) -> str | None:
    for delivery, _, _ in view.published:
        ready = view.runtime.ready.get(str(delivery.receiver), 0)
        crashes = view.runtime.ready.get(crash_queue(str(delivery.receiver)), 0)
        if ready > 1:
            waiting = f"{ready} messages wait in its queue, and {delivery.name} is not handled yet"
            return f"{capital(_at(delivery))} is behind: {waiting}."
        if not ready and crashes > 1:
            return (
                f"{crashes} crashes on request wait for their turn at {_at(delivery)}, and {delivery.name} with them."
            )
    return None


def _on_its_way(view: IdleView) -> str | None:
    flying: dict[str, dict[str, None]] = {}
    for delivery in view.in_flight:
        flying.setdefault(_at(delivery), {})[delivery.name] = None
    tasks = [f"{actor} to handle {listed(names)}" for actor, names in flying.items()]
    return f"Waiting for {listed(tasks)}." if tasks else None


def _timer(view: IdleView) -> str | None:
    timer = next(iter(view.timers), None)
    if timer is None:
        return None
    rings = f"{capital(named(timer.sender))}'s timer {timer.name} rings {view.when_in_words(view.due(timer))}"
    if view.answers(timer):
        return f"No message is on its way. {rings}."
    step = view.board.plan.requested_step(timer.sender, timer.name, Verb.DO)
    since = f"{step.name} begins {seconds(step.wait)} after it was asked for. " if step else ""
    return f"{since}{rings}; you can skip ahead."


SITUATIONS = (
    Situation("held", "hand", _held),
    Situation("no-broker", "unplug", _no_broker),
    Situation("no-clock", "timer-off", _no_clock),
    Situation("no-worker", "user-x", _no_worker),
    Situation("dead-worker", "heart-off", _dead_worker),
    Situation("down", "power-off", _down),
    Situation("backing-off", "history", _backing_off),
    Situation("vanished", "ghost", _vanished),
    Situation("unheard", "ear-off", _without_listener),
    Situation("lost", "mail-x", _lost),
    Situation("ended", "flag", _ended),
    Situation("reply", "reply", _reply),
    Situation("delayed", "clock-fading", _delayed),
    Situation("paced", "footprints", _paced),
    Situation("working", "cog", _working),
    Situation("behind", "mails", _behind),
    Situation("on-its-way", "send", _on_its_way),
    Situation("timer", "alarm-clock", _timer),
)
MOVING = IdleReason("moving", "loader", "Something has happened just now.")
