from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Style
from sandbox.engine.plan import compile_plan
from sandbox.render.tables import as_text, rule_rows


class Command(BaseCommand):
    help = "Prints the rule table that a saga is compiled to: who listens to what, and who decides."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("saga", choices=list(SAGA))
        parser.add_argument("--style", choices=list(Style), required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        plan = compile_plan(SAGA[options["saga"]], Style(options["style"]))
        self.stdout.write(as_text(rule_rows(plan)))
