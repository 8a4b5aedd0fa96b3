import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from config.settings import LESSONS_DIR
from tests.browser.chrome import NoBrowser, launch
from tests.browser.visits import PATIENCE, Complaints, visit
from tests.stack import Stack

# Small lessons with small banks, so that a test knows what is asked.
LESSONS = Path(__file__).parent / "lessons"
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    for lessons in (LESSONS_DIR, LESSONS):
        shutil.copytree(lessons, var / "lessons", dirs_exist_ok=True)
    with Stack(var=var, DJANGO_SETTINGS_MODULE="tests.browser.settings") as stack:
        yield stack


def pytest_collection_modifyitems(items):
    """Puts what needs the browser last: while Playwright runs in this thread, Django lets no test use the database."""
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
def complaints():
    complaints = Complaints()
    yield complaints
    assert complaints.left() == []


@pytest.fixture
def new_learner(browser, stack, complaints):
    """Opens a page in a new browser; with the options of a Playwright context."""
    with ExitStack() as visits:
        yield lambda **options: visits.enter_context(visit(browser, stack.base_url, complaints, **options)).new_page()


@pytest.fixture
def look():
    """The options of the page's browser."""
    return {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def page(new_learner, look):
    return new_learner(**look)
