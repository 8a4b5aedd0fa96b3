"""Reads a course from a folder: one folder a module (`module.yaml` in it), one Markdown file a lesson."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from course.markup import MarkupError, render
from course.records import Course, Lesson, Module, Weight

MODULE_FILE = "module.yaml"
MODULE_FIELDS: dict[str, type] = {"title": str, "order": int}
LESSON_FIELDS: dict[str, type] = {
    "title": str,
    "summary": str,
    "weight": str,
    "order": int,
    "sandbox_minutes": int,
    "check_minutes": int,
}
KINDS = {str: "a text that is not empty", int: "a whole number of 0 or more"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class ContentError(ValueError):
    """Course content that cannot be shown. The message names the file and the line or field."""

    def __init__(self, file: Path, place: str, fault: str) -> None:
        super().__init__(f"{file}: {place}: {fault}")


def load_course(root: Path) -> Course:
    """The course in `root`. Raises ContentError at the first file that is wrong."""
    folders = sorted(folder for folder in root.iterdir() if folder.is_dir())
    modules = sorted((_load_module(folder) for folder in folders), key=lambda module: (module.order, module.slug))
    _refuse_twins([file for folder in folders for file in sorted(folder.glob("*.md"))])
    return Course(tuple(modules))


def _refuse_twins(files: list[Path]) -> None:
    first: dict[str, Path] = {}
    for file in files:
        if file.stem in first:
            raise ContentError(file, "file name", f"the slug {file.stem!r} is taken by {first[file.stem]}")
        first[file.stem] = file


def _load_module(folder: Path) -> Module:
    file = folder / MODULE_FILE
    if not file.exists():
        raise ContentError(file, "file", "is missing; a module needs its title and order")
    facts = _checked(file, _yaml(file, file.read_text(encoding="utf-8"), first_line=1), MODULE_FIELDS)
    lessons = sorted(map(_load_lesson, folder.glob("*.md")), key=lambda lesson: (lesson.order, lesson.slug))
    return Module(slug=folder.name, lessons=tuple(lessons), **facts)


def _load_lesson(file: Path) -> Lesson:
    if not SLUG.fullmatch(file.stem):
        raise ContentError(file, "file name", "becomes the address; use a-z, 0-9 and single hyphens")
    matter, body = _split(file, file.read_text(encoding="utf-8"))
    facts = _checked(file, _yaml(file, matter, first_line=2), LESSON_FIELDS)
    facts["weight"] = _weight(file, facts["weight"])
    try:
        page = render(body)
    except MarkupError as error:
        raise ContentError(file, "text", str(error)) from error
    return Lesson(slug=file.stem, body=page.body, sections=page.sections, words=page.words, **facts)


def _split(file: Path, text: str) -> tuple[str, str]:
    """The front matter (it starts on the file's second line) and the lesson's text."""
    handler = YAMLHandler()
    try:
        matter, body = handler.split(text) if handler.detect(text) else ("", "")
    except ValueError:
        matter = ""
    if not matter:
        raise ContentError(file, "line 1", "the file must begin with front matter between two lines of ---")
    return matter.removeprefix("\n"), body


def _yaml(file: Path, text: str, *, first_line: int) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        raise ContentError(file, f"line {line}", error.problem or "is not YAML") from error


def _checked(file: Path, facts: object, fields: Mapping[str, type]) -> dict[str, Any]:
    if not isinstance(facts, dict):
        raise ContentError(file, "line 1", f"expected the fields {', '.join(fields)}")
    for name in facts:
        if name not in fields:
            raise ContentError(file, str(name), f"unknown field; the fields are {', '.join(fields)}")
    for name, kind in fields.items():
        if name not in facts:
            raise ContentError(file, name, "is missing")
        if not _fits(facts[name], kind):
            raise ContentError(file, name, f"{facts[name]!r} is not {KINDS[kind]}")
    return facts


def _fits(value: object, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str) and bool(value.strip())
    return type(value) is int and value >= 0


def _weight(file: Path, text: str) -> Weight:
    if text not in Weight.values:
        raise ContentError(file, "weight", f"unknown weight {text!r}; use one of {', '.join(Weight.values)}")
    return Weight(text)
