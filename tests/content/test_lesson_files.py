"""Other files in the folders of the lessons are ignored; misplaced ones are reported."""

import pytest

from content.lesson_files import fingerprint, lessons, misplaced, modules
from course.lint.checks import lessons_can_be_shown
from quiz.bank.checks import banks_are_sound
from quiz.bank.loader import bank_files
from sandbox.labs.checks import experiments_are_sound
from tests.course.conftest import folder  # noqa: F401

NOTHING_OF_OURS = [
    ".DS_Store",
    ".gitkeep",
    ".git/module.yaml",
    ".lesson.md.swp",
    ".#lesson.md",
    "._lesson.md",
    "#lesson.md#",
    "lesson.md~",
    "check.yaml~",
    "check.yaml.swp",
    "README.md",
    "readme.markdown",
    "notes.txt",
    "images/notes.txt",
    "images/lesson.md",
    "images/check.yaml",
]


@pytest.mark.parametrize("place", ["", "basics/", "basics/outbox/"], ids=["root", "module", "lesson"])
@pytest.mark.parametrize("name", NOTHING_OF_OURS)
def test_hidden_files_editors_files_pictures_and_readmes_disturb_nothing(folder, place, name):  # noqa: F811
    folder.lesson()
    before = fingerprint(folder.root)
    file = folder.root / place / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("[")
    assert [*lessons_can_be_shown(), *banks_are_sound(), *experiments_are_sound()] == []
    assert [each.name for each in modules(folder.root)] == ["basics"]
    assert [each.name for each in lessons(folder.root)] == ["outbox"]
    assert bank_files() == {}
    assert fingerprint(folder.root) == before


def test_a_picture_beside_a_lesson_is_watched_and_disturbs_nothing_else(folder):  # noqa: F811
    folder.lesson()
    before = fingerprint(folder.root)
    picture = folder.root / "basics" / "outbox" / "images" / "courier.png"
    picture.parent.mkdir()
    picture.write_bytes(b"")
    assert fingerprint(folder.root) != before
    assert lessons_can_be_shown() == []


@pytest.mark.parametrize("name", ["assets/courier.png", ".obsidian/app.json", "LICENSE.md", "Contributing.md"])
def test_a_folder_of_pictures_is_no_lesson_and_a_notice_no_content(folder, name):  # noqa: F811
    folder.lesson()
    file = folder.root / "basics" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("[")
    assert [each.name for each in lessons(folder.root)] == ["outbox"]
    assert lessons_can_be_shown() == []


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("lesson.yml", "its place is lessons/<module>/<lesson>/lesson.md"),
        ("Lesson.md", "its place is lessons/<module>/<lesson>/lesson.md"),
        ("CHECK.YAML", "its place is lessons/<module>/<lesson>/check.yaml"),
        ("expriments.yaml", "its place is lessons/<module>/<lesson>/experiments.yaml"),
        ("module.yaml", "its place is lessons/<module>/module.yaml"),
        ("glossary.yaml", "its place is lessons/glossary.yaml"),
        ("saga.mkd", "a lesson is lessons/<module>/<lesson>/lesson.md"),
        (
            "saga.yaml",
            "the files of a lesson are lesson.md, check.yaml, experiments.yaml, labs.yaml, ask.yaml, interview.yaml, "
            "summary.yaml",
        ),
    ],
)
def test_a_file_that_looks_like_content_is_reported_once_with_what_is_right(folder, name, right):  # noqa: F811
    folder.lesson()
    file = folder.raw("text", name=name)
    assert [str(problem) for problem in misplaced(folder.root)] == [f"{file}:1: is not read here; {right}"]
    assert [str(message.obj) for message in lessons_can_be_shown()] == [f"{file}:1"]
