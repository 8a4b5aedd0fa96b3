"""Lists runs as a page shows them: those of a learner, or from the command line, without those of loads."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import QuerySet
from django.utils.timesince import timesince

from sandbox import selectors
from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import ENDED, Pace, SagaStatus
from sandbox.engine.analysis.verdict import Verdict
from sandbox.form_fields import whole_number
from sandbox.models import Load, Run
from sandbox.pages.history.filters import GUARANTEES, filter_fields, listed_runs
from sandbox.pages.history.history_query import HistoryQuery
from sandbox.render.text.format import listed
from sandbox.render.text.words import settings_in_words, status_in_a_word
from sandbox.services import MAX_NAME

PAGE_SIZE = 25
JUST_NOW = 60.0  # seconds


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
        is_held = self.run.status not in ENDED and self.run.pace == Pace.STEP
        undone = self.verdict.undone if self.verdict else None
        return status_in_a_word(SagaStatus(self.run.status), undone=undone, is_held=is_held)

    @property
    def key(self) -> str:
        return str(self.run.pk)

    @property
    def is_mine(self) -> bool:
        """Returns whether a learner started it, and not the command line."""
        return self.run.learner is not None

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
        """Says what was chosen to go wrong, what the learner struck by hand, and where a forked run comes from."""
        asked = "; ".join(filter(None, (settings_in_words(self.run.run_settings), self._by_hand))) or "no fault"
        forked_at = self.run.forked_at
        return asked if forked_at is None else f"{asked}, from fact {forked_at} of an earlier run"

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


def history_context(query: HistoryQuery, learner: str, *, ticked: Collection[str] = ()) -> dict[str, Any]:
    """Returns everything that a page of the list shows, with the `ticked` runs ticked again. Raises NoSuchPage."""
    pages = pages_of(query, learner)
    try:
        page: Page[Run] = pages.page(whole_number(query.number) or 0)
    except EmptyPage as error:
        there = "there is one" if pages.num_pages == 1 else f"there are {pages.num_pages}"
        raise NoSuchPage(f"Your runs have no page “{query.number[:40]}”; {there}.") from error
    own = pages.count if query == HistoryQuery(number=query.number) else _own(learner).count()
    return {
        "query": query,
        "page": page,
        "newer": query.address(page.number - 1),
        "older": query.address(page.number + 1),
        "here": urlencode([*query.pairs, ("page", str(page.number))]),
        "filters": filter_fields(query.chosen, without="saga" if query.counterpart else ""),
        "counterpart": query.counterpart and HistoryRow(query.counterpart),
        "ticked": ticked,
        "own": own,
        "loads": Load.objects.filter(learner=learner).count(),
        "groups": _grouped(map(HistoryRow, page)),
        "longest_name": MAX_NAME,
    }


def pages_of(query: HistoryQuery, learner: str) -> "Paginator[Run]":
    """Returns the runs that were asked for, newest first, in pages."""
    runs = listed_runs(learner, query.chosen, query.search)
    if query.counterpart:
        runs = runs.filter(saga=query.counterpart.saga).exclude(pk=query.counterpart.pk)
    return Paginator(runs, PAGE_SIZE)


def _own(learner: str) -> QuerySet[Run]:
    """Returns all runs that “Delete all” deletes, besides those of loads."""
    return Run.objects.filter(learner=learner, load=None)


def _grouped(rows: Iterable[HistoryRow]) -> list[list[HistoryRow]]:
    """Groups the rows: those of runs that were started together are one group."""
    listed = list(rows)
    on_page = {row.run.pk for row in listed}
    groups: dict[uuid.UUID, list[HistoryRow]] = {}
    for row in listed:
        first = row.run.compared_with_id
        groups.setdefault(first if first in on_page else row.run.pk, []).append(row)
    return list(groups.values())
