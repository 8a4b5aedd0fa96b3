import shutil
from pathlib import Path

import pytest
import yaml

from tests.quiz.authoring import signed_in
from tests.quiz.fixtures import SMALL
from tests.quiz.sitting import LESSON, Sitting

# A bank of five questions, one for each objective, so that tests do not hang on what the shipped bank asks.
LESSONS = Path(__file__).parent / "lessons"


@pytest.fixture(autouse=True)
def neighbourhood(settings):
    settings.ROOT_URLCONF = "tests.quiz.stub_rooms"
    settings.LESSONS_DIR = LESSONS
    settings.QUIZ_TRACE = "tests.quiz.stub_rooms.trace"
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.no_runs"


@pytest.fixture
def raw():
    """The bank as plain values, for a test to bend."""
    return yaml.safe_load((LESSONS / "basics" / LESSON / "check.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def write_bank(settings, tmp_path):
    settings.LESSONS_DIR = tmp_path
    shutil.copytree(LESSONS, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("check.yaml"))

    def write(raw, lesson=LESSON):
        file = tmp_path / "basics" / lesson / "check.yaml"
        file.parent.mkdir(exist_ok=True)
        (file.parent / "lesson.md").write_bytes((LESSONS / "basics" / LESSON / "lesson.md").read_bytes())
        file.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
        return file

    return write


@pytest.fixture
def small(write_bank):
    """Three objectives, with questions of every kind and siblings of some."""
    write_bank(SMALL)


@pytest.fixture
def sitting(db):
    return Sitting().start()


@pytest.fixture
def singly(db, small):
    """A sitting on the small bank, one question at a time."""
    return Sitting().start(pace="singly")


@pytest.fixture
def together(db, small):
    """A sitting on the small bank, all at once."""
    return Sitting().start()


@pytest.fixture
def author(db, settings):
    """Who sees everything in the admin."""
    settings.ROOT_URLCONF = "config.urls"
    return signed_in(is_superuser=True)
