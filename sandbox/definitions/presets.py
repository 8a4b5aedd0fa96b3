"""The presets: settings to start from, each for one claim. A new preset is one more entry."""

from sandbox.definitions.model import Preset
from sandbox.definitions.terms import PresetGroup

PRESETS = (
    Preset(
        "all-goes-well",
        "All goes well",
        "Five services finish an order together, and none of them knows the whole way.",
        {"style": "choreography"},
        PresetGroup.FLOWS,
    ),
    Preset(
        "in-parallel",
        "In parallel",
        "Stock and card are tried at the same time. When the card is declined, the stock must be given back.",
        {"saga": "order-parallel", "style": "orchestration", "fail": "charge-customer"},
        PresetGroup.FLOWS,
    ),
    Preset(
        "hybrid",
        "Hybrid",
        "The orchestrator decides when the shipment is prepared; inside, the services follow each other's events.",
        {"saga": "order-hybrid", "style": "hybrid"},
        PresetGroup.FLOWS,
    ),
    Preset(
        "card-declined",
        "Card declined",
        "Nothing is rolled back: what was done is undone by new transactions, last step first.",
        {"style": "orchestration", "fail": "charge-customer"},
        PresetGroup.REFUSALS,
    ),
    Preset(
        "declined-in-both-styles",
        "Declined, both styles",
        "The same undos happen in both. Who decides them differs: each service for itself, or the orchestrator.",
        {"style": "both", "fail": "charge-customer"},
        PresetGroup.REFUSALS,
    ),
    Preset(
        "refund-fails",
        "Refund fails",
        "An undo can fail as well. Nobody can undo that, and a human has to fix it.",
        {"style": "orchestration", "fail": "schedule-fulfilment", "fault": "charge-customer:compensation-fails"},
        PresetGroup.REFUSALS,
    ),
    Preset(
        "lost-message",
        "Lost message",
        "A choreography falls silent, and only its deadline notices. An orchestration asks again: this is the pivot.",
        {"style": "choreography", "fault": "schedule-fulfilment:lost"},
        PresetGroup.MESSAGES,
    ),
    Preset(
        "duplicate-message",
        "Duplicate message",
        "A message may come twice. The inbox recognises it, and the customer is charged once.",
        {"style": "choreography", "fault": "charge-customer:duplicate"},
        PresetGroup.MESSAGES,
    ),
    Preset(
        "duplicate-without-an-inbox",
        "Duplicate without an inbox",
        "The same second copy without an inbox: now it is handled like the first, and the customer is charged twice.",
        {"style": "choreography", "fault": "charge-customer:duplicate", "without": "inbox"},
        PresetGroup.MESSAGES,
    ),
    Preset(
        "orchestrator-crash",
        "Orchestrator crash",
        "The orchestrator is killed in the middle, and goes on from its history as if nothing had happened.",
        {"style": "orchestration", "fault": "orchestrator:crash-before-work@3"},
        PresetGroup.CRASHES,
    ),
    Preset(
        "crash-without-an-outbox",
        "Crash without an outbox",
        "Without an outbox, a crash can fall between the work and telling of it: charged, and nobody hears.",
        {"style": "orchestration", "fault": "charge-customer:crash-after-commit", "without": "outbox"},
        PresetGroup.CRASHES,
    ),
    Preset(
        "three-day-wait",
        "Three-day wait",
        "The courier takes three days. No process waits that long: a timer in the database does. You can skip ahead.",
        {"saga": "order-long", "style": "orchestration"},
        PresetGroup.TIME,
    ),
    Preset(
        "late-answer",
        "Answer too late",
        "The card is charged, and the answer is late. The orchestrator cannot know, so it has the charge undone.",
        {"style": "orchestration", "fault": "charge-customer:timeout-after-effect"},
        PresetGroup.TIME,
    ),
)
