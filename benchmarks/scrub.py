"""`python -m benchmarks.scrub` measures how fast the page of a long run shows another moment.

Each step goes back one fact. Measures the milliseconds of work until the page is laid out again, and those from one
painted frame to the next while each frame makes a step. Nothing else should run meanwhile.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.stack import Stack

FAULTS = (
    *(
        f"{actor}:duplicate=20"
        for actor in ("orchestrator", "order", "inventory", "payment", "fulfilment", "warehouse")
    ),
    *(f"{step}:transient=3" for step in ("pick-items", "pack-shipment")),
)
STEP = """async () => {
    const painted = () => new Promise(requestAnimationFrame);
    document.querySelector("[data-do=back]").click();
    await new Promise((done) => setTimeout(done, 1500));
    const work = [], frames = [];
    let before = await painted();
    const facts = Number(document.querySelector("[data-moment]").textContent.match(/of (\\d+)/)[1]);
    for (let i = 0; i < facts - 5; i += 1) {
        const start = performance.now();
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
        await Promise.resolve(); await Promise.resolve(); await Promise.resolve(); await Promise.resolve();
        document.body.getBoundingClientRect();
        work.push(performance.now() - start);
        const now = await painted();
        frames.push(now - before);
        before = now;
    }
    return { facts, shown: document.querySelector("[data-moment]").textContent, work, frames };
}"""


def long_run(stack: Stack) -> str:
    """Runs a saga with some 200 facts, and returns the run's id."""
    command = [sys.executable, "manage.py", "runsaga", "order-hybrid", "--style", "orchestration", "--json"]
    command += ["--fail", "schedule-fulfilment", *(word for fault in FAULTS for word in ("--fault", fault))]
    done = subprocess.run(command, env=stack.env, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr)
    return str(json.loads(done.stdout)["run"])


def measure(page: Page, address: str) -> dict[str, Any]:
    page.goto(address)
    found: dict[str, Any] = page.evaluate(STEP)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as var, Stack(var=Path(var)) as stack, sync_playwright() as playwright:
        address = f"{stack.base_url}/sandbox/runs/{long_run(stack)}/"
        path = os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for _ in range(3):
            found = measure(page, address)
            for what in ("work", "frames"):
                times = found[what]
                p95 = quantiles(times, n=20)[-1]
                print(f"{what}, ms: median {median(times):.1f}, p95 {p95:.1f}, max {max(times):.1f}", end="; ")
            print(f"{found['facts']} facts, now at {found['shown']}")
        browser.close()


if __name__ == "__main__":
    main()
