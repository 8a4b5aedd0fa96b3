"""What the lessons claim, as settings to see it with: one entry for each claim, in the order of the lessons."""

from sandbox.definitions.model import Experiment
from sandbox.definitions.terms import ExperimentPage

EXPERIMENTS = (
    # What follows of choreography.
    Experiment(
        "loose-coupling",
        "Find a message that names its receiver",
        "There is none. Every arrow is dashed: an event, which says what happened. Whoever wants to know listens.",
        {"style": "choreography"},
    ),
    Experiment(
        "service-by-service",
        "Give payment alone a second process",
        "No actor handles every message of an order. See whose messages wait longest, and whom a second process helps.",
        {"style": "choreography", "count": "100", "helped": "payment"},
        ExperimentPage.LOAD_LAB,
    ),
    Experiment(
        "hard-debugging",
        "Find out why the goods went back",
        "Begin at InventoryReleased in the journal and follow its causes back. "
        "Count the services that you ask before you come to the courier.",
        {"style": "choreography", "fail": "schedule-fulfilment"},
    ),
    Experiment(
        "distributed-state",
        "Stop after the charge: where is the order?",
        "Deliver until CustomerCharged is on its way, then read “Who knows what”: no service knows of all three steps.",
        {"style": "choreography", "pace": "step"},
    ),
    Experiment(
        "event-proliferation",
        "Add a fraud check: who has to change?",
        "Compare it with the order without the check. Payment now waits for FraudChecked, no longer for "
        "InventoryReserved; inventory has to listen for FraudSuspected, and there are new events on the way back.",
        {"saga": "order-fraud", "style": "choreography"},
    ),
    # What follows of orchestration.
    Experiment(
        "explicit-workflow",
        "Read the whole order in one place",
        "Open the table of rules below the picture. Only the orchestrator's rules speak of every step.",
        {"style": "orchestration"},
    ),
    Experiment(
        "central-status",
        "Stop after the charge, and ask the orchestrator",
        "Deliver until the orchestrator has heard CustomerCharged, then read “Who knows what”: its row is right about "
        "every step, and no other row is.",
        {"style": "orchestration", "pace": "step"},
    ),
    Experiment(
        "central-error-handling",
        "Let no courier be free",
        "Fulfilment only says no. One component decides what that means, and commands three undos.",
        {"style": "orchestration", "fail": "schedule-fulfilment"},
    ),
    Experiment(
        "coupling-to-the-orchestrator",
        "Find a message that passes the orchestrator by",
        "There is none: each command comes from it, and each reply goes to it. Its interface is what all depend on.",
        {"saga": "order-fraud", "style": "orchestration"},
    ),
    Experiment(
        "single-point-of-failure",
        "Switch the orchestrator off for eight seconds",
        "All five services are up, and nothing moves. Then the order goes on: it had to wait, and nothing was lost.",
        {"style": "orchestration", "fault": "orchestrator:down=8@3"},
    ),
    Experiment(
        "scalability-bottleneck",
        "Send a hundred orders through the orchestrator",
        "It handles six messages of every order, each service only one. See in whose queue the messages wait.",
        {"style": "orchestration", "count": "100"},
        ExperimentPage.LOAD_LAB,
    ),
    # The rows of the comparison.
    Experiment(
        "control-model",
        "Who decides what comes next?",
        "Compare the lines “Who decided what came next”: five services, each for itself, or the orchestrator all five.",
        {"style": "both"},
    ),
    Experiment(
        "coupling",
        "Add a fraud check to both: whom does a message name?",
        "Compare the lines “Hops”. In the choreography services hear each other's events; in the orchestration every "
        "hop begins or ends at the orchestrator.",
        {"saga": "order-fraud", "style": "both"},
    ),
    Experiment(
        "process-visibility",
        "Stop both after the charge: who can say where the order is?",
        "Deliver in both until the charge is done, then open each run alone and read “Who knows what”: "
        "in one of them, one row is right about every step.",
        {"style": "both", "pace": "step"},
    ),
    Experiment(
        "debugging",
        "Explain in both why the goods went back",
        "Compare who decided what was undone: three services, each because of what it heard, or one history to read.",
        {"style": "both", "fail": "schedule-fulfilment"},
    ),
    Experiment(
        "failure-handling",
        "Let the card be declined in both",
        "The same steps are undone in the same order. What differs is who decided it.",
        {"style": "both", "fail": "charge-customer"},
    ),
    Experiment(
        "scalability",
        "Send a hundred orders through each",
        "The orchestration sends about twice as many messages, and half of them go to one queue. See where they wait.",
        {"style": ("choreography", "orchestration"), "count": "100"},
        ExperimentPage.LOAD_LAB,
    ),
    Experiment(
        "best-for",
        "Let fulfilment wait three days, and then find no courier",
        "Skip ahead when nothing happens. Both come back from afar; ask who could have said on day two where the order "
        "was.",
        {"saga": "order-long", "style": "both", "fail": "schedule-fulfilment"},
    ),
    # The hybrid.
    Experiment(
        "prepare-shipment",
        "Prepare a shipment",
        "The orchestrator commands picking and labelling. Nobody commands packing: the warehouse hears both events and "
        "starts by itself.",
        {"saga": "order-hybrid", "style": "hybrid"},
    ),
    # Sagas.
    Experiment(
        "compensation-is-not-rollback",
        "Look for the charge in the books",
        "It is still there. The refund is a second posting beside it, and between the two, others saw the money gone.",
        {"style": "orchestration", "fail": "schedule-fulfilment"},
    ),
    Experiment(
        "what-is-compensated",
        "Let the card be declined",
        "Two steps took effect, and two are undone. The charge was refused cleanly, so nobody refunds anything.",
        {"style": "orchestration", "fail": "charge-customer"},
    ),
    Experiment(
        "after-a-timeout",
        "Let the answer to the charge come too late",
        "The charge took effect, and nobody hears of it in time. The orchestrator cannot know, so it has it undone.",
        {"style": "orchestration", "fault": "charge-customer:timeout-after-effect"},
    ),
    Experiment(
        "order-of-compensations",
        "Undo all at once",
        "The three undos set out together instead of last step first. At the end nobody can tell the difference.",
        {"style": "orchestration", "fail": "schedule-fulfilment", "undo": "parallel"},
    ),
    Experiment(
        "attempts",
        "Let the charge fail three times",
        "Three attempts fail and the fourth succeeds: four attempts, three retries. The pauses between them grow.",
        {"style": "orchestration", "fault": "charge-customer:transient=3"},
    ),
    Experiment(
        "at-least-once",
        "Deliver the charge twice",
        "The second copy is recognised and does nothing. The payment's books show one charge.",
        {"style": "choreography", "fault": "charge-customer:duplicate"},
    ),
    Experiment(
        "late-acknowledgement",
        "Acknowledge early, then kill the worker",
        "The worker had acknowledged what it had not done yet, so nobody delivers it again. "
        "Only the orchestrator's alarm notices.",
        {"style": "orchestration", "fault": "charge-customer:crash-before-work", "without": "late-ack"},
    ),
    Experiment(
        "outbox",
        "Kill payment between its two writes",
        "The charge is committed, and the message about it never sent. Only the alarm notices; "
        "the verdict names the zombie record.",
        {"style": "orchestration", "fault": "charge-customer:crash-after-commit", "without": "outbox"},
    ),
    Experiment(
        "undo-fails",
        "Let the refund fail",
        "The refund is tried until its attempts are used up. Then it needs a human; the page has a button for that.",
        {"style": "orchestration", "fail": "schedule-fulfilment", "fault": "charge-customer:compensation-fails"},
    ),
    Experiment(
        "durable-orchestrator",
        "Kill the orchestrator in the middle",
        "A new process reads the history and goes on where the dead one stopped. No step happens twice.",
        {"style": "orchestration", "fault": "orchestrator:crash-before-work@3"},
    ),
    Experiment(
        "no-coordinator-no-end",
        "Lose an event that everybody waits for",
        "Nothing happens for half a minute, for nobody is in charge. Only the order's deadline notices; then it is "
        "all taken back.",
        {"style": "choreography", "fault": "schedule-fulfilment:lost"},
    ),
    Experiment(
        "lost-past-the-pivot",
        "Lose a message past the pivot",
        "The courier is booked, so the deadline has nothing to take back. Nobody waits for the e-mail: the order is "
        "stuck. Then try an orchestration: it asks again.",
        {"style": "choreography", "fault": "send-confirmation:lost"},
    ),
    # The three kinds of step.
    Experiment(
        "compensable",
        "Undo everything that can be undone",
        "Validating, reserving and charging have an undo each, and each of them runs. Scheduling has none.",
        {"style": "choreography", "fail": "schedule-fulfilment"},
    ),
    Experiment(
        "pivot",
        "Let the pivot say no",
        "Scheduling is the last step that may refuse. It does, and so all before it is taken back and no e-mail is "
        "sent.",
        {"style": "orchestration", "fail": "schedule-fulfilment"},
    ),
    Experiment(
        "silent-pivot",
        "Let the pivot stay silent",
        "The courier is booked, and nobody hears of it in time. The orchestrator neither goes back nor goes on: it "
        "asks again. The second booking changes nothing, and the order completes.",
        {"style": "orchestration", "fault": "schedule-fulfilment:timeout-after-effect"},
    ),
    Experiment(
        "retriable",
        "Let the e-mail fail four times",
        "Any earlier step would have been given up by then. A step past the pivot has no last attempt: "
        "it is tried until it succeeds.",
        {"style": "orchestration", "fault": "send-confirmation:transient=4"},
    ),
    Experiment(
        "past-the-pivot",
        "Switch notification off when all is scheduled",
        "The e-mail is late, and nothing is undone for it: past the pivot an order only goes on.",
        {"style": "orchestration", "fault": "notification:down=15"},
    ),
    Experiment(
        "parallel-undo",
        "Undo two branches side by side",
        "Reserving and charging ran side by side, and so do their undos: both set out before either is done.",
        {"saga": "order-parallel", "style": "orchestration", "fail": "schedule-fulfilment"},
    ),
)
