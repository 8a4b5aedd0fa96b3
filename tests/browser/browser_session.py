"""A learner's browser session, and the problems that its console reports."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext

TIMEOUT = 10_000  # milliseconds


class ConsoleMessages:
    """Errors and warnings of the console and of scripts. Violations of the Content-Security-Policy are among them."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.allowed: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        context.on("console", lambda said: said.type in {"error", "warning"} and self.messages.append(said.text))
        context.on("weberror", lambda web_error: self.messages.append(str(web_error.error)))

    def allow(self, pattern: str) -> None:
        """Allows messages that a test causes on purpose."""
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        return [text for text in self.messages if not any(re.search(pattern, text) for pattern in self.allowed)]


@contextmanager
def visit(browser: Browser, base_url: str, console: ConsoleMessages, **options) -> Iterator[BrowserContext]:
    """Opens a browser without cookies or cache, with any options of a Playwright context."""
    context = browser.new_context(base_url=base_url, **options)
    context.set_default_timeout(TIMEOUT)
    console.listen(context)
    yield context
    context.close()
