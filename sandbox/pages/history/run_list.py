"""Lists the runs that a learner has kept, without those of loads, as a page shows them."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.core.paginator import EmptyPage, Page, Paginator
from django.utils.timesince import timesince

from sandbox import selectors
from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import ENDED, Pace, SagaStatus
from sandbox.engine.analysis.invariants import invariants_of
from sandbox.engine.analysis.verdict import Verdict
from sandbox.form_fields import whole_number
from sandbox.models import Load, Run
from sandbox.render.text.format import listed
from sandbox.render.text.words import STATUS, settings_in_words
from sandbox.services import MAX_NAME

PAGE_SIZE = 25
JUST_NOW = 60.0  # seconds
# Every guarantee that a run of some saga is judged by, by its name.
GUARANTEES = {one.name: one.title for saga in SAGA.values() for one in invariants_of(saga)}


class NoSuchPage(LookupError):
    """There is no page of that number; the message says how many there are."""


@dataclass(frozen=True)
class HistoryRow:
    """One run of the list. It says the same of the run as the run's own page."""

    run: Run

    @cached_property
    def verdict(self) -> Verdict | None:
        return selectors.verdict_on(self.run)

    @property
    def broken(self) -> list[str]:
        """Returns the titles of the guarantees that the run broke."""
        names = self.verdict.broken if self.verdict else ()
        return [GUARANTEES.get(name, name) for name in names]

    @property
    def word(self) -> str:
        return self._looks[0]

    @property
    def icon(self) -> str:
        return "triangle-alert" if self.broken else self._looks[1]

    @property
    def _looks(self) -> tuple[str, str]:
        word, icon = STATUS[SagaStatus(self.run.status)]
        if self.run.status == SagaStatus.COMPENSATED and self.verdict and self.verdict.undone == ():
            return "Refused, nothing to undo", "ban"
        if self.run.status not in ENDED and self.run.pace == Pace.STEP:
            return f"{word}: you deliver", "hand"
        return word, icon

    @property
    def kind(self) -> str:
        """Returns the saga and the style; a saga that is gone by now has no title any more."""
        saga = SAGA.get(self.run.saga)
        return f"{saga.title if saga else self.run.saga}, {self.run.style}"

    @property
    def title(self) -> str:
        return self.run.name or self.kind

    @property
    def asked(self) -> str:
        """Says what was chosen to go wrong, or to differ from the defaults, and what the learner struck by hand."""
        return "; ".join(filter(None, (settings_in_words(self.run.run_settings), self._by_hand))) or "no fault"

    @property
    def _by_hand(self) -> str:
        faults = (fault for fault in map(Fault.load, self.run.faults) if fault.by_hand and fault.injected)
        counts = Counter(FAULT[fault.kind].title.lower() if fault.kind in FAULT else fault.kind for fault in faults)
        struck = (f"{words}, {count} times" if count > 1 else words for words, count in counts.items())
        return f"by hand: {listed(struck)}" if counts else ""

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.run.started_at, UTC)

    @property
    def ago(self) -> str:
        """Says how long ago it was started, in the largest unit that fits."""
        now = datetime.now(UTC)
        return "just now" if (now - self.at).total_seconds() < JUST_NOW else f"{timesince(self.at, now, depth=1)} ago"


def pages_of(learner: str) -> "Paginator[Run]":
    """Returns the learner's runs, newest first, in pages. Orders of a load are shown as its figures instead."""
    return Paginator(Run.objects.filter(learner=learner, load=None).order_by("-started_at", "-pk"), PAGE_SIZE)


def history_context(learner: str, number: str) -> dict[str, Any]:
    """Returns everything that the page of that number shows. Raises NoSuchPage."""
    pages = pages_of(learner)
    try:
        page: Page[Run] = pages.page(whole_number(number) or 0)
    except EmptyPage as error:
        there = "there is one" if pages.num_pages == 1 else f"there are {pages.num_pages}"
        raise NoSuchPage(f"Your runs have no page “{number[:40]}”; {there}.") from error
    loads = Load.objects.filter(learner=learner).count()
    return {"page": page, "loads": loads, "groups": _grouped(map(HistoryRow, page)), "longest_name": MAX_NAME}


def _grouped(rows: Iterable[HistoryRow]) -> list[list[HistoryRow]]:
    """Groups the rows: those of runs that were started together are one group."""
    listed = list(rows)
    on_page = {row.run.pk for row in listed}
    groups: dict[uuid.UUID, list[HistoryRow]] = {}
    for row in listed:
        first = row.run.compared_with_id
        groups.setdefault(first if first in on_page else row.run.pk, []).append(row)
    return list(groups.values())
