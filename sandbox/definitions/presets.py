"""The presets: settings to start from, each for one claim. A new preset is one more entry."""

from sandbox.definitions.model import Preset

PRESETS = (
    Preset(
        "all-goes-well",
        "All goes well",
        "Five services finish an order together, and none of them knows the whole way.",
        {"style": "choreography"},
    ),
    Preset(
        "card-declined",
        "Card declined",
        "Nothing is rolled back: what was done is undone by new transactions, last step first.",
        {"style": "orchestration", "fail": "charge-customer"},
    ),
    Preset(
        "lost-message",
        "Lost message",
        "A choreography falls silent, and only its deadline notices. Then try an orchestration: it asks again.",
        {"style": "choreography", "fault": "schedule-fulfilment:lost"},
    ),
    Preset(
        "twice-delivered",
        "Twice delivered",
        "A message may come twice. The inbox recognises it, and the customer is charged once.",
        {"style": "choreography", "fault": "charge-customer:duplicate"},
    ),
    Preset(
        "charged-twice",
        "Charged twice",
        "The same second copy without an inbox: now it is handled like the first.",
        {"style": "choreography", "fault": "charge-customer:duplicate", "without": "inbox"},
    ),
    Preset(
        "pull-the-plug",
        "Pull the plug",
        "The orchestrator is killed in the middle, and goes on from its history as if nothing had been.",
        {"style": "orchestration", "fault": "orchestrator:crash-before-work@3"},
    ),
    Preset(
        "refund-fails",
        "The refund fails",
        "An undo can fail as well. Nobody can undo that, and a human has to fix it.",
        {"style": "orchestration", "fail": "schedule-fulfilment", "fault": "charge-customer:compensation-fails"},
    ),
    Preset(
        "never-told",
        "Never told",
        "Without an outbox, a crash can fall between the work and telling of it: charged, and nobody hears.",
        {"style": "orchestration", "fault": "charge-customer:crash-after-commit", "without": "outbox"},
    ),
)
