"""Counts the wordings under which a question version was asked, from what attempts have kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quiz.analytics.model import Wording
from quiz.bank.model import Question
from quiz.bank.question_snapshot import from_json, to_json

Row = Mapping[str, Any]
Identity = tuple[object, ...]
# The fields of an option that decide what is right.
KEY_FIELDS = ("right", "place", "number", "tolerance")


def _identity(row: Row) -> Identity:
    """Returns what identifies a wording: what is asked and offered, and the key, but neither order nor reasons."""
    offered = frozenset(
        (option["id"], _plain(option["text"]), *(option.get(name) for name in KEY_FIELDS)) for option in row["options"]
    )
    return row["kind"], _plain(row["prompt"]), row.get("unit", ""), offered


def _plain(text: str) -> str:
    return " ".join(text.split())


@dataclass
class WordingCounts:
    """The wordings of one question version: each once, with how many answers were given to it.

    `reported` is the wording of the newest report, for a version of which no answer counts.
    """

    times: Counter[Identity] = field(default_factory=Counter)
    rows: dict[Identity, Row] = field(default_factory=dict)
    last: Row | None = None
    reported: Row | None = None

    def add(self, row: Row, *, is_newest: bool) -> None:
        identity = _identity(row)
        self.times[identity] += 1
        self.rows.setdefault(identity, row)
        if is_newest:
            self.last = row

    @property
    def newest(self) -> Question | None:
        row = self.last or self.reported
        return from_json(row) if row else None

    def other_wordings(self, question: Question) -> tuple[Wording, ...]:
        """Returns every wording but this question's, the commonest first."""
        known = _identity(to_json(question))
        return tuple(
            Wording(from_json(self.rows[identity]), times)
            for identity, times in self.times.most_common()
            if identity != known
        )
