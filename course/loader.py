"""Reads a course from a folder: one folder a module, with its `module.yaml`, and in it one folder a lesson."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from frontmatter.default_handlers import YAMLHandler

from content import lesson_files
from content.lesson_files import GLOSSARY, LESSON, MODULE
from content.problems import ContentError, Problem
from content.schema import validate
from content.source_location import SourceLocation
from content.yaml_source import document_of, read_document, text_of
from course.lint.rules import faults
from course.markdown.glossary import Glossary, load_glossary
from course.markdown.renderer import Rendered, render
from course.model import Course, Lesson, Module
from course.schema import LessonFacts, ModuleFacts

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def load_course(root: Path) -> Course:
    """The course in `root`. Raises ContentError with all that is wrong, in whatever file."""
    if not root.is_dir():
        raise ContentError([Problem(SourceLocation(root, 1), "is no folder")])
    glossary = load_glossary(root / GLOSSARY)
    problems = [*lesson_files.misplaced(root), *_twins(lesson_files.lessons(root))]
    problems = problems or list(_missing(root))
    folders = [folder for folder in lesson_files.modules(root) if (folder / MODULE).exists()]
    modules = _made(lambda folder: _load_module(folder, glossary), folders, problems)
    problems += _twin_titles(root, modules)
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


def _twins(folders: list[Path]) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for folder in folders:
        if first.setdefault(folder.name, folder) is not folder:
            taken = SourceLocation(first[folder.name] / LESSON, 1)
            text = f"the lesson's folder has the name of another one, which stands at {taken}"
            yield Problem(SourceLocation(folder / LESSON, 1), text)


def _twin_titles(root: Path, modules: list[Module]) -> Iterator[Problem]:
    first: dict[str, Module] = {}
    for module in modules:
        if (other := first.setdefault(module.title.casefold(), module)) is not module:
            here, there = (SourceLocation(root / each.slug / MODULE, 1) for each in (module, other))
            yield Problem(here, f"title is that of another module, which stands at {there}")


def _missing(root: Path) -> Iterator[Problem]:
    """Files without which a folder is no module or no lesson. One that lies elsewhere is told already."""
    wanted = [(folder / MODULE, "a module needs its title and order") for folder in lesson_files.modules(root)]
    wanted += [(folder / LESSON, "a lesson's folder holds the lesson") for folder in lesson_files.lessons(root)]
    for file, why in wanted:
        if not file.exists():
            yield Problem(SourceLocation(file, 1), f"is missing; {why}")


def _load_module(folder: Path, glossary: Glossary) -> Module:
    facts = validate(ModuleFacts, read_document(folder / MODULE))
    problems: list[Problem] = []
    files = [file for lesson in lesson_files.lessons_of(folder) if (file := lesson / LESSON).exists()]
    lessons = _made(lambda file: _load_lesson(file, glossary), files, problems)
    if problems:
        raise ContentError(problems)
    lessons.sort(key=lambda lesson: (lesson.order, lesson.slug))
    return Module(folder.name, facts.title, facts.order, tuple(lessons))


def _load_lesson(file: Path, glossary: Glossary) -> Lesson:
    slug = file.parent.name
    if not SLUG.fullmatch(slug):
        fault = f"the folder's name {slug!r} becomes the address; use a-z, 0-9 and single hyphens"
        raise ContentError([Problem(SourceLocation(file, 1), fault)])
    matter, text, first = split(file)
    facts = validate(LessonFacts, document_of(file, matter, first=2))
    page = page_of(file, text, first, glossary)
    given = dict(facts)
    given["updated"] = facts.updated or datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    return Lesson(
        file=file,
        slug=slug,
        body=page.body,
        sections=page.sections,
        words=page.words,
        terms=page.terms,
        **given,
    )


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
    whole = text_of(file)
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
