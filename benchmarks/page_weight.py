"""`python -m benchmarks.page_weight` measures what an empty browser downloads for a page, and when it shows it."""

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
class Visit:
    """One visit: bytes transferred with headers, bytes of content, and its size if all were compressed with gzip."""

    title: str
    requests: int = 0
    transferred: int = 0
    content: int = 0
    zipped: int = 0
    shown: float = 0.0
    largest: list[tuple[int, str]] = field(default_factory=list)

    @property
    def limit(self) -> float:
        """The promised limit, in KiB."""
        return WEIGHTS.get(self.title, WEIGHT)

    @property
    def is_met(self) -> bool:
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
            visits = weigh(pages(runs), f"http://{runs.instance.host}:{runs.instance.port}")
    except (BenchError, StartError, NoBrowser) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(as_markdown(visits))
    return 0 if all(visit.is_met for visit in visits) else 1


def pages(runs: Client) -> dict[str, str]:
    """Returns the path of each page to measure, by its name."""
    choreographed, orchestrated = runs.ask("begin", 2)
    runs.ask("release", "fast", 0)
    runs.ask("journals")
    return {
        "setup": "/sandbox/",
        "run, choreography, ended": f"/sandbox/runs/{choreographed}/",
        "run, orchestration, ended": f"/sandbox/runs/{orchestrated}/",
        "course": "/lessons/",
        "lesson": "/lessons/choreography-vs-orchestration/",
    }


def weigh(paths: dict[str, str], address: str) -> list[Visit]:
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        try:
            _visit(browser, "warming up", f"{address}/lessons/")
            return [_typical(browser, title, address + path) for title, path in paths.items()]
        finally:
            browser.close()


def _typical(browser: Browser, title: str, address: str) -> Visit:
    """Returns the visit whose first content came at the median time."""
    return sorted((_visit(browser, title, address) for _ in range(VISITS)), key=lambda visit: visit.shown)[VISITS // 2]


def _visit(browser: Browser, title: str, address: str) -> Visit:
    """Loads a page in a browser of its own, whose cache is empty."""
    visit, context = Visit(title), browser.new_context()
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        addresses: dict[str, str] = {}
        ended: dict[str, int] = {}
        session.on(
            "Network.responseReceived", lambda event: addresses.update({event["requestId"]: event["response"]["url"]})
        )
        session.on(
            "Network.loadingFinished", lambda event: ended.update({event["requestId"]: event["encodedDataLength"]})
        )
        session.send("Network.enable")
        page.goto(address, wait_until="networkidle")
        visit.shown = page.evaluate(PAINTED)
        for request, transferred in tuple(ended.items()):
            visit.add(addresses[request], int(transferred), _body(session, request))
    finally:
        context.close()
    return visit


def _body(session: CDPSession, request: str) -> bytes:
    body = session.send("Network.getResponseBody", {"requestId": request})["body"]
    return str(body).encode()


def as_markdown(visits: list[Visit]) -> str:
    sizes = ("transferred, KiB", "content, KiB", "all of it with gzip, KiB")
    head = ("page", "requests", *sizes, "at most", "first content, ms", "largest")
    rows = (
        (
            visit.title,
            str(visit.requests),
            *(f"{size / KIB:.1f}" for size in (visit.transferred, visit.content, visit.zipped)),
            f"{visit.limit:g}",
            f"{visit.shown:.0f}",
            ", ".join(f"{name} {size / KIB:.1f}" for size, name in visit.largest[:4]),
        )
        for visit in visits
    )
    promised = f"first content within {SHOWN:g} ms, and no more KiB transferred than the table allows"
    return f"promised: {promised}\n\n{table(head, rows)}"


if __name__ == "__main__":
    sys.exit(main())
