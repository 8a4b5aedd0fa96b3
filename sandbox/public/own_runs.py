"""What a learner's own runs can be asked about, in plain values: the quiz makes questions of its own of them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from sandbox import selectors
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import SagaStatus, Style
from sandbox.models import Run
from sandbox.public.question_kinds import KINDS, Choice
from sandbox.render.text.words import STYLE_NAMES
from sandbox.runtime.storage.runs import UnknownSaga

# Only so many of a learner's newest runs are asked about.
NEWEST = 5
FEWEST_OPTIONS = 3
ENDINGS = {SagaStatus.COMPENSATED: "and it was compensated", SagaStatus.COMPLETED: "and it was completed"}


def questions_about_runs(learner: str) -> list[dict[str, Any]]:
    """What can be asked about the learner's newest runs that have come to an orderly end, the newest run first."""
    return [row for run in _runs(learner) for row in _rows(run)]


def _runs(learner: str) -> Iterable[Run]:
    rows = Run.objects.filter(learner=learner, load=None, status__in=ENDINGS, saga__in=SAGA)
    return rows.order_by("-started_at")[:NEWEST]


def _rows(run: Run) -> Iterator[dict[str, Any]]:
    try:
        story = selectors.recorded_run(run)
        selectors.require_defined(story)
    except UnknownSaga:
        return
    for kind in KINDS:
        asked = kind.ask(story.record)
        if asked and len(asked.choices) >= FEWEST_OPTIONS:
            yield {
                "id": f"{run.pk}-{kind.name}",
                "version": kind.version,
                "asks": kind.asks,
                "prompt": f"{_which(run)} {asked.text}",
                "options": [_option(choice) for choice in asked.choices],
                "address": f"{reverse('sandbox:run', args=[run.pk])}?at={asked.at}",
            }


def _which(run: Run) -> str:
    """Which run is meant, in a sentence that gives no answer away."""
    at = datetime.fromtimestamp(run.started_at, UTC)
    when = f"{at.day} {at:%B}, {at:%H:%M} UTC"
    what = f"“{SAGA[run.saga].title}” as {STYLE_NAMES[Style(run.style)]}"
    return f"On {when}, you ran {what}, {ENDINGS[SagaStatus(run.status)]}."


def _option(choice: Choice) -> dict[str, Any]:
    return {
        "id": choice.text.lower().replace(" ", "-"),
        "text": choice.text,
        "why": choice.why,
        "right": choice.right,
    }
