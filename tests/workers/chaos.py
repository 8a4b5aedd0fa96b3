"""Sagas without end while everything is killed: `python -m tests.workers.chaos --sagas 1000 --seconds 120`.

Customers order, evenly over the time, in a process of their own. Meanwhile something is killed every two seconds. At
the end every order must have ended, soon, with no effect twice and every law held: these are the bars.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import cycle, islice
from pathlib import Path

import django
import redis
from django.apps import apps
from django.db.models import Count, Min, Q

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if not apps.ready:
    django.setup()

from sandbox import selectors, services
from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import FAULT, QUEUES, SAGA, SERVICE
from sandbox.definitions.terms import (
    ENDED,
    OPEN,
    DeliveryState,
    FactKind,
    Pace,
    SagaStatus,
    StepStatus,
    Style,
    UndoOrder,
)
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.models import DeliveryRow, Run
from sandbox.settings_checks import check_settings
from tests.postgresql import postgresql
from tests.sandbox.engine.lost_orders import order_was_lost
from tests.stack import ROOT, Stack
from tests.workers.shop import Shop

EVERY = 2.0  # seconds from one strike to the next
LIMIT = 60.0  # seconds in which every saga has to end once nothing is killed any more
END_TIMEOUT = 2 * LIMIT  # seconds after which what has not ended never will
LONG = 40.0  # seconds for which nobody but a patient customer waits: longer than any timeout of a short saga
CUSTOMERS = "from tests.workers.chaos import serve; serve()"


class Kill(StrEnum):
    """What is struck down."""

    CHILD = "pool child"
    WORKER = "worker"
    CLOCK = "clock"
    ORCHESTRATOR = "orchestrator"
    VALKEY = "valkey"
    FLUSH = "flushall"


@dataclass(frozen=True)
class Report:
    """What came of it. `lost` and `laws_broken` name runs, `seconds_to_the_end` counts from the last kill."""

    database: str
    seed: int
    sagas: int
    statuses: dict[str, int]
    kills: dict[str, int]
    seconds_to_the_end: float
    redeliveries: int
    faults_struck: int
    laws_broken: list[str]
    double_effects: list[str]
    lost: list[str]

    @property
    def missed(self) -> list[str]:
        """The bars that were missed."""
        bars = {
            f"every saga has ended within {LIMIT:g} s": self.seconds_to_the_end <= LIMIT,
            "no order is lost": not self.lost and sum(self.statuses.values()) == self.sagas,
            "no effect happens twice": not self.double_effects,
            "no law is broken": not self.laws_broken,
            "everything was struck": set(self.kills) == set(Kill),
        }
        return [bar for bar, is_met in bars.items() if not is_met]


# The orders


def orders(count: int, dice: random.Random) -> list[dict[str, object]]:
    """Settings for so many runs: every saga in every style, half of them refused somewhere, a third with a fault."""
    every = [
        {"saga": saga.name, "style": style, "fail": refused}
        for saga in SAGA.values()
        for style in saga.styles
        for step in saga.refusable
        for refused in (step.name, "")
    ]
    dice.shuffle(every)
    kinds = cycle(dice.sample(list(FAULT), len(FAULT)))
    chosen = [one | _whims(dice) for one in islice(cycle(every), count)]
    return [one | {"fault": _fault(one, next(kinds), dice)} if dice.random() < 1 / 3 else one for one in chosen]


def _whims(dice: random.Random) -> dict[str, object]:
    pace = dice.choice((Pace.FAST, Pace.FAST, Pace.FOLLOW))
    return {"pace": pace, "undo": dice.choice(list(UndoOrder)), "quantity": dice.randint(1, 5)}


def _fault(order: dict[str, object], kind: str, dice: random.Random) -> list[str]:
    """A fault of that kind, at a place where it can strike if there is one. No undo fails for good."""
    saga = SAGA[str(order["saga"])]
    places = [*(step.name for step in saga.steps), *saga.services]
    often = "=2" if kind == "compensation-fails" else ""
    for place in dice.sample(places, len(places)):
        fault = f"{place}:{kind}{often}"
        with contextlib.suppress(services.InvalidValue):
            check_settings(services.RunSettings(**order, fault=(parse_fault(fault),)))
            return [fault]
    return []


# The customers, in a process that has the stack's environment


def serve() -> None:
    """Orders over the time, waits once the chaos is over, and tells of every run in a line of JSON."""
    chosen, seconds = json.loads(sys.stdin.readline())
    _order(chosen, seconds)
    calm = float(sys.stdin.readline())
    _wait(until=calm + END_TIMEOUT)
    for run in Run.objects.order_by("started_at"):
        print(json.dumps(told(run)), flush=True)


def _order(chosen: list[dict[str, object]], seconds: float) -> None:
    began = time.monotonic()
    for number, one in enumerate(chosen):
        if number % 10 == 0:
            skip_days()
        time.sleep(max(began + seconds * number / len(chosen) - time.monotonic(), 0.0))
        services.start_run(services.RunSettings.from_json(one), learner=None)


def _wait(*, until: float) -> None:
    while time.time() < until and Run.objects.exclude(status__in=ENDED).exists():
        skip_days()
        time.sleep(1.0)


def skip_days() -> None:
    """Moves on every run in which nothing happens for long."""
    on_its_way = Count("pk", filter=Q(state=DeliveryState.SENT))
    rows = DeliveryRow.objects.filter(state__in=OPEN).values("run").annotate(due=Min("release_at"), sent=on_its_way)
    for row in rows.filter(due__gt=time.time() + LONG, sent=0):
        with contextlib.suppress(services.Conflict):
            services.skip_time(Run.objects.get(pk=row["run"]))


def told(run: Run) -> dict[str, object]:
    """All that the bars ask of a run."""
    record = selectors.recorded_run(run).record
    left = DeliveryRow.objects.filter(run=run, state__in=OPEN).count()
    return {
        "name": f"{run.pk} {run.saga} {run.style} {run.settings} {run.faults}",
        "status": run.status,
        "ended_at": run.ended_at,
        "is_lost": is_lost(record) or bool(left),
        "broken": [f"{finding.invariant.name}: {finding.violation.text}" for finding in broken(judge(record))],
        "doubled": doubled(record),
        "redelivered": len(record.of_kind(FactKind.MESSAGE_REDELIVERED)),
        "struck": len(record.of_kind(FactKind.FAULT_INJECTED)),
    }


def is_lost(record: RunRecord) -> bool:
    """Whether nobody can say how the order ended, although somebody was there to care for it.

    Nobody knows of an order that never came in. In a choreography nobody watches past the pivot, or while it is
    compensated: what was lost there on purpose is.
    """
    board = record.board
    if board.status is not SagaStatus.STUCK:
        return board.status not in {SagaStatus.COMPLETED, SagaStatus.COMPENSATED}
    pivot = record.plan.saga.pivot
    is_past = pivot is not None and board.steps[pivot.name].status is StepStatus.COMPLETED
    nobody_watches = record.plan.style is Style.CHOREOGRAPHY and (is_past or bool(board.failures))
    on_purpose = any(fact.fault == "lost" for fact in record.of_kind(FactKind.FAULT_INJECTED))
    return not ((nobody_watches or order_was_lost(record)) and on_purpose)


def doubled(record: RunRecord) -> list[str]:
    """What the ledgers themselves say was booked more often than the steps and their undos can have booked it."""
    allowed: Counter[tuple[str, str, bool]] = Counter()
    for step in record.plan.saga.steps:
        for source, target in [(step.source, step.target), *([(step.target, step.source)] if step.undo else [])]:
            allowed.update([(step.service, source, False), (step.service, target, True)])
    booked = Counter((e.service, e.account, e.amount > 0) for e in record.entries if e.seq > 1)
    return [f"{service}/{account}" for service, account, _ in booked - allowed]


# The chaos


def strikes(seconds: float, dice: random.Random) -> list[Kill]:
    """What is struck down, one after the other: the broker twice, its content once, the others evenly by chance."""
    count = max(int(seconds / EVERY), 7)
    usual = [Kill.CHILD, Kill.WORKER, Kill.CLOCK, Kill.ORCHESTRATOR]
    row = [kill for _ in range(0, count, len(usual)) for kill in dice.sample(usual, len(usual))][: count - 3]
    for part, kill in ((3, Kill.VALKEY), (2, Kill.FLUSH), (1, Kill.VALKEY)):
        row.insert(len(row) * part // 4, kill)
    return row


def strike(stack: Stack, kill: Kill, dice: random.Random) -> str | None:
    """Kills a process of that kind; returns its name, or None where none is running."""
    names = dice.sample(*STRUCK[kill]) if kill in STRUCK else [str(kill)]
    for name in names:
        with contextlib.suppress(ProcessLookupError, ValueError, redis.RedisError):
            return BLOWS.get(kill, _kill)(stack, name)
    return None


def _kill(stack: Stack, name: str) -> str:
    return f"{name} {stack.kill(name)}"


def _kill_child(stack: Stack, name: str) -> str | None:
    child = next(iter(Shop(stack).child_of(name)), None)
    if child is None:
        raise ProcessLookupError(name)
    os.kill(child, signal.SIGKILL)
    return f"{name} {child}"


def _flush(stack: Stack, name: str) -> str:
    with redis.Redis.from_url(stack.redis_url, socket_timeout=2) as client:
        size = client.dbsize()
        client.flushall()
    return f"{size} keys"


STRUCK = {Kill.CHILD: (QUEUES, len(QUEUES)), Kill.WORKER: (tuple(SERVICE), len(SERVICE))}
BLOWS: dict[Kill, Callable[[Stack, str], str | None]] = {Kill.CHILD: _kill_child, Kill.FLUSH: _flush}


def rage(stack: Stack, row: list[Kill], dice: random.Random) -> Counter[Kill]:
    """Strikes one blow after the other; returns how many of each kind struck somebody."""
    began, kills = time.monotonic(), Counter()
    for number, kill in enumerate(row, 1):
        time.sleep(max(began + number * EVERY - time.monotonic(), 0.0))
        killed = strike(stack, kill, dice)
        kills.update([kill] if killed else [])
        _say(f"{time.monotonic() - began:6.1f} s  {kill}: {killed or 'not there'}")
    return kills


# All of it


def run_chaos(*, var: Path, sagas: int, seconds: float, seed: int, database: str = "sqlite") -> Report:
    """Starts everything, places orders while it kills processes, and reports."""
    dice = random.Random(seed)
    chosen, row = orders(sagas, dice), strikes(seconds, dice)
    _say(f"seed {seed}: {sagas} sagas and {len(row)} strikes within {seconds:g} s on {database}, state in {var}")
    with _database(database, var) as url, Stack(var=var, DATABASE_URL=url) as stack, _customers(stack) as customers:
        _tell(customers, [chosen, seconds])
        kills, calm = rage(stack, row, dice), time.time()
        _tell(customers, calm)
        rows = [json.loads(line) for line in customers.stdout]
    assert len(rows) == sagas, f"the customers gave up after {len(rows)} of {sagas} runs"
    ends = [row["ended_at"] or calm + END_TIMEOUT for row in rows]
    return Report(
        database=database,
        seed=seed,
        sagas=sagas,
        statuses=dict(Counter(row["status"] for row in rows)),
        kills={str(kill): kills[kill] for kill in Kill if kills[kill]},
        seconds_to_the_end=round(max(0.0, *ends) - calm, 1),
        redeliveries=sum(row["redelivered"] for row in rows),
        faults_struck=sum(row["struck"] for row in rows),
        laws_broken=[f"{row['name']}: {text}" for row in rows for text in row["broken"]],
        double_effects=[f"{row['name']}: {text}" for row in rows for text in row["doubled"]],
        lost=[f"{row['status']}: {row['name']}" for row in rows if row["is_lost"]],
    )


@contextlib.contextmanager
def _database(kind: str, var: Path) -> Iterator[str]:
    """The URL of an empty database of that kind."""
    if kind == "sqlite":
        yield f"sqlite:///{var / 'db.sqlite3'}"
        return
    with postgresql() as url:
        yield url


@contextlib.contextmanager
def _customers(stack: Stack) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", CUSTOMERS]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=stack.env, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def _tell(customers: subprocess.Popen[str], what: object) -> None:
    print(json.dumps(what), file=customers.stdin, flush=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--sagas", type=int, default=1000, help="how many orders are placed")
    parser.add_argument("--seconds", type=float, default=120, help="how long the chaos lasts")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000), help="what chance is")
    options = parser.parse_args()
    var = Path(tempfile.mkdtemp(prefix="chaos-"))
    report = run_chaos(var=var, **vars(options))
    print(json.dumps({**asdict(report), "missed": report.missed}))
    if report.missed:
        _say(f"the state is kept in {var}")
        return 1
    shutil.rmtree(var)
    return 0


if __name__ == "__main__":
    sys.exit(main())
