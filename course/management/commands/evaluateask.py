"""`manage.py evaluateask` prints how well questions are answered, on both halves of the evaluation set."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from course.ask import meaning
from course.ask.calibration import store
from course.ask.evaluation import Half, evaluate, fit, questions
from course.ask.index import Index
from course.ask.search import current_index


class Command(BaseCommand):
    help = "Prints how well questions are answered. With --fit it learns first when to refuse (a few minutes)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fit", action="store_true", help="learn when to refuse, and store that")

    def handle(self, *args: Any, **options: Any) -> None:
        asked, index = questions(), current_index()
        indexes = {"words alone": index.without_meanings()}
        if index.meanings:
            indexes["words and meaning"] = index
        elif not meaning.is_installed():
            self.stdout.write("The model is not installed (requirements-ask.txt): words alone are measured.")
        if options["fit"]:
            if not index.meanings:
                raise CommandError(
                    "Nothing is learnt: both ways are fitted together, and there are no vectors: make ask"
                )
            store({one is index: fit(one, asked) for one in indexes.values()})
        for name, one in indexes.items():
            for half in Half:
                self._print(name, half, one)

    def _print(self, name: str, half: Half, index: Index) -> None:
        found = evaluate(index, half, questions())
        self.stdout.write(
            f"{name}, {half}: {found.covered} covered: section first {found.first:.0%}, in the top three "
            f"{found.in_top:.0%}, refused {found.refused_covered:.0%}; {found.others} not covered: refused "
            f"{found.refused_others:.0%}; p95 {found.milliseconds:.0f} ms"
        )
