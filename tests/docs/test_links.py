"""Links between the Markdown files lead somewhere, and the files and folders that they name exist."""

import re

import pytest

from config.settings import LESSONS_DIR
from tests.docs.markdown_files import FILES, ROOT, anchors, ids, paths, prose

# Between any number of backticks.
CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
# Written for authors: it names files that its readers are to make, and has tests of its own.
NAMING = [file for file in FILES if file.name != "authoring.md"]


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(file):
    for target in re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", prose(file))):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = target.partition("#")
        goal = (file.parent / name).resolve() if name else file
        assert goal.exists(), target
        assert not anchor or anchor in anchors(goal), target


@pytest.mark.parametrize("file", NAMING, ids=ids)
def test_every_file_and_folder_that_is_named_exists(file):
    missing = [path for path in paths(prose(file)) if not (ROOT / path).exists()]
    assert not set(missing) - {each.name for each in LESSONS_DIR.rglob("*")}


def test_the_files_do_name_files_and_folders():
    named = {file.name: len(list(paths(prose(file)))) for file in NAMING}
    assert min(named["README.md"], named["CONTRIBUTING.md"]) > 10
    assert named["vocabulary.md"] > 50
