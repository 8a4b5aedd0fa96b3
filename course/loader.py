"""Reads a course from its folder: a folder for each module, with its `module.yaml`, and in it one for each lesson."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from frontmatter.default_handlers import YAMLHandler

from content import lesson_files
from content.lesson_files import GLOSSARY, LESSON, MODULE
from content.problems import ContentError, Problem, load_each
from content.schema import validate
from content.source_location import SourceLocation
from content.yaml_source import parse_document, read_document, read_text
from course.markdown.glossary import Glossary, load_glossary
from course.markdown.limits import UnreadableTextError
from course.markdown.lint_rules import lint
from course.markdown.renderer import Rendered, render
from course.model import Course, Lesson, Module, Picture
from course.pictures import find_pictures, with_pictures
from course.schema import LessonMetadata, ModuleMetadata

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def load_course(root: Path) -> Course:
    """Returns the course in `root`. Raises ContentError with everything that is wrong, in any file."""
    if not root.is_dir():
        raise ContentError([Problem(SourceLocation(root, 1), "is no folder")])
    glossary = load_glossary(root / GLOSSARY)
    problems = [*lesson_files.misplaced(root), *_duplicate_slugs(lesson_files.lessons(root))]
    problems = problems or list(_missing(root))
    folders = [folder for folder in lesson_files.modules(root) if (folder / MODULE).exists()]
    modules = load_each(lambda folder: _load_module(folder, glossary), folders, problems)
    problems += _duplicate_titles(root, modules)
    if problems:
        raise ContentError(problems)
    return Course(tuple(sorted(modules, key=lambda module: (module.order, module.slug))), glossary)


def _duplicate_slugs(folders: list[Path]) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for folder in folders:
        if first.setdefault(folder.name, folder) is not folder:
            taken = SourceLocation(first[folder.name] / LESSON, 1)
            text = f"the lesson's folder has the name of another one, which stands at {taken}"
            yield Problem(SourceLocation(folder / LESSON, 1), text)


def _duplicate_titles(root: Path, modules: list[Module]) -> Iterator[Problem]:
    first: dict[str, Module] = {}
    for module in modules:
        if (other := first.setdefault(module.title.casefold(), module)) is not module:
            here, there = (SourceLocation(root / each.slug / MODULE, 1) for each in (module, other))
            yield Problem(here, f"title is that of another module, which stands at {there}")


def _missing(root: Path) -> Iterator[Problem]:
    """Yields a problem for each file that a module or a lesson lacks."""
    wanted = [(folder / MODULE, "a module needs its title and order") for folder in lesson_files.modules(root)]
    wanted += [(folder / LESSON, "a lesson's folder holds the lesson") for folder in lesson_files.lessons(root)]
    for file, why in wanted:
        if not file.exists():
            yield Problem(SourceLocation(file, 1), f"is missing; {why}")


def _load_module(folder: Path, glossary: Glossary) -> Module:
    metadata = validate(ModuleMetadata, read_document(folder / MODULE))
    problems: list[Problem] = []
    files = [file for lesson in lesson_files.lessons_of(folder) if (file := lesson / LESSON).exists()]
    lessons = load_each(lambda file: _load_lesson(file, glossary), files, problems)
    if problems:
        raise ContentError(problems)
    lessons.sort(key=lambda lesson: (lesson.order, lesson.slug))
    return Module(folder.name, metadata.title, metadata.order, tuple(lessons))


def _load_lesson(file: Path, glossary: Glossary) -> Lesson:
    slug = file.parent.name
    if not SLUG.fullmatch(slug):
        message = f"the folder's name {slug!r} becomes the address; use a-z, 0-9 and single hyphens"
        raise ContentError([Problem(SourceLocation(file, 1), message)])
    matter, text, first = split_front_matter(file)
    metadata = validate(LessonMetadata, parse_document(file, matter, first=2))
    page, pictures = render_lesson(file, text, first, glossary)
    fields = dict(metadata)
    fields["dir"] = metadata.direction
    fields["updated"] = metadata.updated or datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    return Lesson(
        file=file,
        slug=slug,
        body=page.body,
        sections=page.sections,
        length=page.length,
        terms=page.terms,
        tags=page.tags,
        pictures=pictures,
        **fields,
    )


def render_lesson(file: Path, text: str, first: int, glossary: Glossary) -> tuple[Rendered, tuple[Picture, ...]]:
    """Renders a lesson's text with the pictures beside it. Raises ContentError with everything that is wrong in it."""
    try:
        page = render(text, glossary, first=first, names_passages=True)
    except UnreadableTextError as error:
        raise ContentError([Problem(SourceLocation(file, error.line), str(error))]) from error
    pictures, missing = find_pictures(page.scan, file.parent)
    if problems := (*page.problems, *missing, *lint(page.scan)):
        raise ContentError(Problem(SourceLocation(file, line), message) for line, message in problems)
    body, numbered = (with_pictures(html, file.parent.name, pictures) for html in (page.body, page.numbered))
    return replace(page, body=body, numbered=numbered), pictures


def split_front_matter(file: Path) -> tuple[str, str, int]:
    """Returns a lesson's front matter (from the second line on), its text, and the number of the text's first line.

    Raises ContentError when there is no front matter.
    """
    whole = read_text(file)
    handler = YAMLHandler()
    try:
        matter, text = handler.split(whole) if handler.detect(whole) else ("", "")
    except ValueError:
        matter = ""
    if not matter:
        message = "the file must begin with front matter between two lines of ---"
        raise ContentError([Problem(SourceLocation(file, 1), message)])
    opening = whole[: whole.index(matter)]  # with the empty lines that follow
    matter = "\n" * opening.count("\n") + matter.removeprefix("\n")
    return matter, text, whole[: len(whole) - len(text)].count("\n") + 1
