import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Style, UndoOrder
from sandbox.engine.plan.compiler import compile_plan
from sandbox.render.text.rule_tables import as_text, rule_rows, timeout_rows


class Command(BaseCommand):
    help = "Prints the rule table that a saga is compiled to: who listens to what, and who decides."
    requires_system_checks: list[str] = []  # `make run` has checked; a lesson that is half written stops no run

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("saga", choices=list(SAGA))
        parser.add_argument("--style", choices=[str(word) for word in Style], required=True)
        parser.add_argument("--undo", choices=[str(word) for word in UndoOrder], default=UndoOrder.SEQUENTIAL)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = compile_plan(SAGA[options["saga"]], Style(options["style"]), UndoOrder(options["undo"]))
        except ValueError as error:
            self.stderr.write(f"plan: {error}")
            sys.exit(2)
        text = f"{as_text(rule_rows(plan))}\n\nin case of silence or failure\n{as_text(timeout_rows(plan))}"
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except BrokenPipeError:
            # The reader has closed the pipe, and Python would complain once more when it closes its output.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
