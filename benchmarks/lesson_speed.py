"""`python -m benchmarks.lesson_speed` measures responses a second, of a cached lesson and of a view that says "ok"."""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median

from benchmarks.__main__ import FOREIGN
from benchmarks.process_set import BenchError, Client, Contender, running
from benchmarks.report import machine, table
from config.processes import web_server
from infra.launcher.instance import Instance, StartError
from infra.launcher.process import Process

LESSON, OK = "/lessons/choreography-vs-orchestration/", "/ok"
GOAL = 0.6
ROUNDS, SECONDS, CONNECTIONS = 5, 3.0, 8


def web(instance: Instance) -> tuple[Process, ...]:
    """Returns the product's web server as `make run` starts it, with one more URL."""
    return (replace(web_server(instance), environment={"DJANGO_SETTINGS_MODULE": "benchmarks.lesson_settings"}),)


WEB = Contender(
    "lesson", "the lesson", "benchmarks.reader", web, options={"connections": CONNECTIONS}, has_database=True
)


@dataclass
class Reader:
    """A kind of reader: the headers sent, and responses a second in each round, of the lesson and of "ok"."""

    title: str
    headers: str
    lesson: list[float] = field(default_factory=list)
    ok: list[float] = field(default_factory=list)

    @property
    def is_met(self) -> bool:
        return self.ratio >= GOAL

    @property
    def ratio(self) -> float:
        return median(self.lesson) / median(self.ok)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.lesson_speed", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("var/bench"), help="where the report is written")
    output = parser.parse_args().output
    for name in FOREIGN:
        os.environ.pop(name, None)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch, running(WEB, Path(scratch)) as client:
            readers = measure(client)
    except (BenchError, StartError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(as_markdown(readers))
    output.mkdir(parents=True, exist_ok=True)
    record = {"machine": machine(), "readers": [asdict(reader) | {"ratio": reader.ratio} for reader in readers]}
    (output / "lesson_speed.json").write_text(json.dumps(record, indent=2) + "\n")
    return 0 if all(reader.is_met for reader in readers) else 1


def measure(client: Client) -> list[Reader]:
    """Measures both pages in turn, so that other load on the machine affects both."""
    readers = reader_kinds(client)
    for _ in range(ROUNDS):
        for reader in readers:
            reader.ok.append(client.ask("rate", OK, reader.headers, SECONDS))
            reader.lesson.append(client.ask("rate", LESSON, reader.headers, SECONDS))
    return readers


def reader_kinds(client: Client) -> list[Reader]:
    """Returns a reader without cookies, one with the cookies of a visit, and one whose browser has the page."""
    _, tag, cookies = client.ask("get", LESSON, "")
    known = f"Cookie: {cookies}\r\n"
    return [
        Reader("new at every request", ""),
        Reader("with a learner's cookie", known),
        Reader("with the cookie, and the page (304)", f"{known}If-None-Match: {tag}\r\n"),
    ]


def as_markdown(readers: list[Reader]) -> str:
    head = ("reader", "lesson, answers/s", "ok, answers/s", "ratio of medians", "rounds", "promised", "kept")
    return table(head, map(_row, readers))


def _row(reader: Reader) -> tuple[str, ...]:
    ratios = [one / other for one, other in zip(reader.lesson, reader.ok, strict=True)]
    return (
        reader.title,
        f"{median(reader.lesson):.0f}",
        f"{median(reader.ok):.0f}",
        f"{reader.ratio:.2f}",
        f"{min(ratios):.2f} to {max(ratios):.2f}",
        f"at least {GOAL:g}",
        "yes" if reader.is_met else "no",
    )


if __name__ == "__main__":
    sys.exit(main())
