"""Reads from an address which runs a list shows: search, filters, page, and the run that another is chosen for."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from sandbox import selectors
from sandbox.form_fields import too_much
from sandbox.models import Run
from sandbox.pages.history.filters import read_choices


@dataclass(frozen=True)
class HistoryQuery:
    """What a list of runs was asked for. `counterpart` is the run that one is to be compared with, if there is one.

    `problems` say what of it was not understood, and is ignored.
    """

    search: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    number: str = "1"
    counterpart: Run | None = None
    problems: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Returns names and values for an address or for hidden fields, without the page's number."""
        pairs = [("with", str(self.counterpart.pk))] if self.counterpart else []
        pairs += [("q", self.search)] if self.search else []
        return pairs + list(self.chosen.items())

    @property
    def is_filtered(self) -> bool:
        return bool(self.search or self.chosen)

    def address(self, number: int = 1) -> str:
        """Returns where that page of the list is."""
        pairs = self.pairs + ([("page", str(number))] if number > 1 else [])
        return reverse("sandbox:runs") + (f"?{urlencode(pairs)}" if pairs else "")

    @property
    def unfiltered(self) -> str:
        """Returns where the same list is without search and filters."""
        return HistoryQuery(counterpart=self.counterpart).address()


def read_query(given: QueryDict, learner: str) -> HistoryQuery:
    """Returns what was asked for. Raises NoSuchRun when the learner may not see the run to compare with."""
    if problem := too_much(given):
        return HistoryQuery(problems=(problem,))
    chosen, problems = read_choices(given)
    counterpart = None
    if wanted := given.get("with", ""):
        counterpart = _counterpart(wanted, learner)
        problems += [] if counterpart else [f"“{wanted[:40]}” is no run to compare with."]
    search = " ".join(given.get("q", "").split())
    if counterpart:
        chosen.pop("saga", None)
    return HistoryQuery(search, chosen, given.get("page", "1"), counterpart, tuple(problems))


def _counterpart(wanted: str, learner: str) -> Run | None:
    try:
        return selectors.run_for(learner, uuid.UUID(wanted))
    except ValueError:
        return None
