"""With DEBUG on, an open page shows an edit by itself and keeps its scroll position; a mistake replaces the page."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.browser_session import ConsoleMessages, visit
from tests.stack import ROOT, free_port, until

SOON = 2_500  # milliseconds; about one, and room for a busy machine
FRONT = "title: Outbox\nsummary: S.\nweight: low\norder: 1\nsandbox_minutes: 0\ncheck_minutes: 0\n"
BANK = "title: Outbox\nobjectives: {{}}\nquestions: []\n{}"


class EditedFiles:
    """The files that an author edits while the page is open."""

    def __init__(self, folder):
        self.folder = folder
        self.file("lessons/basics/module.yaml", "title: Basics\norder: 1\n")
        self.file("lessons/glossary.yaml", "term: What it means.\n")
        self.file("static/css/course/lesson-text.css", ".prose { color: rgb(1, 2, 3) }")
        self.lesson("The first words.")

    def file(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def lesson(self, words):
        filling = "Filling.\n\n" * 80
        check = "{% knowledge_check lesson.slug %}"
        return self.file(
            "lessons/basics/outbox/lesson.md", f"---\n{FRONT}---\n{filling}## Here\n\n{words}\n\n{check}\n"
        )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return EditedFiles(tmp_path_factory.mktemp("edited-files"))


@pytest.fixture(scope="module")
def address(files):
    port = free_port()
    env = {
        **os.environ,
        "LIVE_RELOAD_DIR": str(files.folder),
        "VAR_DIR": str(files.folder / "var"),
        "DJANGO_SETTINGS_MODULE": "tests.browser.live_reload_settings",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), "--lifespan", "off"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        if "Uvicorn running" in line:
            break
    yield f"http://127.0.0.1:{port}"
    server.kill()
    server.communicate()


@pytest.fixture
def page(browser, address, files):
    files.lesson("The first words.")
    with visit(browser, address, ConsoleMessages(), viewport={"width": 1280, "height": 700}) as context:
        page = context.new_page()
        page.goto("/lessons/outbox/")
        expect(page.get_by_text("The first words.")).to_be_visible()
        yield page


def test_an_edit_shows_by_itself_and_the_page_stays_where_it_was(page, files):
    page.evaluate("scrollTo(0, 1500)")
    files.lesson("Other words with a [[term]].")
    expect(page.get_by_text("Other words with a")).to_be_visible(timeout=SOON)
    until(lambda: page.evaluate("scrollY") == 1500, within=3, what="the page is where it was")
    files.file("lessons/glossary.yaml", "term: It means something else.\n")
    expect(page.locator(".definition")).to_have_text("It means something else.", timeout=SOON)


def test_an_edited_style_sheet_shows(page, files):
    expect(page.locator(".prose")).to_have_css("color", "rgb(1, 2, 3)")
    files.file("static/css/course/lesson-text.css", ".prose { color: rgb(3, 2, 1) }")
    expect(page.locator(".prose")).to_have_css("color", "rgb(3, 2, 1)", timeout=SOON)


def test_a_fault_takes_the_place_of_the_page_until_it_is_fixed(page, files):
    page.evaluate("scrollTo(0, 1500)")
    file = files.lesson("[[nonsense]]")
    expect(page.get_by_role("alert")).to_contain_text(f"{file}:171 [[nonsense]] is no term", timeout=SOON)
    files.lesson("Fixed words.")
    expect(page.get_by_text("Fixed words.")).to_be_visible(timeout=SOON)
    until(lambda: page.evaluate("scrollY") == 1500, within=3, what="the page is where it was")
    file = files.file("lessons/basics/outbox/check.yaml", BANK.format("colour: blue\n"))
    expect(page.get_by_role("alert")).to_contain_text(f"{file}:4 colour is no field here", timeout=SOON)
    file.unlink()
    expect(page.get_by_text("Fixed words.")).to_be_visible(timeout=SOON)
