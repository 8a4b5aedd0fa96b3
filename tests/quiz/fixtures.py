"""A small bank in plain values: what a short lesson would have."""


def reason_text(what):
    """Returns a reason that is long enough for a bank."""
    return f"The {what}, given in a whole sentence."


def option(name, **more):
    return {
        "id": name,
        "text": f"The words of {name}.",
        "why": reason_text(f"reason of {name}"),
        **more,
    }


def question(name, objective, kind="single", asks="why", **more):
    """Returns a question whose first option is right, or whose options are in their right order."""
    names = [f"{name}-{letter}" for letter in "abc"]
    if kind == "ordering":
        options = [option(each) for each in names]
    else:
        options = [
            option(each, right=not place or (kind == "multiple" and place < 2)) for place, each in enumerate(names)
        ]
    return {
        "id": name,
        "version": 1,
        "objective": objective,
        "kind": kind,
        "asks": asks,
        "prompt": f"What about {name}?",
        "paragraph": f"about-{objective}",
        "options": options,
        **more,
    }


def with_misconception(raw, misconception):
    """Adds that misconception to the question's last option."""
    raw["options"][-1]["misconception"] = misconception
    return raw


def traced(name, objective, **more):
    """Returns a trace question for which the stub engine makes the first option right."""
    raw = question(name, objective, **more)
    values = [["refund-customer", "release-inventory", "cancel-order"], ["cancel-order"], ["refund-customer"]]
    for each, value in zip(raw["options"], values, strict=True):
        del each["right"]
        each["value"] = value
    return {**raw, "settings": {"style": "orchestration"}, "trace": "compensations"}


def typed(name, objective, **more):
    """Returns a question about delivery, with two accepted answers and a wrong one that the author expects."""
    options = [
        option("semantics", text="at-least-once", right=True),
        option("short", text="ALO", right=True),
        option("strict", text="exactly once", right=False),
    ]
    return {**question(name, objective, asks="fact"), "kind": "text", "options": options, **more}


def numeric(name, objective, **more):
    """Returns a question for a time in milliseconds, with a wrong number that the author expects."""
    options = [
        {"id": "right", "number": 200, "tolerance": 10.5, "right": True, "why": reason_text("right number")},
        {"id": "retries", "number": 150, "right": False, "why": reason_text("reason of the retries")},
    ]
    return {**question(name, objective, asks="what-if"), "kind": "number", "unit": "ms", "options": options, **more}


def true_false(name, objective, **more):
    """Returns a statement that is false."""
    options = [
        {"id": True, "right": False, "why": reason_text("reason of true")},
        {"id": False, "right": True, "why": reason_text("reason of false")},
    ]
    return {**question(name, objective), "kind": "true-false", "options": options, **more}


# A bank whose check asks one question of each kind that is not in SMALL_BANK.
TYPED_BANK = {
    "title": "Choreography vs Orchestration",
    "objectives": {1: "Name it", 2: "Count it", 3: "Judge it"},
    "questions": [typed("name", 1), numeric("count", 2), true_false("judge", 3)],
}

SMALL_BANK = {
    "title": "Choreography vs Orchestration",
    "objectives": {1: "Tell them apart", 2: "Say what is undone", 3: "Choose"},
    "questions": [
        with_misconception(question("apart", 1), "orchestrator-loses-state"),
        question("elsewhere", 1),
        with_misconception(question("sibling", 1), "orchestrator-loses-state"),
        question(
            "order",
            2,
            kind="ordering",
            asks="what-if",
            settings={"style": "both", "fail": "charge-customer", "pace": "fast"},
        ),
        question("choose", 3, kind="multiple"),
        traced("run", 3, asks="fact"),
    ],
}
