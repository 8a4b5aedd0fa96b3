"""The closed sets of terms that sagas, plans, messages and pages use."""

from enum import StrEnum


class Style(StrEnum):
    """Says who decides what happens next in a saga."""

    CHOREOGRAPHY = "choreography"
    ORCHESTRATION = "orchestration"
    HYBRID = "hybrid"


class Verb(StrEnum):
    """A step is done, undone or abandoned: not done, although nothing in the business forbids it.

    A service abandons a step that is not done by the order's deadline, and one whose attempts are used up.
    """

    DO = "do"
    UNDO = "undo"
    ABANDON = "abandon"


class StepKind(StrEnum):
    """Compensable steps can be undone; the pivot is the last that may be refused; retriable ones complete for sure."""

    COMPENSABLE = "compensable"
    PIVOT = "pivot"
    RETRIABLE = "retriable"


class MessageKind(StrEnum):
    """A command asks one receiver, an event informs its listeners, a reply answers a command, a timer is to oneself."""

    COMMAND = "command"
    EVENT = "event"
    REPLY = "reply"
    TIMER = "timer"


class UndoOrder(StrEnum):
    """Compensations run one after the other, or all at once."""

    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"


class SagaStatus(StrEnum):
    """A saga runs, compensates, or has ended.

    STUCK: it has not finished, and no message is left that could go on. SANDBOX_FAILED: a bug of ours ended it, so that
    how it stands says nothing about the saga.
    """

    RUNNING = "RUNNING"
    COMPENSATING = "COMPENSATING"
    COMPLETED = "COMPLETED"
    COMPENSATED = "COMPENSATED"
    COMPENSATION_FAILED = "COMPENSATION_FAILED"
    STUCK = "STUCK"
    SANDBOX_FAILED = "SANDBOX_FAILED"


# A saga with one of these has no message left.
ENDED = frozenset(SagaStatus) - {SagaStatus.RUNNING, SagaStatus.COMPENSATING}
# A saga with one of these needs nobody's help any more.
SETTLED = frozenset({SagaStatus.COMPLETED, SagaStatus.COMPENSATED})


class StepStatus(StrEnum):
    """Says how far a step is, as the run's page shows it.

    REQUESTED: the message that asks for it is on its way. NOT_REACHED: that message was lost. IN_PROGRESS: its service
    has begun, and is not done yet.
    """

    SCHEDULED = "SCHEDULED"
    REQUESTED = "REQUESTED"
    NOT_REACHED = "NOT_REACHED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    RETRYING = "RETRYING"
    TIMED_OUT = "TIMED_OUT"
    COMPENSATING = "COMPENSATING"
    COMPENSATED = "COMPENSATED"
    SKIPPED = "SKIPPED"


class Pace(StrEnum):
    """Messages travel slowly enough to follow, at full speed, or one by one as the learner releases them."""

    FOLLOW = "follow"
    FAST = "fast"
    STEP = "step"


class FactKind(StrEnum):
    """The kinds of facts that a run's journal records. They are in the past tense, since facts never change."""

    SAGA_STARTED = "saga started"
    MESSAGE_SENT = "message sent"
    MESSAGE_HANDLED = "message handled"
    MESSAGE_LOST = "message lost"
    MESSAGE_COPIED = "message copied"
    MESSAGE_DELAYED = "message delayed"
    STEP_COMPLETED = "step completed"
    STEP_REJECTED = "step rejected"
    STEP_COMPENSATED = "step compensated"
    NOTHING_TO_UNDO = "nothing to undo"
    STEP_SKIPPED = "step skipped"
    STEP_TIMED_OUT = "step timed out"
    FAULT_INJECTED = "fault injected"
    FAULT_PLACED = "fault placed"
    FAULT_SPARED = "fault spared"
    HISTORY_REPLAYED = "history replayed"
    OPERATOR_RETRIED = "operator retried"
    TIME_SKIPPED = "time skipped"
    DUPLICATE_IGNORED = "duplicate ignored"
    ATTEMPT_FAILED = "attempt failed"
    MESSAGE_REDELIVERED = "message delivered again"
    MESSAGE_DEAD = "message given up"
    SANDBOX_FAILED = "sandbox failed"
    MESSAGE_RELEASED = "message released"
    PACE_CHANGED = "pace changed"
    RUN_FORKED = "run forked"
    SAGA_CLOSED = "saga closed"
    SAGA_ENDED = "saga ended"


class DeliveryState(StrEnum):
    """Says where a message is on its way to one receiver.

    PENDING: committed with its sender's transaction, and not yet to be published. SENT: marked to be published, which
    follows at once. HANDLED: the receiver's transaction committed, or the message is a timer that was cancelled. LOST:
    dropped by a fault. DEAD: given up, after the last attempt or redelivery, or because of an internal error or a saga
    that does not exist any more.
    """

    PENDING = "pending"
    SENT = "sent"
    HANDLED = "handled"
    LOST = "lost"
    DEAD = "dead"


OPEN = frozenset({DeliveryState.PENDING, DeliveryState.SENT})


class Guarantee(StrEnum):
    """Keeps the handling of messages correct when processes die. Each can be switched off, to see what it is for."""

    OUTBOX = "outbox"
    INBOX = "inbox"
    LATE_ACK = "late-ack"
    TIMEOUTS = "timeouts"


class Stock(StrEnum):
    """What is in stock for two orders that were started together."""

    OWN = "own"
    SHARED = "shared"
    LOCKED = "locked"


class Phase(StrEnum):
    """Says when a fault strikes: while a message is sent, before or after its handling, or around its publication."""

    SENDING = "as it is sent"
    ARRIVING = "before the work"
    ANSWERING = "after the effect, before the answer"
    COMMITTED = "after the commit, before the messages are published"
    PUBLISHED = "after the messages are published, before the acknowledgement"


class Effect(StrEnum):
    """What a fault does to a message or to the worker that handles it."""

    LOSE = "lose"
    COPY = "copy"
    DELAY = "delay"
    OVERTAKE = "overtake"
    FAIL = "fail"
    CRASH = "crash"
    SHUT = "shut"


# The effects that a fault can have in each phase; the engine has code for these pairs only.
EFFECTS_IN = {
    Phase.SENDING: (Effect.LOSE, Effect.COPY, Effect.OVERTAKE),
    Phase.ARRIVING: (Effect.FAIL, Effect.DELAY, Effect.CRASH, Effect.SHUT),
    Phase.ANSWERING: (Effect.DELAY,),
    Phase.COMMITTED: (Effect.CRASH,),
    Phase.PUBLISHED: (Effect.CRASH,),
}


class Measure(StrEnum):
    """The unit of a fault's number."""

    TIMES = "times"
    SECONDS = "seconds"


class PresetGroup(StrEnum):
    """What a preset is about, in the order in which the setup page shows them."""

    FLOWS = "Flows"
    REFUSALS = "Business refusals"
    TIME = "Time"
    MESSAGES = "Messages"
    CRASHES = "Crashes"


class ExperimentPage(StrEnum):
    """Runs are set up on the setup page (one order, or two side by side) or in the load lab (many at once)."""

    SETUP = "setup page"
    LOAD_LAB = "load lab"
