import json
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from sandbox import selectors, services
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Pace, Style
from sandbox.engine.laws import broken
from sandbox.selectors import Story


class Command(BaseCommand):
    help = "Runs a saga on the real workers and says how it ended. Exit status: 0 every law held, 1 one broke, 2 usage."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("saga", choices=list(SAGA), help="what to run")
        parser.add_argument(
            "--style", choices=list(Style), default=Style.CHOREOGRAPHY, help="who decides what comes next"
        )
        parser.add_argument("--fail", metavar="STEP", default="", help="the step that is refused")
        parser.add_argument("--pace", choices=list(Pace), default=Pace.FAST, help="how fast messages travel")
        parser.add_argument("--quantity", type=int, default=1, help="items ordered")
        parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS", help="how long to wait for the end")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        settings = services.Settings(
            saga=options["saga"],
            style=options["style"],
            refused=options["fail"],
            pace=options["pace"],
            quantity=options["quantity"],
        )
        if not selectors.clock_is_running():
            self.stderr.write(
                "runsaga: no clock is to be seen; without make run in another terminal, nothing will happen"
            )
        try:
            run = services.start_run(settings, learner=None)
        except services.BadRequest as error:
            self._leave(str(error), status=2)
        except DatabaseError as error:
            self._leave(f"the database is not ready ({error}); start everything with make run first", status=1)
        if not selectors.wait_until_ended(run.pk, seconds=options["timeout"]):
            self._leave(
                f"run {run.pk} has not ended within {options['timeout']:g} s; are the workers running (make run)?",
                status=1,
            )
        run.refresh_from_db()
        story = selectors.story_of(run)
        self.stdout.write(json.dumps(summary(story)) if options["json"] else in_words(story))
        sys.exit(1 if broken(story.findings) else 0)

    def _leave(self, message: str, *, status: int) -> NoReturn:
        self.stderr.write(f"runsaga: {message}")
        sys.exit(status)


def summary(story: Story) -> dict[str, Any]:
    """How a run ended, as the --json option prints it."""
    run, board = story.run, story.board
    return {
        "run": str(run.pk),
        "style": run.style,
        "status": str(board.status),
        "steps": [{"name": view.name, "status": str(view.status)} for view in board.steps.values()],
        "compensations": list(board.compensations),
        "facts": len(story.evidence.facts),
        "laws": {finding.law.name: finding.held for finding in story.findings},
        "elapsed_ms": round(((run.ended_at or board.at) - run.started_at) * 1000),
    }


def in_words(story: Story) -> str:
    """How a run ended, for people."""
    run, board = story.run, story.board
    steps = [f"  {view.status:<12} {view.name}" for view in board.steps.values()]
    laws = [
        f"  {'held' if f.held else 'BROKEN':<12} {f.law.title}{f': {f.breach.text}' if f.breach else ''}"
        for f in story.findings
    ]
    return "\n".join([f"{run.saga}, {run.style}: {board.status}", *steps, "Laws", *laws, f"/sandbox/runs/{run.pk}/"])
