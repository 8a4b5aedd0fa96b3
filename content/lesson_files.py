"""Where the files lie that authors write: a folder for each module, and in it a folder for each lesson.

glossary.yaml  misconceptions.yaml
<module>/module.yaml
<module>/<lesson>/lesson.md  check.yaml  experiments.yaml
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from content.problems import Problem
from content.source_location import SourceLocation
from content.suggest import nearest

GLOSSARY, MISCONCEPTIONS = "glossary.yaml", "misconceptions.yaml"
MODULE, LESSON, CHECK, EXPERIMENTS = "module.yaml", "lesson.md", "check.yaml", "experiments.yaml"
# The names that a file may have: in the root, in a module, in a lesson.
PLACES = ((GLOSSARY, MISCONCEPTIONS), (MODULE,), (LESSON, CHECK, EXPERIMENTS))
FOLDERS = ("", "<module>/", "<module>/<lesson>/")
MARKDOWN = {".md", ".markdown", ".mdown", ".mkd"}
WRITTEN = MARKDOWN | {".yaml", ".yml"}

Fingerprint = tuple[tuple[str, int, int], ...]


def lessons_root() -> Path:
    """The folder that LESSONS_DIR names."""
    return Path(settings.LESSONS_DIR)


def modules(root: Path) -> list[Path]:
    """The folder of each module, by name."""
    return _folders(root)


def lessons_of(module: Path) -> list[Path]:
    """The folder of each lesson of a module, by name."""
    return _folders(module)


def lessons(root: Path) -> list[Path]:
    """The folder of each lesson, by its module and name."""
    return [lesson for module in modules(root) for lesson in lessons_of(module)]


def of_lessons(root: Path, name: str) -> list[Path]:
    """The files of that name, such as CHECK, of all lessons that have one."""
    return [file for lesson in lessons(root) if (file := lesson / name).exists()]


def fingerprint(root: Path) -> Fingerprint:
    """Changes whenever a file is added, removed or edited, so an author sees an edit without a restart."""
    return stats_of(_written(root))


def stats_of(files: Iterable[Path]) -> Fingerprint:
    """Changes whenever one of the files does, or another one is among them."""
    stats = ((file, _stat(file)) for file in files)
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats if stat)


def misplaced(root: Path) -> Iterator[Problem]:
    """Files that their authors take for content, and that are not read under that name or in that place."""
    for file in _written(root):
        depth = len(file.relative_to(root).parts) - 1
        if depth >= len(PLACES) or file.name not in PLACES[depth]:
            yield Problem(SourceLocation(file, 1), f"is not read here; {_right(root, file)}")


def _right(root: Path, file: Path) -> str:
    """Under which name and where such a file is read."""
    pairs = zip(FOLDERS, PLACES, strict=True)
    places = {name: f"{root.name}/{folder}{name}" for folder, names in pairs for name in names}
    stems = {Path(name).stem: name for name in places}
    if meant := nearest(file.stem.casefold(), stems):
        return f"its place is {places[stems[meant]]}"
    if file.suffix.casefold() in MARKDOWN:
        return f"a lesson is {places[LESSON]}"
    return f"the files of a lesson are {', '.join(PLACES[2])}"


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None  # an editor that writes a new file and moves it over the old one


def _folders(folder: Path) -> list[Path]:
    return sorted(each for each in _seen(folder) if each.is_dir())


def _written(folder: Path) -> list[Path]:
    """Every file of a kind that authors write, whether it is where it should be or not."""
    found: list[Path] = []
    for each in _seen(folder):
        if each.is_dir() and each.suffix not in WRITTEN:
            found += _written(each)
        elif each.suffix.casefold() in WRITTEN:
            found.append(each)
    return sorted(found)


def _seen(folder: Path) -> Iterator[Path]:
    """What is in a folder, without hidden files, editors' files, pictures, and what tells authors about the folder."""
    for each in folder.iterdir() if folder.is_dir() else ():
        name = each.name.casefold()
        if not name.startswith((".", "#")) and not name.endswith("~") and name not in {"images", "readme.md"}:
            yield each
