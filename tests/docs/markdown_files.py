"""Reads the project's Markdown files, for the tests that check what they say."""

import re
from pathlib import Path

from content.lesson_files import PLACES

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")), *DECISIONS]
ROOMS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")} - {"var"}
CONTENT_FILES = {name for names in PLACES for name in names}
FENCES = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def ids(file):
    return str(file.relative_to(ROOT))


def prose(file):
    """Returns the text without its blocks of code."""
    return FENCES.sub("", file.read_text(encoding="utf-8"))


def tables(text):
    """Yields the rows of all tables as cells, without headings."""
    for block in re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
        for row in block.splitlines()[2:]:
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def quoted(text):
    """Returns all that is between backticks, which may continue on the next line."""
    return [re.sub(r"\s+", " ", one) for one in re.findall(r"`([^`]+)`", text)]


def paths(text):
    """Yields the project's files and folders that a text names, up to the first placeholder such as `<lesson>`."""
    for one in quoted(text):
        first = one.split("/")[0]
        if one in CONTENT_FILES:
            continue  # the same name in the folder of each lesson or module
        if ("/" in one and first in ROOMS) or re.fullmatch(r"Makefile|[\w-]+\.(py|toml|md|yaml|txt)", one):
            yield re.split(r"[<*]", one)[0]


def anchors(file):
    """Returns the anchors of a file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(file), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
