import os
import shutil
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from config.settings import LESSONS_DIR
from tests.browser.browser_session import TIMEOUT, ConsoleMessages, visit
from tests.browser.chrome import NoBrowser, launch
from tests.browser.proxy import Proxy
from tests.stack import Stack

# Small lessons with small banks, so that a test knows what is asked.
LESSONS = Path(__file__).parent / "lessons"
expect.set_options(timeout=TIMEOUT)


@contextmanager
def product(var, **environment):
    """Runs the product with the lessons of the tests beside its own."""
    for lessons in (LESSONS_DIR, LESSONS):
        shutil.copytree(lessons, var / "lessons", dirs_exist_ok=True)
    with Stack(var=var, DJANGO_SETTINGS_MODULE="tests.browser.settings", **environment) as stack:
        yield stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """The product, in which a run that can be followed takes some seconds instead of ten."""
    with product(tmp_path_factory.mktemp("var"), SANDBOX_FOLLOW_DELAY="0.5") as stack:
        yield stack


def pytest_collection_modifyitems(items):
    """Runs tests with the browser last: while Playwright runs in this thread, Django lets no test use the database."""
    items.sort(key=lambda item: "browser" in item.fixturenames)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright.chromium)
        except NoBrowser as error:
            give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            give_up(f"NO BROWSER, SO NOTHING THAT THE LEARNER SEES IS TESTED: {error}")
        yield browser
        browser.close()


@pytest.fixture
def console():
    console = ConsoleMessages()
    yield console
    assert console.unexpected() == []


@pytest.fixture
def new_learner(browser, stack, console):
    """Returns a function that opens a page in a new browser, with the options of a Playwright context."""
    with ExitStack() as visits:
        yield lambda **options: visits.enter_context(visit(browser, stack.base_url, console, **options)).new_page()


@pytest.fixture
def look():
    """Returns the options of the page's browser."""
    return {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def page(new_learner, look):
    return new_learner(**look)


@pytest.fixture
def proxy(stack):
    with Proxy(stack.port) as proxy:
        yield proxy


@pytest.fixture
def proxied_context(browser, console, proxy, look):
    """A browser that reaches the server through the proxy."""
    with visit(browser, proxy.base_url, console, **look) as context:
        yield context


@pytest.fixture
def proxied(proxied_context):
    return proxied_context.new_page()
