import os
import re

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.chrome import NoBrowser, launch
from tests.stack import Stack

PATIENCE = 15_000  # milliseconds

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    with Stack(var=tmp_path_factory.mktemp("var")) as stack:
        yield stack


# Not for the whole session: while Playwright runs in this thread, Django lets no other test use the database.
@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright.chromium)
        except NoBrowser as error:
            give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            give_up(f"NO BROWSER, SO NOTHING THAT THE LEARNER SEES IS TESTED: {error}")
        yield browser
        browser.close()


class Complaints:
    """What the browser's console says against the pages of a test. Content-Security-Policy violations are among it."""

    def __init__(self):
        self.heard, self.allowed = [], []

    def listen(self, context):
        context.on("console", lambda said: said.type in {"error", "warning"} and self.heard.append(said.text))
        context.on("weberror", lambda web_error: self.heard.append(str(web_error.error)))

    def allow(self, pattern):
        """For a test that brings the complaint about on purpose."""
        self.allowed.append(pattern)

    def left(self):
        return [text for text in self.heard if not any(re.search(pattern, text) for pattern in self.allowed)]


@pytest.fixture
def complaints():
    complaints = Complaints()
    yield complaints
    assert complaints.left() == []


@pytest.fixture
def new_learner(browser, stack, complaints):
    """Opens a page of a browser that has never been here, with any options of a Playwright context."""
    contexts = []

    def new_learner(**options):
        context = browser.new_context(base_url=stack.base_url, **options)
        context.set_default_timeout(PATIENCE)
        complaints.listen(context)
        contexts.append(context)
        return context.new_page()

    yield new_learner
    for context in contexts:
        context.close()


@pytest.fixture
def look():
    """Options of the page's browser; parametrise it to see the page elsewhere."""
    return {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def page(new_learner, look):
    return new_learner(**look)
