from pathlib import Path

import pytest
import yaml

from tests.quiz.authoring import signed_in
from tests.quiz.fixtures import SMALL
from tests.quiz.sitting import LESSON, Sitting

# A bank of five questions, one for each objective, so that tests do not hang on what the shipped bank asks.
BANKS = Path(__file__).parent / "banks"


@pytest.fixture(autouse=True)
def neighbourhood(settings):
    settings.ROOT_URLCONF = "tests.quiz.stub_rooms"
    settings.QUIZ_BANKS = BANKS
    settings.QUIZ_TRACE = "tests.quiz.stub_rooms.trace"
    settings.QUIZ_OWN_RUNS = "tests.quiz.stub_rooms.no_runs"


@pytest.fixture
def raw():
    """The bank as plain values, for a test to bend."""
    return yaml.safe_load((BANKS / f"{LESSON}.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def write_bank(settings, tmp_path):
    settings.QUIZ_BANKS = tmp_path

    def write(raw, lesson=LESSON):
        file = tmp_path / f"{lesson}.yaml"
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
