"""`python -m benchmarks.page_weight`: what a page weighs for a browser that has nothing yet, and when it shows."""

import argparse
import os
import sys
import tempfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.__main__ import FOREIGN
from benchmarks.process_set import BenchError, Client, running
from benchmarks.report import table
from benchmarks.viewers import RUNS
from infra.launcher.instance import StartError
from tests.browser.chrome import NoBrowser, launch

SHOWN = 500.0  # ms that are promised
WEIGHT, WEIGHTS = 120.0, {"lesson": 100.0}  # KiB that are promised, and where it is less
KIB, VISITS = 1024, 5
PAINTED = """new Promise((done) => new PerformanceObserver((list) => {
    const entry = list.getEntriesByName("first-contentful-paint")[0];
    if (entry) done(entry.startTime);
  }).observe({ type: "paint", buffered: true }))"""


@dataclass
class Load:
    """One visit: bytes on the wire with their headers, bytes of content, and what the content would be with gzip."""

    title: str
    requests: int = 0
    transferred: int = 0
    content: int = 0
    zipped: int = 0
    shown: float = 0.0
    largest: list[tuple[int, str]] = field(default_factory=list)

    @property
    def limit(self) -> float:
        """The most that is promised, in KiB."""
        return WEIGHTS.get(self.title, WEIGHT)

    @property
    def is_kept(self) -> bool:
        return self.transferred <= self.limit * KIB and self.shown < SHOWN

    def add(self, address: str, transferred: int, body: bytes) -> None:
        self.requests += 1
        self.transferred += transferred
        self.content += len(body)
        self.zipped += len(zlib.compress(body, 6))
        self.largest = sorted([*self.largest, (transferred, address.rpartition("/")[2] or "the page")], reverse=True)


def main() -> int:
    argparse.ArgumentParser(prog="benchmarks.page_weight", description=__doc__).parse_args()
    for name in FOREIGN:
        os.environ.pop(name, None)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch, running(RUNS, Path(scratch)) as runs:
            loads = weigh(pages(runs), f"http://{runs.instance.host}:{runs.instance.port}")
    except (BenchError, StartError, NoBrowser) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(as_markdown(loads))
    return 0 if all(load.is_kept for load in loads) else 1


def pages(runs: Client) -> dict[str, str]:
    """What is weighed: each page's name and path."""
    choreographed, orchestrated = runs.ask("begin", 2)
    runs.ask("let_go", "fast", 0)
    runs.ask("journals")
    return {
        "bench": "/sandbox/",
        "run, choreography, ended": f"/sandbox/runs/{choreographed}/",
        "run, orchestration, ended": f"/sandbox/runs/{orchestrated}/",
        "course": "/lessons/",
        "lesson": "/lessons/choreography-vs-orchestration/",
    }


def weigh(paths: dict[str, str], address: str) -> list[Load]:
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        try:
            _visit(browser, "warming up", f"{address}/lessons/")
            return [_typical(browser, title, address + path) for title, path in paths.items()]
        finally:
            browser.close()


def _typical(browser: Browser, title: str, address: str) -> Load:
    """The visit of several whose first content came neither early nor late."""
    return sorted((_visit(browser, title, address) for _ in range(VISITS)), key=lambda load: load.shown)[VISITS // 2]


def _visit(browser: Browser, title: str, address: str) -> Load:
    """Loads a page in a browser of its own, whose cache is empty."""
    load, context = Load(title), browser.new_context()
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        answers: dict[str, str] = {}
        ended: dict[str, int] = {}
        session.on(
            "Network.responseReceived", lambda told: answers.update({told["requestId"]: told["response"]["url"]})
        )
        session.on("Network.loadingFinished", lambda it: ended.update({it["requestId"]: it["encodedDataLength"]}))
        session.send("Network.enable")
        page.goto(address, wait_until="networkidle")
        load.shown = page.evaluate(PAINTED)
        for request, transferred in tuple(ended.items()):
            load.add(answers[request], int(transferred), _body(session, request))
    finally:
        context.close()
    return load


def _body(session: CDPSession, request: str) -> bytes:
    body = session.send("Network.getResponseBody", {"requestId": request})["body"]
    return str(body).encode()


def as_markdown(loads: list[Load]) -> str:
    sizes = ("transferred, KiB", "content, KiB", "all of it with gzip, KiB")
    head = ("page", "requests", *sizes, "at most", "first content, ms", "largest")
    rows = (
        (
            load.title,
            str(load.requests),
            *(f"{size / KIB:.1f}" for size in (load.transferred, load.content, load.zipped)),
            f"{load.limit:g}",
            f"{load.shown:.0f}",
            ", ".join(f"{name} {size / KIB:.1f}" for size, name in load.largest[:4]),
        )
        for load in loads
    )
    promised = f"first content within {SHOWN:g} ms, and no more KiB transferred than stand in the table"
    return f"promised: {promised}\n\n{table(head, rows)}"


if __name__ == "__main__":
    sys.exit(main())
