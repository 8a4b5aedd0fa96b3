"""Starts runs for viewers, held until those are connected. The runs belong to nobody, so that all may view them."""

import os
import time
from itertools import cycle, islice
from typing import Self

import django
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from sandbox import selectors, services  # noqa: E402
from sandbox.definitions.terms import Pace, Style  # noqa: E402
from sandbox.models import Run  # noqa: E402
from sandbox.runtime import wait  # noqa: E402

STYLES = (Style.CHOREOGRAPHY, Style.ORCHESTRATION)
REFUSED = "charge-customer"
LIMIT = 120.0  # seconds


class Client:
    """Runs compensated orders, alternately choreographed and orchestrated."""

    def __enter__(self) -> Self:
        self.runs: list[Run] = []
        return self

    def __exit__(self, *_: object) -> None:
        connection.close()

    def begin(self, count: int) -> list[str]:
        """Begins runs whose first message is held, and returns their ids."""
        settings = (services.RunSettings(style=style, fail=REFUSED, pace=Pace.STEP) for style in cycle(STYLES))
        self.runs = [services.start_run(one, learner=None) for one in islice(settings, count)]
        return [str(run.pk) for run in self.runs]

    def release(self, pace: str, seconds: float) -> float:
        """Releases all at that pace, evenly within so many seconds; returns the time of the first."""
        began = time.time()
        for number, run in enumerate(self.runs):
            time.sleep(max(began + seconds * number / len(self.runs) - time.time(), 0.0))
            services.change_pace(run, pace=Pace(pace))
        return began

    def journals(self) -> list[list[tuple[int, float]]]:
        """Waits until all runs have ended; returns the number and time of each of their facts."""
        for run in self.runs:
            if not wait.wait_until_ended(run.pk, seconds=LIMIT):
                raise TimeoutError(f"run {run.pk} has not ended within {LIMIT:g} s")
        return [[(fact.seq, fact.at) for fact in selectors.facts_of(run)] for run in self.runs]
