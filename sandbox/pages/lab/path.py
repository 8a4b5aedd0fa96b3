"""The path through the labs: which a learner has done, which were predicted wrong, and what is next."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from learners.spacing import DAYS
from sandbox.labs.experiments import labs
from sandbox.labs.model import Lab
from sandbox.models import LabAttempt

DAY = 86_400.0


class LabMark(StrEnum):
    """What a learner has done with a lab; the newest attempt decides."""

    OPEN = "open"
    BEGUN = "begun"
    RIGHT = "right"
    WRONG = "wrong"
    DONE = "done"


# The word and the icon of each mark.
LOOKS = {
    LabMark.OPEN: ("not done yet", "circle-dashed"),
    LabMark.BEGUN: ("begun", "circle-dot"),
    LabMark.RIGHT: ("predicted right", "circle-check"),
    LabMark.WRONG: ("predicted wrong", "circle-x"),
    LabMark.DONE: ("done without a prediction", "circle-check"),
}


@dataclass(frozen=True, slots=True)
class LabRow:
    """A lab on the path. It `is_due` when it was predicted wrong and is worth another look by now."""

    lab: Lab
    mark: LabMark
    is_due: bool

    @property
    def word(self) -> str:
        return LOOKS[self.mark][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.mark][1]

    @property
    def is_to_do(self) -> bool:
        return self.mark in {LabMark.OPEN, LabMark.BEGUN}


@dataclass(frozen=True, slots=True)
class LabPath:
    """All labs as one learner has done them. `first` are those of the first path, in its order."""

    rows: tuple[LabRow, ...]

    @property
    def first(self) -> tuple[LabRow, ...]:
        rows = (row for row in self.rows if row.lab.first_path)
        return tuple(sorted(rows, key=lambda row: row.lab.first_path))

    @property
    def lessons(self) -> list[tuple[str, list[LabRow]]]:
        """Returns the labs of each lesson, under the name of its folder."""
        return [(lesson, list(rows)) for lesson, rows in groupby(self.rows, key=lambda row: row.lab.lesson)]

    @property
    def due(self) -> list[LabRow]:
        return [row for row in self.rows if row.is_due]

    @property
    def is_begun(self) -> bool:
        """Returns whether anything is stored of the learner's labs that counts."""
        return any(row.mark is not LabMark.OPEN for row in self.rows)

    @property
    def done(self) -> int:
        return sum(not row.is_to_do for row in self.rows)

    @property
    def first_done(self) -> int:
        return sum(not row.is_to_do for row in self.first)

    @property
    def first_minutes(self) -> int:
        return sum(row.lab.minutes for row in self.first)

    @property
    def next(self) -> LabRow | None:
        """Returns the first lab to do: of the first path, then of all; None when all are done."""
        return next((row for row in (*self.first, *self.rows) if row.is_to_do), None)

    def after(self, lab: Lab) -> LabRow | None:
        """Returns the lab to do after that one: further on the first path for one of it, or else in its lesson."""
        ways = (self.first, self.rows) if lab.first_path else (self.rows,)
        for way in ways:
            place = next((at for at, row in enumerate(way) if row.lab.name == lab.name), 0)
            for row in [*way[place + 1 :], *way[:place]]:
                if row.is_to_do:
                    return row
        return None


def path_of(learner: str | None, *, now: float) -> LabPath:
    """Returns the path of a learner, None for one of whom nothing is stored yet."""
    attempts = _attempts(learner) if learner else {}
    return LabPath(tuple(_row(lab, attempts.get(name, []), now) for name, lab in labs().items()))


def _attempts(learner: str) -> Mapping[str, list[LabAttempt]]:
    """Returns the learner's attempts at each lab, oldest first, without those that only showed it."""
    found: dict[str, list[LabAttempt]] = {}
    for one in LabAttempt.objects.filter(learner=learner, shown=False).order_by("begun_at"):
        found.setdefault(one.lab, []).append(one)
    return found


def _row(lab: Lab, attempts: list[LabAttempt], now: float) -> LabRow:
    due = due_at(attempts)
    return LabRow(lab, _mark(attempts), due is not None and due <= now)


def _mark(attempts: list[LabAttempt]) -> LabMark:
    explained = [one for one in attempts if one.explained_at is not None and one.reached]
    if not explained:
        return LabMark.BEGUN if attempts else LabMark.OPEN
    if (is_right := explained[-1].is_right) is None:
        return LabMark.DONE
    return LabMark.RIGHT if is_right else LabMark.WRONG


def due_at(attempts: Iterable[LabAttempt]) -> float | None:
    """Returns when a lab that was predicted wrong is to be done again, as missed questions are; None for never."""
    stage, due = 0, None
    for at, is_right in _predicted(attempts):
        if not is_right:
            stage, due = 0, at + DAYS[0] * DAY
        elif due is not None and at >= due:
            stage += 1
            due = at + DAYS[stage] * DAY if stage < len(DAYS) else None
    return due


def _predicted(attempts: Iterable[LabAttempt]) -> Iterator[tuple[float, bool]]:
    for one in attempts:
        if one.explained_at is not None and one.is_right is not None:
            yield one.explained_at, one.is_right
