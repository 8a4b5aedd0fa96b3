"""While DEBUG is on, pages reload themselves and say what is wrong in a file. Otherwise nothing of it exists."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as ours
from django.test import Client

from config.settings import LESSONS_DIR as OURS
from infra.live_reload import views
from infra.live_reload.watch import stamp, watched

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
SCRIPT = '<script src="/dev/reload.js" data-seen="{}" defer></script>'


@pytest.fixture
def author_client(settings, folder):
    settings.ROOT_URLCONF = "tests.infra.live_reload_urls"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "infra.live_reload.middleware.LiveReload"]
    settings.LIVE_RELOAD_PAGE_ERRORS = "course.lint.template_tags.errors_of_page"
    return Client(raise_request_exception=False)


def test_without_debug_there_is_no_script_and_no_address(client, folder):
    folder.lesson()
    assert "/dev/" not in client.get("/lessons/outbox/").content.decode()
    assert client.get("/dev/reload.js").status_code == 404
    assert client.get("/dev/live/").status_code == 404
    assert not [name for name in ours.MIDDLEWARE if "live_reload" in name]
    assert not list((ROOT / "static").rglob("reload.js"))


def test_debug_switches_it_on_and_templates_are_read_again():
    code = (
        "import django; django.setup(); from django.conf import settings; from django.urls import reverse;"
        "from django.template import engines;"
        "print(reverse('live_reload:live'), settings.MIDDLEWARE[-1], [type(one).__name__ for one in"
        " engines['django'].engine.template_loaders])"
    )
    env = {**os.environ, "DEBUG": "true", "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONWARNINGS": "ignore"}
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert result.stdout.startswith("/dev/live/ infra.live_reload.middleware.LiveReload ['Loader', 'Loader']"), (
        result.stderr
    )


def test_content_is_watched_wherever_it_is_and_once(settings, folder):
    places = watched()
    assert settings.LESSONS_DIR in places
    assert len(places) == len(set(places))
    settings.LESSONS_DIR = OURS
    assert ROOT / "course" in watched()
    assert OURS not in watched()


@pytest.mark.parametrize("address", ["/lessons/outbox/", "/lessons/", "/glossary/", "/sandbox/", "/nowhere/"])
def test_every_page_holds_the_script_once_with_the_stamp_of_its_files(author_client, folder, address):
    folder.lesson()
    html = author_client.get(address, headers={"accept-encoding": "gzip", "if-none-match": "*"}).content.decode()
    assert html.count(SCRIPT.format(stamp())) == 1


def test_a_figure_can_be_played_by_a_learner_who_just_came(author_client, folder, settings):
    settings.DEBUG = True
    folder.lesson()
    author_client.get("/lessons/outbox/")
    assert ours.CSRF_COOKIE_NAME in author_client.cookies


def test_the_answer_to_a_form_is_left_alone(author_client, folder):
    html = author_client.post("/nowhere/").content.decode()
    assert "</head>" in html
    assert "/dev/" not in html


def test_the_script_is_small(author_client):
    response = author_client.get("/dev/reload.js")
    assert response["Content-Type"] == "text/javascript"
    assert len(response.getvalue()) <= 512


@pytest.mark.parametrize("name", ["basics/inbox/lesson.md", "basics/outbox/check.yaml", "glossary.yaml"])
def test_the_stamp_changes_when_a_file_comes_changes_or_goes(author_client, folder, name):
    file = folder.root / name
    stamps = [stamp()]
    file.parent.mkdir(parents=True, exist_ok=True)
    for text in ("a: b", "a: bc"):
        file.write_text(text)
        stamps.append(stamp())
    file.unlink()
    stamps.append(stamp())
    assert len(set(stamps)) >= 3
    assert stamps[1] != stamps[2] != stamps[3]
    assert stamp() == stamps[-1]


@pytest.mark.parametrize("name", ["basics/outbox/.#lesson.md", "basics/outbox/._check.yaml", ".git/notes.md"])
def test_hidden_files_change_no_stamp(author_client, folder, name):
    folder.lesson()
    before = stamp()
    (folder.root / name).parent.mkdir(exist_ok=True)
    (folder.root / name).write_text("text")
    assert stamp() == before


def test_a_wrong_experiment_is_reported_with_its_line_in_place_of_the_setup_page(author_client, folder):
    folder.lesson()
    file = folder.experiments("seen:\n  title: See it\n  watch: Look.\n  settings: {}\n  goal: flying\n")
    response = author_client.get("/sandbox/")
    assert response.status_code == 500
    assert f"<code>{file}:5</code> experiment &#x27;seen&#x27;: goal is &#x27;flying&#x27;" in response.content.decode()


def test_the_stream_tells_the_stamp_at_once_and_each_change(monkeypatch):
    monkeypatch.setattr(views, "PAUSE", 0)
    monkeypatch.setattr(views, "stamp", iter(["one", "one", "two"]).__next__)

    async def first_two():
        stamps = views._stamps()
        return [await anext(stamps), await anext(stamps)]

    assert async_to_sync(first_two)() == ["data: one\n\n", "data: two\n\n"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("## Why\n\n[[nonsense]]", 11, "[[nonsense]] is no term of the glossary"),
        ("## Why\n\n{% nonsense %}", 11, "Invalid block tag on line 11: &#x27;nonsense&#x27;"),
        ('## Why\n\n{% saga_diagram "ordr" "choreography" %}', 11, "saga_diagram &quot;ordr&quot;"),
    ],
)
def test_a_wrong_lesson_is_reported_with_its_line_in_place_of_the_page(author_client, folder, text, line, says):
    file = folder.lesson(text=text)
    response = author_client.get("/lessons/outbox/")
    html = response.content.decode()
    assert response.status_code == 500
    assert f"<code>{file}:{line}</code>" in html
    assert says in html
    assert SCRIPT.format(stamp()) in html
    folder.lesson()
    assert author_client.get("/lessons/outbox/").status_code == 200


@pytest.mark.parametrize("address", ["/lessons/outbox/", "/check/outbox/"])
def test_a_wrong_bank_is_reported_with_its_line_in_place_of_the_page(author_client, folder, settings, address):
    settings.DEBUG = True
    folder.lesson(text="## Check\n\n{% knowledge_check lesson.slug %}")
    file = folder.check("title: Outbox\nobjectives: {}\nquestions: []\ncolour: blue\n")
    response = author_client.get(address)
    assert response.status_code == 500
    assert f"<code>{file}:4</code> colour is no field here" in response.content.decode()


def test_a_page_that_fails_for_another_reason_says_so_itself(author_client, folder):
    folder.lesson(without="title")
    response = author_client.get("/sandbox/runs/00000000-0000-0000-0000-000000000000/")
    assert response.status_code == 404
    assert "To be fixed" not in response.content.decode()
