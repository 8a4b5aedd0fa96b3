"""What people believe of coordinated services that is false. A wrong option may name one; a new one is one more entry.

Two questions of one objective that name the same belief are siblings: who fell for it in one can be asked the other.
"""

from collections.abc import Mapping

MISCONCEPTIONS: Mapping[str, str] = {
    # What a message is
    "event-tells-receiver": "An event tells its receiver what to do.",
    "style-is-transport": "Whatever travels through a broker, or asynchronously, is choreography.",
    "status-makes-the-orchestrator": "Whoever holds the status of a process orchestrates it.",
    "orchestrator-does-the-work": "The orchestrator does the services' work, or holds their data.",
    # What a failure undoes
    "compensation-is-a-rollback": "A compensation is a rollback: afterwards it is as if nothing had happened.",
    "deleting-undoes-the-charge": "Deleting the row of a charge undoes the charge.",
    "compensate-the-refused-step": "The step that was cleanly rejected must be compensated too.",
    "compensation-cannot-fail": "A compensation cannot fail.",
    "compensations-run-forwards": "Compensations run in the order of the steps.",
    "undo-past-the-pivot": "A failure after the pivot takes the whole saga back.",
    "timeout-means-not-done": "No answer in time means that the work was not done.",
    "retries-are-attempts": "Three retries are three attempts.",
    "saga-is-isolated": "What a saga has done stays hidden, or locked, until the saga has ended.",
    # What is delivered
    "duplicate-is-a-broker-bug": "A duplicate message is a bug of the broker, or the broker filters it out.",
    "idempotency-only-on-the-happy-path": "Idempotency matters only on the happy path.",
    "acknowledge-early-is-safer": "Acknowledging a message early is safer.",
    # What can be seen, and what depends on what
    "choreography-means-no-coupling": "Choreography means that there is no coupling.",
    "choreography-handles-no-failure": "Choreography has no failure handling.",
    "broker-knows-the-order": "The broker knows how far each order has come.",
    # What grows, and what dies
    "orchestrator-loses-state": "An orchestrator always loses its state when it dies.",
    "choreography-shares-nothing": "Choreography has no single point of failure.",
    "scale-is-throughput": "To scale is to finish more orders a second, and nothing else.",
    # What to choose
    "one-model-for-all": "A system has to choose one of the two models for everything.",
    "engine-removes-the-work": "A workflow engine makes compensations and idempotent handlers unnecessary.",
    # The kinds of step
    "pivot-is-the-last-step": "The pivot is the last step of a saga.",
    "retriable-is-what-is-retried": "Every step that is tried again is a retriable step.",
}
