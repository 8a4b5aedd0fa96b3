"""Lists the runs that a learner has kept, without those of loads, as a page shows them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.paginator import EmptyPage, Page, Paginator
from django.utils.timesince import timesince

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import SagaStatus
from sandbox.form_fields import whole_number
from sandbox.models import Load, Run
from sandbox.render.text.words import STATUS, settings_in_words
from sandbox.services import MAX_NAME

PAGE_SIZE = 25
JUST_NOW = 60.0  # seconds


class NoSuchPage(LookupError):
    """There is no page of that number; the message says how many there are."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One run of the list."""

    run: Run

    @property
    def word(self) -> str:
        return STATUS[SagaStatus(self.run.status)][0]

    @property
    def icon(self) -> str:
        return STATUS[SagaStatus(self.run.status)][1]

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
        """Says what was chosen to go wrong, or to differ from the defaults, and where a forked run comes from."""
        asked = settings_in_words(self.run.run_settings) or "nothing made to fail"
        forked_at = self.run.forked_at
        return asked if forked_at is None else f"{asked}, from fact {forked_at} of an earlier run"

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
