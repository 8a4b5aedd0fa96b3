"""Converts a question to JSON and back: an attempt keeps the texts and keys that it was asked with."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from quiz.bank.model import Asks, Kind, Option, Question

QUESTION_FIELDS = ("id", "version", "objective", "kind", "asks", "prompt", "paragraph", "sandbox", "run")
OPTION_FIELDS = ("id", "text", "why", "right", "misconception", "place")


def to_json(question: Question) -> dict[str, Any]:
    row = asdict(question)
    options = [{name: option[name] for name in OPTION_FIELDS} for option in row["options"]]
    return {**{name: row[name] for name in QUESTION_FIELDS}, "options": options}


def from_json(row: Mapping[str, Any]) -> Question:
    options = tuple(Option(**option) for option in row["options"])
    asks = Asks(row.get("asks", Asks.FACT))
    return Question(**{**row, "kind": Kind(row["kind"]), "asks": asks, "options": options})
