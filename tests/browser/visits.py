"""A learner's browser, and what its console says against the pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext

PATIENCE = 10_000  # milliseconds


class Complaints:
    """Errors and warnings of the console and of scripts. Violations of the Content-Security-Policy are among them."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.allowed: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        context.on("console", lambda said: said.type in {"error", "warning"} and self.heard.append(said.text))
        context.on("weberror", lambda web_error: self.heard.append(str(web_error.error)))

    def allow(self, pattern: str) -> None:
        """For a test that brings the complaint about on purpose."""
        self.allowed.append(pattern)

    def left(self) -> list[str]:
        return [text for text in self.heard if not any(re.search(pattern, text) for pattern in self.allowed)]


@contextmanager
def visit(browser: Browser, base_url: str, complaints: Complaints, **options) -> Iterator[BrowserContext]:
    """A browser that has never been here, with any options of a Playwright context."""
    context = browser.new_context(base_url=base_url, **options)
    context.set_default_timeout(PATIENCE)
    complaints.listen(context)
    yield context
    context.close()
