"""Compiles and renders the template tags of a lesson one by one, and finds those that fail."""

from collections.abc import Iterator
from dataclasses import fields

from django.http import HttpRequest
from django.template import (
    Context,
    Engine,
    RequestContext,
    Template,
    TemplateSyntaxError,
    VariableDoesNotExist,
)
from django.template.base import Node, TextNode, Token, VariableNode
from django.template.library import InclusionNode

from content.lesson_files import CHECK
from content.problems import Problem
from content.suggest import suggest
from course.library import find_lesson
from course.markdown.renderer import TAG_LIBRARIES
from course.markdown.template_tags import TEMPLATE_TAG
from course.model import Lesson
from infra.private_apis.template_nodes import rendered, rendering, variables_of

LOAD = f"{{% load {TAG_LIBRARIES} %}}"
KNOWN = tuple(f"lesson.{field.name}" for field in fields(Lesson))

# Where the tags that show nothing without it find what they show.
NEEDED = {"knowledge_check": f": that lesson's folder has no {CHECK}"}


def wrong_tags(lesson: Lesson) -> list[Problem]:
    """Returns a problem for each tag that is unknown or has arguments that it cannot take."""
    return _compile(lesson)[1]


def failing_tags(lesson: Lesson, request: HttpRequest) -> Iterator[Problem]:
    """Yields a problem for each tag that fails to render, such as one that names an unknown saga."""
    template, _ = _compile(lesson)
    context = RequestContext(request, {"lesson": lesson})
    with rendering(template, context):
        for node in template.nodelist:
            if node.token and not isinstance(node, TextNode):
                yield from _try_tag(lesson, node, node.token, context)


def _try_tag(lesson: Lesson, node: Node, token: Token, context: Context) -> Iterator[Problem]:
    opening, closing = ("{{", "}}") if isinstance(node, VariableNode) else ("{%", "%}")
    try:
        _require_names(node, context)
        if not rendered(node, context).strip() and isinstance(node, InclusionNode):
            raise LookupError(f"shows nothing; what it names is not there{NEEDED.get(token.contents.split()[0], '')}")
    except Exception as error:  # whatever a tag raises is reported to the author with its line
        yield Problem(lesson.location(token.lineno or 1), f"{opening} {token.contents} {closing}: {error}")


def _require_names(node: Node, context: Context) -> None:
    """Raises LookupError for an undefined name in the tag, for which a page would show nothing."""
    for variable in variables_of(node):
        try:
            variable.resolve(context)
        except VariableDoesNotExist:
            name = str(variable.var)
            raise LookupError(f"{name} is nothing here{suggest(name, KNOWN)}") from None


def _compile(lesson: Lesson) -> tuple[Template, list[Problem]]:
    """Returns a template of the lesson's tags, each in its line of the file, without the wrong ones; and those."""
    lines = [LOAD, *[""] * max((tag.line for tag in lesson.tags), default=0)]
    for tag in sorted(lesson.tags, key=lambda tag: tag.line):
        lines[tag.line - 1] += tag.text
    problems: list[Problem] = []
    while True:
        try:
            return Engine.get_default().from_string("\n".join(lines)), problems
        except TemplateSyntaxError as error:
            at: int = error.token.lineno  # type: ignore[attr-defined]
            problems.append(Problem(lesson.location(at), str(error)))
            lines[at - 1] = TEMPLATE_TAG.sub("", lines[at - 1])


def errors_of_page(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yields the location and the error of each failing tag in the requested lesson; nothing for another page."""
    match = request.resolver_match
    found = find_lesson(match.kwargs["slug"]) if match and match.view_name == "course:lesson" else None
    for each in failing_tags(found.lesson, request) if found else ():
        yield str(each.location), each.text
