"""Converts a question to JSON and back: an attempt keeps the texts and keys that it was asked with."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from quiz.bank.model import Asks, Kind, Option, Question

QUESTION_FIELDS = (
    "id", "version", "objective", "kind", "asks", "prompt", "paragraph", "sandbox", "run", "run_before",
    "run_started_at", "counts", "unit",
)  # fmt: skip
OPTION_FIELDS = ("id", "text", "why", "right", "misconception", "place")
DECIMAL_FIELDS = ("number", "tolerance")


def to_json(question: Question) -> dict[str, Any]:
    row = asdict(question)
    options = [_option_to_json(option, question.kind) for option in row["options"]]
    return {**{name: row[name] for name in QUESTION_FIELDS}, "options": options}


def _option_to_json(option: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    decimals = DECIMAL_FIELDS if kind is Kind.NUMBER else ()
    return {name: option[name] for name in OPTION_FIELDS} | {name: str(option[name]) for name in decimals}


def from_json(row: Mapping[str, Any]) -> Question:
    options = tuple(_option_from_json(option) for option in row["options"])
    asks = Asks(row.get("asks", Asks.FACT))
    return Question(**{**row, "kind": Kind(row["kind"]), "asks": asks, "options": options})


def _option_from_json(option: Mapping[str, Any]) -> Option:
    decimals = {name: Decimal(option[name]) for name in DECIMAL_FIELDS if name in option}
    return Option(**{**option, **decimals})
