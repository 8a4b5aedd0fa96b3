"""Questions about a learner's own runs, as plain values of which the quiz makes its questions."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from sandbox import selectors
from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import SagaStatus, Style
from sandbox.engine.evolve import evolve
from sandbox.models import Run
from sandbox.public.question_kinds import KINDS, Choice, QuestionKind
from sandbox.render.text.words import STYLE_NAMES, settings_in_words
from sandbox.runtime.storage.runs import UnknownSaga

# Questions are about so many of a learner's newest runs.
NEWEST = 5
MIN_OPTIONS = 3
ENDINGS = {SagaStatus.COMPENSATED: "and it was compensated", SagaStatus.COMPLETED: "and it was completed"}


def questions_about_runs(learner: str) -> list[dict[str, Any]]:
    """Returns questions about the learner's newest completed and compensated runs, the newest run first."""
    return [row for run in _runs(learner) for row in _rows(run)]


def _runs(learner: str) -> Iterable[Run]:
    rows = Run.objects.filter(learner=learner, load=None, status__in=ENDINGS, saga__in=SAGA)
    return rows.order_by("-started_at")[:NEWEST]


def _rows(run: Run) -> Iterator[dict[str, Any]]:
    try:
        recorded = selectors.recorded_run(run)
        selectors.require_defined(recorded)
    except UnknownSaga:
        return
    for kind in KINDS:
        question = kind.ask(recorded.record)
        if question and len(question.choices) >= MIN_OPTIONS:
            yield {
                "id": f"{run.pk}-{kind.name}",
                "version": kind.version,
                "asks": kind.asks,
                "prompt": f"{_which(run, kind)} {question.text}",
                "options": [_option(choice) for choice in question.choices],
                "address": _address(run, question.at),
                "before": _address(run, question.before),
                "started_at": datetime.fromtimestamp(run.started_at, UTC).isoformat(timespec="seconds"),
            }


def _address(run: Run, at: int) -> str:
    return f"{reverse('sandbox:run', args=[run.pk])}?at={at}"


def _which(run: Run, kind: QuestionKind) -> str:
    """Returns a sentence that says what was run and with which faults, without giving the answer away."""
    what = f"“{SAGA[run.saga].title}” as {STYLE_NAMES[Style(run.style)]}"
    faults = settings_in_words(kind.untold(_with_faults_by_hand(run)))
    return f"You ran {what}{f' ({faults})' if faults else ''}, {ENDINGS[SagaStatus(run.status)]}."


def _with_faults_by_hand(run: Run) -> RunSettings:
    """Returns the settings of the run, with the faults that were placed while it ran."""
    settings = run.run_settings
    by_hand = (fault for fault in map(Fault.load, run.faults) if fault.by_hand and fault.injected)
    return evolve(settings, fault=(*settings.fault, *by_hand))


def _option(choice: Choice) -> dict[str, Any]:
    return {
        "id": choice.text.lower().replace(" ", "-"),
        "text": choice.text,
        "why": choice.why,
        "right": choice.right,
    }
