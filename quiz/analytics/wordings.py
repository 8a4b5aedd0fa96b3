"""Whether all who answered an edition had the same before them, told from what their sittings have kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quiz.analytics.model import Wording
from quiz.bank.model import Question
from quiz.bank.question_snapshot import from_json, to_json

Row = Mapping[str, Any]
Words = tuple[object, ...]


def _words(row: Row) -> Words:
    """What makes one question another one: what is asked and offered, and the key. Neither order nor reasons do."""
    offered = frozenset(
        (option["id"], _plain(option["text"]), option["right"], option.get("place")) for option in row["options"]
    )
    return row["kind"], _plain(row["prompt"]), offered


def _plain(text: str) -> str:
    return " ".join(text.split())


@dataclass
class Asked:
    """What sittings have kept of one edition: each wording once, and how many answers were given to it.

    `reported` is what a learner had who reported it; it tells the words of an edition that no answer counts for.
    """

    times: Counter[Words] = field(default_factory=Counter)
    rows: dict[Words, Row] = field(default_factory=dict)
    last: Row | None = None
    reported: Row | None = None

    def add(self, row: Row, *, is_newest: bool) -> None:
        words = _words(row)
        self.times[words] += 1
        self.rows.setdefault(words, row)
        if is_newest:
            self.last = row

    @property
    def newest(self) -> Question | None:
        row = self.last or self.reported
        return from_json(row) if row else None

    def others(self, question: Question) -> tuple[Wording, ...]:
        """Every other wording than this question's, the commonest first."""
        known = _words(to_json(question))
        return tuple(
            Wording(from_json(self.rows[words]), times) for words, times in self.times.most_common() if words != known
        )
