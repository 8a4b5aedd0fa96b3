"""`manage.py buildask` computes what is needed to compare questions with lessons by meaning."""

from time import perf_counter
from typing import Any

from django.core.management import BaseCommand, CommandError

from course.ask import meaning
from course.ask.search import current_index


class Command(BaseCommand):
    help = "Computes the vectors of all passages that have none yet: about a minute the first time."

    def handle(self, *args: Any, **options: Any) -> None:
        if not meaning.is_installed():
            raise CommandError("The model is not installed: pip install -r requirements-ask.txt")
        start, texts = perf_counter(), [one.text for one in current_index().texts]
        new = meaning.build(texts)
        self.stdout.write(f"{len(set(texts))} texts, {new} of them new, in {perf_counter() - start:.0f} s")
