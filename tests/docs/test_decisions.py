"""docs/decisions/: one decision a file, in one shape, and each in the index under its room."""

import re

import pytest

from tests.docs.markdown_files import DECISIONS, ROOT, ids

FOLDER = ROOT / "docs/decisions"
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
FILES = [file for file in DECISIONS if file.name != "README.md"]
SHAPE = re.compile(r"# (\d+)\. (.+)\n\n- Date: (\d{4}-\d\d-\d\d)\n- Room: (.+)\n\n")
SECTIONS = (["Decision", "Why"], ["Decision", "Why", "Turned down"])


def test_decisions_are_numbered_without_a_gap():
    assert [int(file.name[:4]) for file in FILES] == list(range(1, len(FILES) + 1))


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_a_decision_has_a_number_a_date_a_room_and_its_reasons(file):
    text = file.read_text(encoding="utf-8")
    number, title, _, _ = SHAPE.match(text).groups()
    assert int(number) == int(file.name[:4])
    assert not title.endswith(".")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) in SECTIONS


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_a_decision_stands_in_the_index_under_its_room(file):
    _, title, date, room = SHAPE.match(file.read_text(encoding="utf-8")).groups()
    line = f"| {file.name[:4]} | [{title}]({file.name}) | {date} |"
    assert INDEX.count(file.name) == 1
    (section,) = (part for part in INDEX.split("\n## ") if line in part)
    assert section.splitlines()[0].lower() == room
