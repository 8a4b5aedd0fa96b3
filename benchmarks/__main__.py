"""`python -m benchmarks` measures the same five steps on each contender, round by round, and prints ratios."""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.contenders import contenders, grow
from benchmarks.process_set import BenchError, Client, Contender, running
from benchmarks.report import STEPS, Figures, Record, machine

# Variables that would make the product use a database or a broker that is not the benchmark's own.
FOREIGN = ("REDIS_URL", "DATABASE_URL", "REDIS_PREFIX", "VAR_DIR", "DJANGO_SETTINGS_MODULE")
# The module with the saga of five steps that the engine runs.
SAGAS = "benchmarks.sagas"


@dataclass(frozen=True)
class Effort:
    """The size of a measurement: its seconds, and its numbers of sagas for warm-up, latency and a grown database."""

    seconds: float = 4.0
    warm_up: int = 40
    alone: int = 20
    grown: int = 10_000


QUICK = Effort(seconds=1.5, warm_up=20, alone=5, grown=500)


def main() -> int:
    options = _options()
    effort = QUICK if options.quick else Effort()
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ["SANDBOX_SAGAS"] = SAGAS
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        try:
            record = measure(options, effort, Path(scratch))
        except BenchError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
    text = record.as_markdown(contenders(saga=options.saga, grown=Path()))
    print(f"\n{text}")
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "benchmark.md").write_text(text)
    (options.output / "benchmark.json").write_text(json.dumps(record.as_json(), indent=2) + "\n")
    return 0


def _options() -> argparse.Namespace:
    names = tuple(contenders(saga="", grown=Path()))
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured; medians are shown")
    parser.add_argument("--only", default=",".join(names), help=f"what to measure, of {', '.join(names)}")
    parser.add_argument("--saga", default="five-steps", help="what the engine runs; five steps")
    parser.add_argument("--quick", action="store_true", help="short measurements, to see that all works")
    parser.add_argument("--output", type=Path, default=Path("var/bench"), help="where the report is written")
    options = parser.parse_args()
    options.only = options.only.split(",")
    unknown = sorted(set(options.only) - set(names))
    if unknown or options.rounds < 1:
        parser.error(f"unknown: {', '.join(unknown)}" if unknown else "at least one round is needed")
    return options


def measure(options: argparse.Namespace, effort: Effort, scratch: Path) -> Record:
    """Measures all rounds. Each measurement restarts its contender, so that nothing else runs meanwhile."""
    grown = scratch / "grown.sqlite3"
    chosen = contenders(saga=options.saga, grown=grown)
    if "grown" in options.only:
        _print_now(f"making a database with {effort.grown} ended runs")
        grow(grown, scratch / "growing", runs=effort.grown, saga=options.saga)
    figures = {name: Figures() for name in chosen if name in options.only}
    load = []
    for number in range(options.rounds):
        load.append(os.getloadavg()[0])
        for name in _rotated(figures, by=number):
            with running(chosen[name], scratch / f"{name}-{number}") as client:
                _measure_one(client, figures[name], effort)
            _print_now(_line(number, chosen[name], figures[name]))
    parameters = {"rounds": options.rounds, "saga": options.saga, "ended runs in the grown database": effort.grown}
    return Record(figures, machine(), parameters, tuple(load))


def _measure_one(client: Client, figures: Figures, effort: Effort) -> None:
    client.throughput(effort.warm_up)
    whole, _ = client.throughput(effort.warm_up)
    figures.sagas = figures.sagas or max(effort.warm_up, round(effort.warm_up / whole * effort.seconds))
    figures.latency.append(median(client.latency() for _ in range(effort.alone)))
    whole, starting = client.throughput(figures.sagas)
    figures.throughput.append(STEPS * figures.sagas / whole)
    figures.starting.append(starting / whole)


def _rotated(names: Iterable[str], *, by: int) -> list[str]:
    """Rotates the names, so that none is always measured first."""
    row = list(names)
    return row[by % len(row) :] + row[: by % len(row)]


def _line(number: int, contender: Contender, figures: Figures) -> str:
    speed, alone = figures.throughput[-1], 1000 * figures.latency[-1]
    return f"round {number + 1}  {contender.title:<42} {speed:7.0f} steps/s {alone:8.1f} ms alone"


def _print_now(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
