from pathlib import Path
from textwrap import dedent

import pytest

FRONT_MATTER = {
    "title": "Outbox",
    "summary": "How a message leaves with its transaction.",
    "weight": "medium",
    "order": 1,
    "sandbox_minutes": 3,
    "check_minutes": 0,
}


class CourseFolder:
    """A course in a temporary folder, written as an author writes it."""

    def __init__(self, root: Path):
        self.root = root

    def module(self, slug="basics", text="title: Basics\norder: 1\n"):
        (self.root / slug).mkdir(exist_ok=True)
        (self.root / slug / "module.yaml").write_text(text)
        return slug

    def lesson(self, slug="outbox", *, module="basics", text="## Why\n\nBecause.\n", without="", **changes):
        fields = {name: value for name, value in (FRONT_MATTER | changes).items() if name != without}
        front = "".join(f"{name}: {value}\n" for name, value in fields.items())
        return self.raw(f"---\n{front}---\n{dedent(text)}", slug, module)

    def glossary(self, text):
        file = self.root / "glossary.yaml"
        file.write_text(dedent(text))
        return file

    def raw(self, text, slug="outbox", module="basics", name="lesson.md"):
        file = self.root / module / slug / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        return file

    def check(self, text, slug="outbox", module="basics"):
        return self.raw(dedent(text), slug, module, "check.yaml")

    def experiments(self, text, slug="outbox", module="basics"):
        return self.raw(dedent(text), slug, module, "experiments.yaml")


@pytest.fixture
def folder(tmp_path, settings):
    settings.LESSONS_DIR = tmp_path / "lessons"
    settings.LESSONS_DIR.mkdir()
    folder = CourseFolder(settings.LESSONS_DIR)
    folder.module()
    folder.glossary("idempotent: Having the same effect when done twice as when done once.")
    return folder
