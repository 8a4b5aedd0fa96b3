"""What is tried with an exported Temporal workflow; it can be listed without Temporal's library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The moment at which a workflow waits for time to pass.
ASLEEP = "asleep"


@dataclass(frozen=True)
class Trial:
    """One run of a workflow, for an order of `saga`; `refused` is a step, the others are commands.

    The first of `silent` is carried out by nobody and not answered; `broken` fails for good. The workflow is cancelled
    while `cancelled_at` is carried out for the first time, or while it is ASLEEP.
    """

    saga: str
    refused: str = ""
    silent: str = ""
    broken: str = ""
    cancelled_at: str = ""
    hasty: bool = False

    @property
    def workflow(self) -> str:
        """Returns the name of the workflow: that of the saga, or of one that waits for a second instead of ten."""
        return "hasty" if self.hasty else self.saga


def cancelled_as_it_is_done(events: Sequence[Mapping[str, Any]], command: str, then: str) -> list[Mapping[str, Any]]:
    """Returns the events until the command was taken, and then what no server can be made to write reliably.

    The workflow learns at the same time that the command is done and that it is cancelled, and commands `then`.
    """
    names = [
        event.get("activityTaskScheduledEventAttributes", {}).get("activityType", {}).get("name") for event in events
    ]
    scheduled = names.index(command)
    number = scheduled + 1  # Events are numbered from 1, and the next one says that the command was taken.
    done = {"scheduledEventId": str(number), "startedEventId": str(number + 1)}
    task = {"scheduledEventId": str(number + 3), "startedEventId": str(number + 5)}
    activity = {
        "activityId": str(1 + sum(name is not None for name in names[: scheduled + 1])),
        "activityType": {"name": then},
        "workflowTaskCompletedEventId": str(number + 6),
    }
    # With the flag 1, a live worker records that such a cancellation was raised, so that a replay raises it as well.
    added = [
        ("ACTIVITY_TASK_COMPLETED", "activityTaskCompleted", done),
        ("WORKFLOW_TASK_SCHEDULED", "workflowTaskScheduled", {}),
        ("WORKFLOW_EXECUTION_CANCEL_REQUESTED", "workflowExecutionCancelRequested", {}),
        ("WORKFLOW_TASK_STARTED", "workflowTaskStarted", {"scheduledEventId": str(number + 3)}),
        ("WORKFLOW_TASK_COMPLETED", "workflowTaskCompleted", {**task, "sdkMetadata": {"langUsedFlags": [1]}}),
        ("ACTIVITY_TASK_SCHEDULED", "activityTaskScheduled", activity),
    ]
    return [
        *events[: number + 1],
        *(
            {
                "eventId": str(at),
                "eventTime": events[number]["eventTime"],
                "eventType": f"EVENT_TYPE_{kind}",
                f"{key}EventAttributes": details,
            }
            for at, (kind, key, details) in enumerate(added, number + 2)
        ),
    ]
