"""Finds the files that authors write: a folder for each module, and in it a folder for each lesson.

glossary.yaml  misconceptions.yaml  ask.yaml
<module>/module.yaml
<module>/<lesson>/lesson.md  check.yaml  experiments.yaml  labs.yaml  ask.yaml  interview.yaml  summary.yaml  images/
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from content.problems import Problem
from content.source_location import SourceLocation
from content.suggest import nearest

GLOSSARY, MISCONCEPTIONS = "glossary.yaml", "misconceptions.yaml"
MODULE, LESSON, CHECK = "module.yaml", "lesson.md", "check.yaml"
EXPERIMENTS, LABS = "experiments.yaml", "labs.yaml"
ASK, INTERVIEW, SUMMARY = "ask.yaml", "interview.yaml", "summary.yaml"
# The names that a file may have: in the root, in a module, in a lesson.
PLACES = ((GLOSSARY, MISCONCEPTIONS, ASK), (MODULE,), (LESSON, CHECK, EXPERIMENTS, LABS, ASK, INTERVIEW, SUMMARY))
FOLDERS = ("", "<module>/", "<module>/<lesson>/")
MARKDOWN = {".md", ".markdown", ".mdown", ".mkd"}
CONTENT_SUFFIXES = frozenset([*MARKDOWN, ".yaml", ".yml"])
PICTURES = frozenset([".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"])
IMAGES = "images"
# Markdown that is written for other authors.
NOTICES = ("readme.", "license.", "contributing.", "changelog.")

Fingerprint = tuple[tuple[str, int, int], ...]


def lessons_root() -> Path:
    """Returns the folder that LESSONS_DIR names."""
    return Path(settings.LESSONS_DIR)


def modules(root: Path) -> list[Path]:
    """Returns the folder of each module, sorted by name."""
    return _folders(root)


def lessons_of(module: Path) -> list[Path]:
    """Returns the folder of each lesson of a module, sorted by name."""
    return _folders(module)


def lessons(root: Path) -> list[Path]:
    """Returns the folder of each lesson, sorted by module and name."""
    return [lesson for module in modules(root) for lesson in lessons_of(module)]


def files_of_lessons(root: Path, name: str) -> list[Path]:
    """Returns the file of that name, such as CHECK, of each lesson that has one."""
    return [file for lesson in lessons(root) if (file := lesson / name).exists()]


def fingerprint(root: Path) -> Fingerprint:
    """Returns a value that changes whenever a file or picture is added, removed or edited: an edit needs no restart."""
    return fingerprint_of(sorted(_files(root, CONTENT_SUFFIXES | PICTURES)))


def fingerprint_of(files: Iterable[Path]) -> Fingerprint:
    """Returns a value that changes with each of these files, and with which files they are."""
    stats = ((file, _stat_or_none(file)) for file in files)
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats if stat)


def misplaced(root: Path) -> Iterator[Problem]:
    """Yields a problem for each file that its author takes for content, but whose name or folder is not read."""
    for file in _content_files(root):
        depth = len(file.relative_to(root).parts) - 1
        if depth >= len(PLACES) or file.name not in PLACES[depth]:
            yield Problem(SourceLocation(file, 1), f"is not read here; {_expected_place(root, file)}")


def _expected_place(root: Path, file: Path) -> str:
    """Says under which name and where such a file is read."""
    pairs = zip(FOLDERS, PLACES, strict=True)
    places = {name: f"{root.name}/{folder}{name}" for folder, names in pairs for name in names}
    stems = {Path(name).stem: name for name in places}
    if meant := nearest(file.stem.casefold(), stems):
        return f"its place is {places[stems[meant]]}"
    if file.suffix.casefold() in MARKDOWN:
        return f"a lesson is {places[LESSON]}"
    return f"the files of a lesson are {', '.join(PLACES[2])}"


def _stat_or_none(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None  # an editor that writes a new file and moves it over the old one


def _folders(folder: Path) -> list[Path]:
    """Returns the folders in a folder, without those that hold nothing but pictures and other files of no use here."""
    folders = (each for each in _visible(folder) if each.name.casefold() != IMAGES and each.is_dir())
    return sorted(each for each in folders if any(_files(each, CONTENT_SUFFIXES)) or not any(each.iterdir()))


def _content_files(folder: Path) -> list[Path]:
    """Returns every file of a kind that authors write, in its right place or not."""
    return sorted(_files(folder, CONTENT_SUFFIXES))


def _files(folder: Path, kinds: frozenset[str]) -> Iterator[Path]:
    """Yields the files of these kinds in a folder and those below it; of the kinds in folders of pictures, pictures."""
    for each in _visible(folder):
        if each.suffix.casefold() in kinds:
            yield each
        elif each.is_dir():
            yield from _files(each, kinds & PICTURES if each.name.casefold() == IMAGES else kinds)


def _visible(folder: Path) -> Iterator[Path]:
    """Yields what is in a folder, without hidden files, editors' files and notices."""
    for each in folder.iterdir() if folder.is_dir() else ():
        if is_visible(each) and not each.name.casefold().startswith(NOTICES):
            yield each


def is_visible(file: Path) -> bool:
    """Returns whether a file is neither hidden nor one that an editor left behind."""
    return not file.name.startswith((".", "#")) and not file.name.endswith("~")
