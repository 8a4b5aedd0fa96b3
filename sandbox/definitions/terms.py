"""The closed sets of words that sagas, plans, messages and pages are made of."""

from enum import StrEnum


class Style(StrEnum):
    """Who decides what happens next."""

    CHOREOGRAPHY = "choreography"
    ORCHESTRATION = "orchestration"
    HYBRID = "hybrid"


class Verb(StrEnum):
    """What a participant is asked to do with a step; what was done cannot be abandoned any more."""

    DO = "do"
    UNDO = "undo"
    ABANDON = "abandon"


class StepKind(StrEnum):
    """Compensable steps can be undone; the pivot is the last that may be refused; retriable ones complete for sure."""

    COMPENSABLE = "compensable"
    PIVOT = "pivot"
    RETRIABLE = "retriable"


class MessageKind(StrEnum):
    """A command asks one receiver; an event tells whoever listens; a reply answers a command; a timer is to oneself."""

    COMMAND = "command"
    EVENT = "event"
    REPLY = "reply"
    TIMER = "timer"


class UndoOrder(StrEnum):
    """Whether compensations wait for each other or run at once."""

    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"


class SagaStatus(StrEnum):
    RUNNING = "RUNNING"
    COMPENSATING = "COMPENSATING"
    COMPLETED = "COMPLETED"
    COMPENSATED = "COMPENSATED"
    COMPENSATION_FAILED = "COMPENSATION_FAILED"
    STUCK = "STUCK"


ENDED = frozenset(
    {SagaStatus.COMPLETED, SagaStatus.COMPENSATED, SagaStatus.COMPENSATION_FAILED, SagaStatus.STUCK},
)


SETTLED = frozenset({SagaStatus.COMPLETED, SagaStatus.COMPENSATED})


class StepStatus(StrEnum):
    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    RETRYING = "RETRYING"
    TIMED_OUT = "TIMED_OUT"
    COMPENSATING = "COMPENSATING"
    COMPENSATED = "COMPENSATED"
    SKIPPED = "SKIPPED"


class Pace(StrEnum):
    """How fast messages travel: slowly enough to follow, at full speed, or one by one as the learner releases them."""

    FOLLOW = "follow"
    FAST = "fast"
    STEP = "step"


class FactKind(StrEnum):
    """What a run's journal records. Facts are past tense and never change."""

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
    SAGA_CLOSED = "saga closed"
    SAGA_ENDED = "saga ended"


class DeliveryState(StrEnum):
    """Where a message is on its way to one receiver.

    PENDING: committed with its sender's transaction, not yet handed to the broker. SENT: handed over. HANDLED: the
    receiver's transaction committed. LOST: dropped on purpose. DEAD: given up after the last attempt.
    """

    PENDING = "pending"
    SENT = "sent"
    HANDLED = "handled"
    LOST = "lost"
    DEAD = "dead"


OPEN = frozenset({DeliveryState.PENDING, DeliveryState.SENT})


class Guarantee(StrEnum):
    """What keeps a message's handling right when processes die; each can be switched off, to see what it is for."""

    OUTBOX = "outbox"
    INBOX = "inbox"
    LATE_ACK = "late-ack"
    TIMEOUTS = "timeouts"


class Phase(StrEnum):
    """When a fault strikes: as a message leaves, as it arrives, as its effects are told, or as its handler lets go."""

    SENDING = "as it is sent"
    ARRIVING = "before the work"
    ANSWERING = "after the effect, before the answer"
    COMMITTED = "after the commit, before the messages are published"
    PUBLISHED = "after the messages are published, before the acknowledgement"


class Effect(StrEnum):
    """What a fault does."""

    LOSE = "lose"
    COPY = "copy"
    DELAY = "delay"
    OVERTAKE = "overtake"
    FAIL = "fail"
    CRASH = "crash"
    SHUT = "shut"


class Measure(StrEnum):
    """What the number of a fault counts."""

    TIMES = "times"
    SECONDS = "seconds"


class ExperimentPage(StrEnum):
    """Where runs are set up: one order, or two side by side, at the bench; many at once in the load lab."""

    BENCH = "bench"
    LOAD_LAB = "load lab"
