import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import quantiles
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from sandbox import selectors, services
from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import BOTH, DEFAULTS, SETTINGS, InvalidValue, RunSettings, Setting
from sandbox.definitions.terms import Pace
from sandbox.engine.analysis.invariants import Finding, broken
from sandbox.models import Run
from sandbox.pages.run import snapshot_reader
from sandbox.render.text.story import story
from sandbox.runtime import wait
from sandbox.selectors import RecordedRun

MOST_AT_ONCE, MOST_NAMED = 10_000, 5


class Command(BaseCommand):
    help = (
        "Runs a saga on the real workers and says how it ended. "
        "Exit status: 0 no guarantee was broken, 1 one was or the sandbox failed, 2 usage."
    )
    requires_system_checks: list[str] = []  # `make run` has checked; a lesson that is half written stops no run

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("saga", metavar="SAGA", help=f"what to run: one of {', '.join(SAGA)}")
        for name, setting in SETTINGS.items():
            if name != "saga" and not setting.by_program:
                _add_setting(parser, name, setting)
        parser.add_argument("--count", type=int, default=1, help="how many sagas to start at once; the answer sums up")
        parser.add_argument("--skip", action="store_true", help="skip ahead where nothing happens for a while")
        parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS", help="how long to wait for the end")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        settings = self._settings(options)
        if not 1 <= options["count"] <= MOST_AT_ONCE:
            self._leave(f"count {options['count']} is out of range; start 1 to {MOST_AT_ONCE} sagas", status=2)
        if options["timeout"] <= 0:
            self._leave(f"timeout {options['timeout']:g} is out of range; wait more than 0 seconds", status=2)
        if not wait.clock_is_running():
            self.stderr.write(
                "runsaga: no clock is to be seen; without make run in another terminal, with the same VAR_DIR, "
                "nothing will happen"
            )
        runs = self._start(settings, options["count"])
        try:
            self._wait(runs, options["timeout"], skips=options["skip"])
        except KeyboardInterrupt:
            self._leave("no longer waits; what was started goes on", status=1)
        records = [selectors.recorded_run(run) for run in runs]
        self.stdout.write(_as_json(records) if options["json"] else _as_words(records))
        sys.exit(1 if any(map(_is_wrong, records)) else 0)

    def _settings(self, options: Mapping[str, Any]) -> RunSettings:
        given = {name: _listed(options[name]) for name in SETTINGS if options.get(name) is not None}
        try:
            return RunSettings.read({"pace": [Pace.FAST], **given})
        except InvalidValue as error:
            self._leave(str(error), status=2)

    def _start(self, settings: RunSettings, count: int) -> list[Run]:
        try:
            return services.start_runs(settings, count=count, learner=None)
        except InvalidValue as error:
            self._leave(str(error), status=2)
        except DatabaseError as error:
            first = "start everything with make run first, with the same VAR_DIR"
            self._leave(f"the database is not ready ({error}); {first}", status=1)

    def _wait(self, runs: Sequence[Run], seconds: float, *, skips: bool) -> None:
        deadline = time.monotonic() + seconds
        for run in runs:
            if not services.wait_for_end(run, deadline=deadline, skips=skips):
                why = snapshot_reader.idle_reason_of(run.pk, selectors.recorded_run(run).board)
                hint = "" if why.kind == "held" else " Are the workers running (make run)?"
                self._leave(
                    f"run {run.pk} has not ended within {seconds:g} s. {why.sentence}{hint} "
                    f"Its page is /sandbox/runs/{run.pk}/",
                    status=1,
                )

    def _leave(self, message: str, *, status: int) -> NoReturn:
        self.stderr.write(f"runsaga: {message}")
        sys.exit(status)


def _add_setting(parser: CommandParser, name: str, setting: Setting) -> None:
    options = ", ".join(option for option in setting.options if option != BOTH)
    values = f"; one of {options}" if options and not setting.metavar else ""
    action = "append" if isinstance(DEFAULTS[name], tuple) else "store"
    parser.add_argument(f"--{name}", action=action, metavar=setting.metavar, help=f"{setting.help}{values}")


def _is_wrong(recorded: RecordedRun) -> bool:
    return bool(broken(recorded.findings)) or recorded.board.sandbox_failure is not None


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _as_json(records: Sequence[RecordedRun]) -> str:
    return json.dumps(summary(records[0]) if len(records) == 1 else summary_of_many(records))


def _as_words(records: Sequence[RecordedRun]) -> str:
    return in_words(records[0]) if len(records) == 1 else many_in_words(records)


def elapsed_ms(run: Run) -> float:
    """Returns how long a run took that has ended."""
    return ((run.ended_at or run.started_at) - run.started_at) * 1000


def summary(recorded: RecordedRun) -> dict[str, Any]:
    """Sums up how a run ended, as the --json option prints it."""
    run, board = recorded.run, recorded.board
    return {
        "run": str(run.pk),
        "style": run.style,
        "status": str(board.status),
        "steps": [{"name": view.name, "status": str(view.status)} for view in board.steps.values()],
        "compensations": list(board.compensations),
        "facts": len(recorded.record.facts),
        "laws": {finding.invariant.name: finding.is_kept for finding in recorded.findings},
        "open": [finding.invariant.name for finding in recorded.findings if finding.is_open],
        "why": {finding.invariant.name: _why(finding).strip(":; ") for finding in recorded.findings if _why(finding)},
        "elapsed_ms": round(elapsed_ms(run)),
    }


def summary_of_many(records: Sequence[RecordedRun]) -> dict[str, Any]:
    """Sums up how the runs ended that were started at once, as the --json option prints it."""
    runs = [recorded.run for recorded in records]
    cuts = quantiles(map(elapsed_ms, runs), n=20, method="inclusive")
    seconds = max(run.ended_at or run.started_at for run in runs) - min(run.started_at for run in runs)
    held = [{finding.invariant.name: finding.is_kept for finding in recorded.findings} for recorded in records]
    open_laws = Counter(finding.invariant.name for one in records for finding in one.findings if finding.is_open)
    return {
        "runs": len(runs),
        "style": runs[0].style,
        "statuses": dict(Counter(str(run.status) for run in runs)),
        "laws": {name: all(one[name] for one in held) for name in held[0]},
        "open": {name: count for name, count in open_laws.items() if count},
        "broken_runs": [str(recorded.run.pk) for recorded in records if broken(recorded.findings)][:MOST_NAMED],
        "sagas_per_second": round(len(runs) / max(seconds, 0.001), 1),
        "p50_ms": round(cuts[9]),
        "p95_ms": round(cuts[18]),
    }


def in_words(recorded: RecordedRun) -> str:
    """Says how a run ended, for people."""
    run, board = recorded.run, recorded.board
    steps = [f"  {view.status:<12} {view.name}" for view in board.steps.values()]
    laws = [f"  {_verdict(finding):<12} {finding.invariant.title}{_why(finding)}" for finding in recorded.findings]
    told = story(recorded.record, recorded.findings)
    head = f"{run.saga}, {run.style}: {board.status}"
    return "\n".join([head, *told, *steps, "Guarantees", *laws, f"/sandbox/runs/{run.pk}/"])


def _verdict(finding: Finding) -> str:
    return "open" if finding.is_open else "held" if finding.is_kept else "BROKEN"


def _why(finding: Finding) -> str:
    violation = finding.violation or finding.if_final
    if violation is None:
        return ""
    where = f" (fact {violation.seq})" if violation.seq else ""
    return f"{': ' if finding.violation else '; if it stays so: '}{violation.text}{where}"


def many_in_words(records: Sequence[RecordedRun]) -> str:
    """Says how the runs ended that were started at once, for people."""
    sums = summary_of_many(records)
    statuses = ", ".join(f"{count} {status}" for status, count in sums["statuses"].items())
    laws = [f"  {_verdict_of_many(name, sums):<12} {name}" for name in sums["laws"]]
    broken_runs = [f"/sandbox/runs/{run}/" for run in sums["broken_runs"]]
    speed = f"{sums['sagas_per_second']} sagas a second; p50 {sums['p50_ms']} ms, p95 {sums['p95_ms']} ms"
    return "\n".join([f"{sums['runs']} runs, {sums['style']}: {statuses}", speed, "Guarantees", *laws, *broken_runs])


def _verdict_of_many(name: str, sums: dict[str, Any]) -> str:
    return "BROKEN" if not sums["laws"][name] else f"{sums['open'][name]} open" if name in sums["open"] else "held"
