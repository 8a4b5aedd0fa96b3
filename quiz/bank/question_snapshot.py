"""A drawn question as JSON and back: an attempt keeps the words and keys it was asked with, whatever changes later."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from quiz.bank.model import Asks, Kind, Option, Question

KEPT = ("id", "version", "objective", "kind", "asks", "prompt", "paragraph", "sandbox", "run")
KEPT_OF_OPTION = ("id", "text", "why", "right", "misconception", "place")


def to_json(question: Question) -> dict[str, Any]:
    row = asdict(question)
    options = [{name: option[name] for name in KEPT_OF_OPTION} for option in row["options"]]
    return {**{name: row[name] for name in KEPT}, "options": options}


def from_json(row: Mapping[str, Any]) -> Question:
    options = tuple(Option(**option) for option in row["options"])
    asks = Asks(row.get("asks", Asks.FACT))
    return Question(**{**row, "kind": Kind(row["kind"]), "asks": asks, "options": options})
