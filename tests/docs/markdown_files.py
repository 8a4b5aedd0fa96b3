"""What the project's Markdown files say, for the tests that hold them to it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")), *DECISIONS]
ROOMS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")} - {"var"}
FENCES = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def ids(file):
    return str(file.relative_to(ROOT))


def prose(file):
    """The text without its blocks of code."""
    return FENCES.sub("", file.read_text(encoding="utf-8"))


def tables(text):
    """The rows of all tables as cells, without headings."""
    for block in re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
        for row in block.splitlines()[2:]:
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def quoted(text):
    """All that stands between backticks, which may go on in the next line."""
    return [re.sub(r"\s+", " ", one) for one in re.findall(r"`([^`]+)`", text)]


def paths(text):
    """The files and folders of the project that are named, up to the first part that stands for any name."""
    for one in quoted(text):
        first = one.split("/")[0]
        if ("/" in one and first in ROOMS) or re.fullmatch(r"Makefile|[\w-]+\.(py|toml|md|yaml|txt)", one):
            yield re.split(r"[<*]", one)[0]


def anchors(file):
    """The anchors of a file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(file), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
