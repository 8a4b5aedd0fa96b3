"""The page's scripts by themselves: their modules in an empty page of the tests' one browser, with nothing behind it.

What the server would answer, and the time, are the test's own: see `fakes.js`.
"""

from pathlib import Path

import pytest

from config.settings import BASE_DIR

ORIGIN = "http://scripts.test"
FOLDERS = {
    "js": BASE_DIR / "static" / "js",
    "test": Path(__file__).parent,
}
EMPTY = '<!doctype html><meta charset="utf-8"><title>Scripts</title><body hx-headers=\'{"X-CSRFToken": "token"}\'>'


def answer(route):
    """Answers with a script's file, or with an empty page."""
    _, _, path = route.request.url.removeprefix(ORIGIN).partition("/")
    folder, _, name = path.partition("/")
    if name.endswith(".js"):
        route.fulfill(path=FOLDERS[folder] / name, content_type="text/javascript")
    else:
        route.fulfill(body=EMPTY, content_type="text/html")


@pytest.fixture(scope="module")
def tab(browser):
    context = browser.new_context(reduced_motion="no-preference")
    context.route(f"{ORIGIN}/**", answer)
    yield context.new_page()
    context.close()


@pytest.fixture
def run(tab):
    """Runs the body of an async function in a page that was just opened, and gives what it returns.

    In it are what `fakes.js` exports, and `load`, which imports one of the scripts.
    """
    failures = []

    def note(error):
        failures.append(str(error))

    def run(body):
        return tab.evaluate(f"async () => {{ {WORLD} {body} }}")

    tab.goto(f"{ORIGIN}/page/")
    tab.on("pageerror", note)
    yield run
    tab.remove_listener("pageerror", note)
    assert failures == []


WORLD = """
    const { Clock, Source, answers, asked, bar, hide, html, panel, press, settle } = await import("/test/fakes.js");
    const load = (path) => import(path);
"""
