import pytest
import yaml

from quiz.loader import SHIPPED
from tests.quiz.sitting import LESSON, Sitting


@pytest.fixture(autouse=True)
def neighbourhood(settings):
    settings.ROOT_URLCONF = "tests.quiz.neighbours"
    settings.QUIZ_TRACE = "tests.quiz.neighbours.trace"


@pytest.fixture
def raw():
    """The shipped bank as plain values, for a test to bend."""
    return yaml.safe_load((SHIPPED / f"{LESSON}.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def write_bank(settings, tmp_path):
    settings.QUIZ_BANKS = tmp_path

    def write(raw, lesson=LESSON):
        file = tmp_path / f"{lesson}.yaml"
        file.write_text(yaml.safe_dump(raw), encoding="utf-8")
        return file

    return write


@pytest.fixture
def sitting(db):
    return Sitting().start()
