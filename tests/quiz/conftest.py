import shutil
from pathlib import Path

import pytest
import yaml

from tests.quiz.authoring import signed_in
from tests.quiz.check_taker import LESSON, CheckTaker
from tests.quiz.fixtures import SMALL_BANK, TYPED_BANK

# A bank of five questions, one for each objective, so that tests do not depend on the shipped bank.
LESSONS = Path(__file__).parent / "lessons"


@pytest.fixture(autouse=True)
def stub_settings(settings):
    settings.ROOT_URLCONF = "tests.quiz.stub_rooms"
    settings.LESSONS_DIR = LESSONS
    settings.QUIZ_TRACE = "tests.quiz.stub_rooms.trace"
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.no_runs"


@pytest.fixture
def raw():
    """Returns the bank as plain values, for a test to change."""
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
def small_bank(write_bank):
    """Writes a bank with three objectives, questions of every kind, and siblings of some."""
    write_bank(SMALL_BANK)


@pytest.fixture
def typed_bank(write_bank):
    """Writes a bank with a text, a number and a statement."""
    write_bank(TYPED_BANK)


@pytest.fixture
def taker(db):
    return CheckTaker().start()


@pytest.fixture
def singly(db, small_bank):
    """An attempt on the small bank, one question at a time."""
    return CheckTaker().start(pace="singly")


@pytest.fixture
def together(db, small_bank):
    """An attempt on the small bank, all at once."""
    return CheckTaker().start()


@pytest.fixture
def author(db, settings):
    """A signed-in author with all permissions."""
    settings.ROOT_URLCONF = "config.urls"
    return signed_in(is_superuser=True)
