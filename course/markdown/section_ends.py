"""Marks where sections end, so that other rooms can show something there, such as a question about the section."""

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

from markdown.treeprocessors import Treeprocessor

LEVELS = {"h1": 1, "h2": 2, "h3": 3}
MARKED = re.compile(r"<!--end of ([\w.-]+)-->")
TAG = r'{% self_check lesson.slug "\1" %}'


class MarkSectionEnds(Treeprocessor):
    """Puts a comment behind each section of the second or third level. A section holds those below its own level."""

    def run(self, root: ElementTree.Element) -> None:
        children: list[ElementTree.Element[Any]] = []
        unfinished: list[ElementTree.Element] = []
        for element in root:
            level = LEVELS.get(element.tag, 0)
            while level and unfinished and LEVELS[unfinished[-1].tag] >= level:
                children.append(_end(unfinished.pop()))
            children.append(element)
            if level > 1:
                unfinished.append(element)
        root[:] = [*children, *map(_end, reversed(unfinished))]


def _end(heading: ElementTree.Element) -> "ElementTree.Element[Any]":
    mark = ElementTree.Comment(f"end of {heading.get('id', '')}")
    mark.tail = "\n"
    return mark


def with_self_checks(html: str) -> str:
    """Returns the template source with a tag in the place of each mark."""
    return MARKED.sub(TAG, html)
