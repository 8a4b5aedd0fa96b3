"""Reads a course from a folder: one folder a module (`module.yaml` in it), one Markdown file a lesson."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from django.db.models.enums import TextChoices
from frontmatter.default_handlers import YAMLHandler

from content.source_location import SourceLocation
from content.suggest import suggest
from content.yaml_source import Unreadable, given_twice, lines_of, no_text, text_of, values_of
from course.lint.rules import faults
from course.markdown.glossary import Glossary, load_glossary
from course.markdown.renderer import Rendered, render
from course.model import ContentError, Course, Lesson, Level, Module, Problem, Weight

MODULE_FILE = "module.yaml"
MODULE_FIELDS: dict[str, type] = {"title": str, "order": int}
LESSON_FIELDS: dict[str, type] = {
    "title": str,
    "summary": str,
    "weight": Weight,
    "order": int,
    "sandbox_minutes": int,
    "check_minutes": int,
    "level": Level,
    "updated": date,
}
KINDS = {
    str: "a text; put it in quotes",
    int: "a whole number of 0 or more",
    Weight: f"one of {', '.join(Weight.values)}",
    Level: f"one of {', '.join(Level.values)}",
    date: "a day, such as 2026-11-25",
}
LESSON = ".md"
MARKDOWN = {LESSON, ".markdown", ".mdown", ".mkd"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def load_course(root: Path, glossary_file: Path) -> Course:
    """The course in `root`, with the terms in a file. Raises ContentError with all that is wrong, in whatever file."""
    glossary = load_glossary(glossary_file)
    if not root.is_dir():
        raise ContentError([Problem(SourceLocation(root, 1), "is no folder")])
    folders = sorted(folder for folder in root.iterdir() if folder.is_dir())
    problems = list(_twins([file for folder in folders for file in sorted(folder.glob("*.md"))]))
    problems += _misplaced(root)
    modules = _made(lambda folder: _load_module(folder, glossary), folders, problems)
    if problems:
        raise ContentError(problems)
    return Course(tuple(sorted(modules, key=lambda module: (module.order, module.slug))), glossary)


def _made(make: Callable[[Thing], Made], things: Iterable[Thing], problems: list[Problem]) -> list[Made]:
    """What can be made of these things; what is wrong with the others is added to `problems`."""
    made = []
    for thing in things:
        try:
            made.append(make(thing))
        except ContentError as error:
            problems += error.problems
    return made


def _twins(files: list[Path]) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for file in files:
        if first.setdefault(file.stem, file) is not file:
            yield Problem(
                SourceLocation(file, 1),
                f"file name: the slug {file.stem!r} is taken by {SourceLocation(first[file.stem], 1)}",
            )


def _misplaced(root: Path) -> Iterator[Problem]:
    """Files that their authors take for lessons, and that no module has."""
    for file in sorted(each for each in root.rglob("*") if each.suffix.lower() in MARKDOWN):
        if file.suffix != LESSON or len(file.relative_to(root).parts) != 2:
            yield Problem(
                SourceLocation(file, 1), f"is no lesson here; a lesson is {root.name}/<module>/<lesson>{LESSON}"
            )


def _load_module(folder: Path, glossary: Glossary) -> Module:
    file = folder / MODULE_FILE
    if not file.exists():
        raise ContentError([Problem(SourceLocation(file, 1), "is missing; a module needs its title and order")])
    facts = _facts(file, _text_of(file), MODULE_FIELDS, first=1)
    problems: list[Problem] = []
    lessons = _made(lambda each: _load_lesson(each, glossary), sorted(folder.glob("*.md")), problems)
    if problems:
        raise ContentError(problems)
    lessons.sort(key=lambda lesson: (lesson.order, lesson.slug))
    return Module(slug=folder.name, lessons=tuple(lessons), **facts)


def _load_lesson(file: Path, glossary: Glossary) -> Lesson:
    if not SLUG.fullmatch(file.stem):
        fault = "file name: becomes the address; use a-z, 0-9 and single hyphens"
        raise ContentError([Problem(SourceLocation(file, 1), fault)])
    matter, text, first = split(file)
    facts = _usual(file) | _facts(file, matter, LESSON_FIELDS, first=2, optional=_usual(file))
    page = page_of(file, text, first, glossary)
    return Lesson(
        file=file,
        slug=file.stem,
        body=page.body,
        sections=page.sections,
        words=page.words,
        terms=page.terms,
        **{**facts, "weight": Weight(facts["weight"]), "level": Level(facts["level"])},
    )


def _usual(file: Path) -> dict[str, Any]:
    """What is so when a lesson does not say otherwise: it is as old as its file."""
    changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return {"level": Level.INTERMEDIATE, "updated": changed.date()}


def page_of(file: Path, text: str, first: int, glossary: Glossary) -> Rendered:
    """A lesson's text as a page. Raises ContentError with everything that is wrong in it."""
    page = render(text, glossary, first=first)
    if problems := (*page.problems, *faults(page.scan)):
        raise ContentError(Problem(SourceLocation(file, line), fault) for line, fault in problems)
    return page


def split(file: Path) -> tuple[str, str, int]:
    """A lesson's front matter (it starts on the second line), its text, and the number of the text's first line.

    Raises ContentError when there is no front matter.
    """
    whole = _text_of(file)
    handler = YAMLHandler()
    try:
        matter, text = handler.split(whole) if handler.detect(whole) else ("", "")
    except ValueError:
        matter = ""
    if not matter:
        fault = "the file must begin with front matter between two lines of ---"
        raise ContentError([Problem(SourceLocation(file, 1), fault)])
    opening = whole[: whole.index(matter)]  # with the empty lines that follow
    matter = "\n" * opening.count("\n") + matter.removeprefix("\n")
    return matter, text, whole[: len(whole) - len(text)].count("\n") + 1


def _text_of(file: Path) -> str:
    try:
        return text_of(file)
    except Unreadable as error:
        raise ContentError([Problem(SourceLocation(file, error.line), error.why)]) from error


def _facts(
    file: Path, text: str, fields: Mapping[str, type], *, first: int, optional: Container[str] = ()
) -> dict[str, Any]:
    """The fields in a YAML text whose first line has the number `first`. Raises ContentError with all that is wrong."""
    try:
        facts, lines, twice, odd = values_of(text), lines_of(text), given_twice(text), no_text(text)
    except Unreadable as error:
        raise ContentError([Problem(SourceLocation(file, first + error.line - 1), error.why)]) from error
    if not isinstance(facts, dict):
        raise ContentError([Problem(SourceLocation(file, 1), f"expected the fields {', '.join(fields)}")])
    facts = {name: value for name, value in facts.items() if (name,) in lines}
    locations = {name: SourceLocation(file, first + lines[(name,)] - 1) for name in facts}
    problems = [Problem(SourceLocation(file, first + line - 1), _unknown(name, fields)) for name, line in odd]
    problems += [
        Problem(SourceLocation(file, first + line - 1), f"{field[0]}: is given twice") for field, line in twice
    ]
    problems += [Problem(locations[name], fault) for name, fault in _unfit(facts, fields)]
    required = {name: kind for name, kind in fields.items() if name not in optional}
    unknown = facts.keys() - fields.keys()
    problems += [Problem(SourceLocation(file, 1), f"{name}: is missing") for name in _missing(required, facts, unknown)]
    if problems:
        raise ContentError(problems)
    return facts


def _unfit(facts: Mapping[str, object], fields: Mapping[str, type]) -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if name not in fields:
            yield name, _unknown(name, fields)
        elif value is None or (isinstance(value, str) and not value.strip()):
            yield name, f"{name}: is empty"
        elif not _fits(value, fields[name]):
            yield name, f"{name}: {value!r} is not {KINDS[fields[name]]}"


def _missing(fields: Mapping[str, type], given: Container[str], odd: Iterable[str]) -> Iterator[str]:
    """Fields that are not given, but for those that are misspelt."""
    return (name for name in fields if name not in given and not any(suggest(each, [name]) for each in odd))


def _unknown(name: str, fields: Mapping[str, type]) -> str:
    return f"{name}: unknown field; the fields are {', '.join(fields)}"


def _fits(value: object, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str) and bool(value.strip())
    if kind is date:
        return type(value) is date
    if issubclass(kind, TextChoices):
        return value in kind.values
    return type(value) is int and value >= 0
