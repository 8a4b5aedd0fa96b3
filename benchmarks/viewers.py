"""`python -m benchmarks.viewers` measures how soon many viewers see each fact, and whether they see all."""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import nan
from pathlib import Path
from statistics import quantiles
from typing import Self

from playwright.sync_api import Page, sync_playwright

from benchmarks.__main__ import FOREIGN
from benchmarks.process_set import BenchError, Client, Contender, running
from benchmarks.processor import processor_seconds, resident_memory
from benchmarks.report import machine, table
from config.processes import processes
from infra.launcher.instance import StartError
from sandbox.engine.execution.run_state import FOLLOW_DELAY
from tests.browser.chrome import NoBrowser, launch

LIMIT = 120.0  # seconds
RUNS = Contender("viewers", "the runs", "benchmarks.watched", processes, has_database=True)
# For each fact's line, when it was committed and when it was painted, in epoch seconds: the second frame after its
# insertion begins once the first was painted.
RECORD_PAINTING = """
    globalThis.moments = {};
    const inTwoFrames = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
    new MutationObserver(() => {
      for (const fact of document.querySelectorAll("#journal li.fact")) {
        if (fact.id in moments) continue;
        moments[fact.id] = [Number(fact.dataset.at), null];
        inTwoFrames(() => (moments[fact.id][1] = Date.now() / 1000));
      }
    }).observe(document, { childList: true, subtree: true });
"""
ALL_PAINTED = "count => Object.values(moments).filter(([, seen]) => seen).length >= count"


@dataclass(frozen=True)
class Scene:
    """Runs at the same time, and viewers of each. `goal` is the promised p95 from commit to view, in ms."""

    runs: int
    viewers: int
    pace: str
    goal: float

    @property
    def title(self) -> str:
        return f"{self.runs} runs x {self.viewers} viewers, {self.pace}"


@dataclass(frozen=True)
class Spread:
    """A summary of durations in milliseconds."""

    count: int
    p50: float
    p95: float
    longest: float

    def __str__(self) -> str:
        return f"{self.p50:.0f} / {self.p95:.0f} / {self.longest:.0f}"


@dataclass(frozen=True)
class Usage:
    """Processor seconds of the web process and of the viewers' so far; and the web process's memory in MiB."""

    web: float
    audience: float
    memory: float

    @classmethod
    def of(cls, web: int, audience: Client) -> Self:
        return cls(processor_seconds(web), processor_seconds(audience.process.pid), resident_memory(web))


@dataclass(frozen=True)
class Measurement:
    """The measurements of one scene.

    `seen` is from commit until the frame arrived, at all viewers; `painted` until the one real browser had painted it;
    `first_frame` from connecting until the page's first frame. `lost` and `doubled` count the facts that a viewer
    missed or got twice. `usage` is measured before the viewers connect, when all are connected, and at the end; `load`
    is the machine's load average before, because other work makes everything later.
    """

    scene: Scene
    seen: Spread
    painted: Spread
    first_frame: Spread
    facts: int
    lost: int
    doubled: int
    usage: tuple[Usage, ...]
    load: float

    @property
    def is_met(self) -> bool:
        return not self.lost and not self.doubled and max(self.seen.p95, self.painted.p95) < self.scene.goal


def main() -> int:
    options = _options()
    for name in FOREIGN:
        os.environ.pop(name, None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    outcomes = []
    try:
        for scene in scenes(options):
            with tempfile.TemporaryDirectory(prefix="bench-") as scratch, browser_page() as page:
                outcomes.append(run_scene(scene, Path(scratch), page))
    except (BenchError, StartError, NoBrowser) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(f"\n{as_markdown(outcomes)}")
    options.output.mkdir(parents=True, exist_ok=True)
    record = {"machine": machine(), "outcomes": [asdict(outcome) for outcome in outcomes]}
    (options.output / "viewers.json").write_text(json.dumps(record, indent=2) + "\n")
    return 0 if all(outcome.is_met for outcome in outcomes) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.viewers", description=__doc__)
    parser.add_argument("--runs", type=int, help="so many runs at once, each with a viewer of its own")
    parser.add_argument("--viewers", type=int, help="so many viewers of one run")
    parser.add_argument("--pace", choices=("follow", "fast"), default="follow", help="how fast the runs go")
    parser.add_argument("--output", type=Path, default=Path("var/bench"), help="where the report is written")
    options = parser.parse_args()
    if any(number is not None and number < 1 for number in (options.runs, options.viewers)):
        parser.error("at least one run and one viewer are needed")
    return options


def scenes(options: argparse.Namespace) -> list[Scene]:
    """Returns the scenes that the options name; both when they name none."""
    many_runs = Scene(options.runs or 100, 1, options.pace, 400)
    one_class = Scene(1, options.viewers or 1000, options.pace, 500)
    if options.runs or options.viewers:
        return [many_runs] * bool(options.runs) + [one_class] * bool(options.viewers)
    return [many_runs, one_class]


@contextmanager
def browser_page() -> Iterator[Page]:
    """Opens a page that records when each fact is painted. Raises NoBrowser."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        try:
            page = browser.new_page()
            page.add_init_script(RECORD_PAINTING)
            yield page
        finally:
            browser.close()


def run_scene(scene: Scene, directory: Path, page: Page) -> Measurement:
    """Starts the product, connects the viewers, then releases the runs."""
    print(f"{scene.title} …", flush=True)
    with running(RUNS, directory) as runs:
        instance = runs.instance
        watchers = Contender("audience", "the viewers", "benchmarks.audience", options={"port": instance.port})
        with Client(watchers, instance) as audience:
            return _measure(scene, runs, audience, page, f"http://{instance.host}:{instance.port}")


def _measure(scene: Scene, runs: Client, audience: Client, page: Page, address: str) -> Measurement:
    web = int(runs.instance.pid_file("web").read_text())
    before = os.getloadavg()[0]
    begun = runs.ask("begin", scene.runs)
    page.goto(f"{address}/sandbox/runs/{begun[0]}/")
    usage = [Usage.of(web, audience)]
    first_frames = audience.ask(
        "connect", [f"/sandbox/live/?run={run}:0" for run in begun for _ in range(scene.viewers)]
    )
    usage.append(Usage.of(web, audience))
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(audience.ask, "watch", LIMIT)
        began = runs.ask("release", scene.pace, FOLLOW_DELAY)
        journals = [dict(map(tuple, journal)) for journal in runs.ask("journals")]
        page.wait_for_function(ALL_PAINTED, arg=len(journals[0]))
        received = watching.result()
    usage.append(Usage.of(web, audience))
    expected = [journal for journal in journals for _ in range(scene.viewers)]
    counts = [Counter(seq for seq, _ in facts) for facts in received]
    return Measurement(
        scene,
        seen=_spread(at - journal[seq] for journal, facts in zip(expected, received, strict=True) for seq, at in facts
                     if journal[seq] > began),
        painted=_spread(seen - at for at, seen in page.evaluate("Object.values(moments)") if at > began),
        first_frame=_spread(seconds for seconds in first_frames if seconds is not None),
        facts=sum(map(len, expected)),
        lost=sum(len(journal.keys() - count.keys()) for journal, count in zip(expected, counts, strict=True)),
        doubled=sum(count.total() - len(count) for count in counts),
        usage=tuple(usage),
        load=before,
    )  # fmt: skip


def _spread(seconds: Iterator[float]) -> Spread:
    values = [1000 * value for value in seconds] or [nan]
    cuts = quantiles(values, n=20, method="inclusive") if len(values) > 1 else values * 19
    return Spread(len(values), cuts[9], cuts[18], max(values))


def as_markdown(outcomes: list[Measurement]) -> str:
    """Formats the outcomes as a table."""
    head = ("scene", "commit to frame, ms", "commit to paint, ms", "first frame, ms", "facts lost, doubled",
            "web's time, s", "viewers' time, s", "web's memory, MiB", "load before", "promised", "kept")  # fmt: skip
    return "p50 / p95 / longest; times and memory for the coming of the viewers, then for the runs\n\n" + table(
        head, map(_row, outcomes)
    )


def _row(outcome: Measurement) -> tuple[str, ...]:
    steps = list(pairwise(outcome.usage))
    return (
        outcome.scene.title,
        str(outcome.seen),
        str(outcome.painted),
        str(outcome.first_frame),
        f"{outcome.lost}, {outcome.doubled} of {outcome.facts}",
        " + ".join(f"{after.web - before.web:.1f}" for before, after in steps),
        " + ".join(f"{after.audience - before.audience:.1f}" for before, after in steps),
        " → ".join(f"{usage.memory:.0f}" for usage in outcome.usage),
        f"{outcome.load:.1f}",
        f"p95 under {outcome.scene.goal:g} ms",
        "yes" if outcome.is_met else "no",
    )


if __name__ == "__main__":
    sys.exit(main())
