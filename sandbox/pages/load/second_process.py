"""Builds what a load's page shows of a second process: the samples of each style, and what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.definitions.registry import title
from sandbox.engine.analysis.samples import LoadComparison, Samples
from sandbox.models import Load
from sandbox.pages.load.results import Result, comparison, comparisons_of, results_of
from sandbox.render.text.change_words import LoadMeasure, measure_of, needed, what_changed


@dataclass(frozen=True, slots=True)
class SamplesRow:
    """One style without and with the second process, which cannot change a control."""

    style: str
    without: str
    changed: str
    is_control: bool


@dataclass(frozen=True, slots=True)
class SecondProcessView:
    """One comparison, ready to be shown. `missing` counts the loads that it still needs."""

    helped: str
    title: str
    rows: Sequence[SamplesRow]
    sentences: Sequence[str]
    needed: str
    missing: int


def comparison_with(load: Load, helped: str) -> LoadComparison:
    """Returns the comparison of the loads like this one without a second process and with one for that actor."""
    return comparison(load, helped, results_of(str(load.learner), like=load))


def second_process_context(load: Load, results: Sequence[Result] | None = None) -> dict[str, Any]:
    """Returns what a page needs to show what a second process changes; `results` are those of loads like this one."""
    results = results_of(str(load.learner), like=load) if results is None else results
    measure = measure_of(load.rate)
    running = _running_like(load)
    return {
        "comparisons": [_view(one, measure) for one in comparisons_of(load, results)],
        "measure": measure.name,
        "following": running,
        "following_helped": title(running.helped) if running and running.helped else "",
    }


def _running_like(load: Load) -> Load | None:
    """Returns the learner's load that runs, if it is another one like this."""
    running = Load.objects.filter(learner=load.learner, is_running=True).exclude(pk=load.pk).first()
    return running if running and running.conditions == load.conditions else None


def _view(one: LoadComparison, measure: LoadMeasure) -> SecondProcessView:
    return SecondProcessView(
        helped=one.helped,
        title=title(one.helped),
        rows=[_row(each, measure) for each in one.styles],
        sentences=what_changed(one, measure),
        needed=needed(one),
        missing=len(one.missing),
    )


def _row(one: Samples, measure: LoadMeasure) -> SamplesRow:
    return SamplesRow(
        one.style, measure.figures(one.without), measure.figures(one.changed), is_control=not one.is_touched
    )
