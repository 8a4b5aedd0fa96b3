"""`manage.py checklabs` runs every lab on the real workers, and says whether each shows what it claims."""

import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sandbox import selectors, services
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import Pace, Stock
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.evolve import evolve
from sandbox.labs.debrief import figures_in, fill
from sandbox.labs.experiments import labs
from sandbox.labs.hints import records_of
from sandbox.labs.model import Lab
from sandbox.models import Load, Run
from sandbox.pages.lab.progress import load_figures_of
from sandbox.runtime import wait


class Command(BaseCommand):
    help = (
        "Runs every lab on the real workers: its goal is reached, its right prediction is what the engine does, and "
        "its debrief has its figures. Exit status: 0 all are right, 1 one is not."
    )
    requires_system_checks: list[str] = []  # `make run` has checked

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lab", nargs="*", metavar="LAB", help="the labs to check; without any, all")
        parser.add_argument("--record", action="store_true", help="keep these runs as what the labs show to who asks")
        parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="how long to wait for all")

    def handle(self, *args: Any, **options: Any) -> None:
        known = labs()
        if unknown := [name for name in options["lab"] if name not in known]:
            self._leave(f"there is no lab {unknown[0]!r}; the labs are {', '.join(known)}", status=2)
        if not wait.clock_is_running():
            self.stderr.write("checklabs: no clock is to be seen; start everything with make run first")
        chosen = [known[name] for name in options["lab"] or known]
        deadline = time.monotonic() + options["timeout"]
        pace = Pace.FOLLOW if options["record"] else Pace.FAST
        started = [(lab, services.start_together(_at(pace, lab), learner=None)) for lab in chosen]
        wrong = 0
        for lab, runs in started:
            problems = list(self._problems(lab, runs, deadline))
            wrong += bool(problems)
            if options["record"] and not problems and not lab.is_load:
                services.record_lab(lab, runs)
            self.stdout.write(f"{lab.name}: {'; '.join(problems) or 'right'}")
        sys.exit(1 if wrong else 0)

    def _problems(self, lab: Lab, runs: Sequence[Run], deadline: float) -> Iterator[str]:
        # Which of two orders comes first to a stock that they share is a matter of time.
        skips = lab.runs[0].stock == Stock.OWN
        if not all(services.wait_for_end(run, deadline=deadline, skips=skips) for run in runs):
            yield "a run has not ended in time"
            return
        records = [selectors.recorded_run(run).record for run in runs]
        yield from problems_of(lab, records)
        if lab.is_load:
            yield from _problems_of_load(lab, records, deadline)

    def _leave(self, message: str, *, status: int) -> None:
        self.stderr.write(f"checklabs: {message}")
        sys.exit(status)


def _at(pace: Pace, lab: Lab) -> list[RunSettings]:
    return [evolve(run, pace=pace) for run in lab.runs]


def problems_of(lab: Lab, records: Sequence[RunRecord]) -> Iterator[str]:
    """Yields what these runs of a lab do not show."""
    if not lab.aim.reached(records):
        yield f"the goal {lab.goal} was not reached"
    simulated = records_of(lab.runs)
    for question in lab.predictions:
        happened, meant = question.outcome(records), question.outcome(simulated)
        if happened != meant or happened not in question.options:
            yield f"“{question.ask}” came out as {happened!r}, the engine says {meant!r}"
    if not lab.is_load:
        yield from _problems_of_debrief(lab, records)


def _problems_of_debrief(
    lab: Lab, records: Sequence[RunRecord], load: Sequence[Mapping[str, str]] = ()
) -> Iterator[str]:
    """Yields the figures of the debrief that these runs leave empty. Raises IndexError where a run is missing."""
    for name, run in figures_in(lab.debrief):
        if not fill(f"{{{name}.{run + 1}}}", records, load):
            yield f"the debrief has nothing for {{{name}.{run + 1}}}"


def _problems_of_load(lab: Lab, records: Sequence[RunRecord], deadline: float) -> Iterator[str]:
    """Yields what is wrong with the load of a lab: all its orders come to their end, and its figures are told."""
    load = services.start_load(services.load_settings(lab), learner=str(uuid.uuid4()))
    while Load.objects.filter(pk=load.pk, is_running=True).exists():
        if time.monotonic() > deadline:
            yield "the load has not ended in time"
            return
        time.sleep(wait.POLL)
    load.refresh_from_db()
    ended = Run.objects.filter(load=load, ended_at__isnull=False).count()
    if load.problem or ended != load.count * len(load.styles):
        yield f"{ended} of {load.count * len(load.styles)} orders have ended; {load.problem}"
    yield from _problems_of_debrief(lab, records, load_figures_of(load))
