"""The faults that a learner can place. A new kind of fault is one more entry."""

from sandbox.definitions.model import FaultType
from sandbox.definitions.terms import Effect, Measure, Phase, Verb

FAULTS = (
    FaultType(
        "transient",
        "Transient error",
        "The attempt fails, and the next one may not.",
        Phase.ARRIVING,
        Effect.FAIL,
    ),
    FaultType(
        "slow",
        "Slow service",
        "The work takes some seconds more, or longer than anybody waits for it.",
        Phase.ARRIVING,
        Effect.DELAY,
        Measure.SECONDS,
        None,
    ),
    FaultType(
        "timeout-after-effect",
        "Timeout after the effect",
        "The work is done, the answer comes too late: nobody knows.",
        Phase.ANSWERING,
        Effect.DELAY,
        Measure.SECONDS,
        None,
    ),
    FaultType(
        "crash-before-work",
        "Crash before the work",
        "The worker is killed before it has done anything.",
        Phase.ARRIVING,
        Effect.CRASH,
    ),
    FaultType(
        "crash-after-commit",
        "Crash after the commit",
        "The worker is killed when its work is committed and its messages are not yet published.",
        Phase.COMMITTED,
        Effect.CRASH,
    ),
    FaultType(
        "crash-after-publish",
        "Crash after publishing",
        "The worker is killed when its messages are published and the one it handled is not yet acknowledged.",
        Phase.PUBLISHED,
        Effect.CRASH,
    ),
    FaultType(
        "duplicate",
        "Duplicate",
        "The same message is delivered twice.",
        Phase.SENDING,
        Effect.COPY,
    ),
    FaultType(
        "lost",
        "Lost message",
        "The message vanishes between broker and receiver.",
        Phase.SENDING,
        Effect.LOSE,
    ),
    FaultType(
        "out-of-order",
        "Out of order",
        "The next message to the same receiver overtakes this one.",
        Phase.SENDING,
        Effect.OVERTAKE,
    ),
    FaultType(
        "down",
        "Service down",
        "Nothing is handled there for a while.",
        Phase.ARRIVING,
        Effect.SHUT,
        Measure.SECONDS,
        5,
    ),
    FaultType(
        "compensation-fails",
        "Compensation fails",
        "The undo fails, each time or as often as you say.",
        Phase.ARRIVING,
        Effect.FAIL,
        number=None,
        verb=Verb.UNDO,
    ),
)
