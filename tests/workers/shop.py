"""The product with real workers, and ways to use it from inside and outside."""

import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from typing import Any, Self, TypeVar

import redis

from tests.stack import Stack, until
from tests.workers import inside, product_process

# So many functions can run inside at the same time; LIMIT is for each, in seconds.
PROCESSES, LIMIT = 4, 120.0
T = TypeVar("T")


@dataclass(frozen=True)
class StartedRuns:
    """Runs that were started at once: their ids, and how they end, once they have."""

    run_ids: list[str]
    results: "Future[list[dict[str, Any]]]"


class Shop:
    """The product with real workers. Functions run inside it in processes that stay, so that each starts at once."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.shutdown()

    @cached_property
    def _processes(self) -> ProcessPoolExecutor:
        environment = {**self.stack.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
        return ProcessPoolExecutor(PROCESSES, get_context("spawn"), product_process.set_up, (environment,))

    @property
    def broker(self):
        """A client of the product's broker."""
        return redis.Redis.from_url(self.stack.redis_url)

    def key(self, name):
        """Returns the key of a queue, or of something else at the broker."""
        return f"saga:{(self.stack.var / 'instance').read_text().strip()}:{name}"

    def restart(self) -> None:
        """Stops everything and starts it again. The broker has another address then, which new processes know."""
        self.stack.stop()
        self._processes.shutdown(wait=False)
        del self._processes
        self.stack.start()

    def submit(self, function: Callable[..., T], *args: Any) -> "Future[T]":
        """Begins to run a function inside the product, while the test goes on."""
        return self._processes.submit(product_process.call, function, args)

    def inside(self, function: Callable[..., T], *args: Any) -> T:
        """Runs a function inside the product, and returns what it returns."""
        return self.submit(function, *args).result(LIMIT)

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.inside(inside.manage, *arguments)

    def begin(self, choices: Sequence[dict[str, Any]], *, within: float = 60) -> StartedRuns:
        """Starts runs at once, and begins to wait for their ends."""
        run_ids = self.inside(inside.start_runs, choices)
        return StartedRuns(run_ids, self.submit(inside.results_of, run_ids, within))

    def finish(self, started: StartedRuns) -> list[dict[str, Any]]:
        """Returns how those runs ended."""
        return started.results.result(LIMIT)

    def start(self, **settings: Any) -> str:
        """Starts a run at the fast pace, and returns its id."""
        return self.inside(inside.start_runs, [{"pace": "fast", **settings}])[0]

    def facts(self, run_id: str) -> int:
        """Returns how many facts a run has so far."""
        return self.inside(inside.facts_so_far, run_id)

    def journal(self, run_id: str) -> list[dict[str, Any]]:
        """Returns a run's facts."""
        return self.inside(inside.journal, run_id)

    def wait_for_fact(self, run_id, kind, **details):
        """Returns the first fact of that kind and with these details, once the run has one."""
        wanted, found = {"kind": kind, **details}, []

        def is_there():
            found.extend(fact for fact in self.journal(run_id) if wanted.items() <= fact.items())
            return bool(found)

        until(is_there, within=40, what=f"a fact: {kind} {details}")
        return found[0]

    def wait_for_idle_reason(self, run_id, kind, *, of="", within=15.0):
        """Returns why nothing happens in a run, once that is of a kind and speaks of that; else says what it was."""
        said = []

        def is_so():
            said.append(self.inside(inside.idle_reason, run_id))
            return said[-1][0] == kind and of in said[-1][1]

        try:
            until(is_so, within=within, what=kind)
        except AssertionError as error:
            raise AssertionError(f"{error}, but {sorted({text for _, text in said})}") from None
        return said[-1][1]

    def wait_for_everyone(self, *names: str, within: float = 20) -> None:
        """Returns once each of these processes has given a sign of life."""
        until(lambda: self.inside(inside.all_live, *names), within=within, what="a sign of life from everyone")

    def wait_for_load(self, load_id: str, learner: str) -> dict[str, Any]:
        """Returns what is told of a load, once it has ended."""
        told = {"running": True}

        def is_over():
            told.update(self.inside(inside.load_so_far, load_id, learner))
            return not told["running"]

        until(is_over, within=60, what="the load ends")
        return told

    def child_of(self, name):
        """Returns the pool children of an actor's worker, which do the work."""
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = (tuple(map(int, line.split())) for line in listing.splitlines())
        return [pid for pid, parent in pairs if parent == self.stack.pid(name)]
