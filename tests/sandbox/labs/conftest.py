import pytest

from sandbox.labs.checks import experiments_are_sound


@pytest.fixture
def write(tmp_path, settings):
    """Writes a file of a lesson, in a course of its own."""
    settings.LESSONS_DIR = tmp_path

    def write(text, *, name, lesson="outbox"):
        file = tmp_path / "basics" / lesson / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return write


@pytest.fixture
def course(tmp_path, write):
    """A course with one lesson, so that its pages can be asked for."""
    front = "title: T\nsummary: S\nweight: low\norder: 1\nsandbox_minutes: 0\ncheck_minutes: 0\n"
    write(f"---\n{front}---\n## Why\n", name="lesson.md")
    (tmp_path / "basics" / "module.yaml").write_text("title: Basics\norder: 1\n")
    (tmp_path / "glossary.yaml").write_text("outbox: A table.\n")


@pytest.fixture
def told():
    """What is wrong with experiments and labs, each with its file and line."""
    return lambda: [f"{message.obj}: {message.msg}" for message in experiments_are_sound()]
