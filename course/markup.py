"""Markdown in, the source of a Django template out. Template tags pass through Markdown untouched."""

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from course.records import Section

TAG_LIBRARIES = "sandbox_tags quiz_tags"
CALL_OUTS = ("real-world", "interview-tip", "common-mistake", "try-it")
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
WORD = re.compile(r"\w[\w'’.,-]*")  # noqa: RUF001  (the typographic apostrophe belongs to words)
ANCHOR = re.compile(r'\sid="([^"]+)"')

# Markdown strips these two control characters from what authors write, so no text can be taken for a kept tag.
KEPT = "\u0002tag:{}\u0003"
KEPT_INLINE = re.compile("\u0002tag:(\\d+)\u0003")
KEPT_BLOCK = re.compile("<p>((?:\u0002tag:\\d+\u0003\\s*)+)</p>")


class MarkupError(ValueError):
    """A text that would make a broken page; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered text: template source, its second-level headings, and how many words it has."""

    body: str
    sections: tuple[Section, ...]
    words: int


class KeepTags(Preprocessor):
    """Puts every template tag aside, so that Markdown neither quotes nor splits it."""

    def __init__(self, md: Markdown, kept: list[str]) -> None:
        super().__init__(md)
        self.kept = kept

    def run(self, lines: list[str]) -> list[str]:
        return [TEMPLATE_TAG.sub(self._keep, line) for line in lines]

    def _keep(self, found: re.Match[str]) -> str:
        self.kept.append(found.group())
        return KEPT.format(len(self.kept) - 1)


class BringTagsBack(Postprocessor):
    """Puts the tags back; one on a line of its own is a block and loses the paragraph around it."""

    def __init__(self, md: Markdown, kept: list[str]) -> None:
        super().__init__(md)
        self.kept = kept

    def run(self, text: str) -> str:
        unwrapped = KEPT_BLOCK.sub(r"\1", text)
        return KEPT_INLINE.sub(lambda found: self.kept[int(found.group(1))], unwrapped)


class ReadableTables(Treeprocessor):
    """Row headers, labels for narrow screens, and a frame that scrolls by keyboard too."""

    def run(self, root: ElementTree.Element) -> None:
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                if child.tag == "table":
                    parent[place] = self._framed(child)

    def _framed(self, table: ElementTree.Element) -> ElementTree.Element:
        labels = ["".join(cell.itertext()).strip() for cell in table.iter("th")]
        for cell in table.iter("th"):
            cell.set("scope", "col")
        for row in table.iterfind("tbody/tr"):
            self._label(row, labels)
        name = ", ".join(label for label in labels if label)
        frame = ElementTree.Element(
            "div", {"class": "table-scroll", "role": "region", "tabindex": "0", "aria-label": f"Table: {name}"}
        )
        frame.append(table)
        return frame

    def _label(self, row: ElementTree.Element, labels: list[str]) -> None:
        for label, cell in zip(labels, row, strict=False):
            cell.set("data-label", label)
        row[0].tag = "th"
        row[0].set("scope", "row")


class CourseMarkup(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (Python-Markdown's name)
        kept: list[str] = []
        md.preprocessors.register(KeepTags(md, kept), "keep_tags", 25)
        md.treeprocessors.register(ReadableTables(md), "readable_tables", 15)
        md.postprocessors.register(BringTagsBack(md, kept), "bring_tags_back", 5)


EXTENSION_SETTINGS: dict[str, dict[str, Any]] = {
    "footnotes": {"BACKLINK_TITLE": "Back to source {} in the text"},
    "pymdownx.blocks.admonition": {"types": list(CALL_OUTS)},
}


def render(text: str) -> Page:
    """The text as a page. Raises MarkupError for two equal anchors or a heading of the first level."""
    md = Markdown(
        extensions=[
            "tables",
            "attr_list",
            "def_list",
            "abbr",
            "footnotes",
            "toc",
            "pymdownx.blocks.admonition",
            "pymdownx.blocks.details",
            "smarty",
            CourseMarkup(),
        ],
        extension_configs=EXTENSION_SETTINGS,
    )
    html = md.convert(text)
    tokens: list[dict[str, Any]] = md.toc_tokens  # type: ignore[attr-defined]
    _check(html, tokens)
    headings = (token for token in tokens if token["level"] == 2)
    sections = tuple(Section(anchor=token["id"], title=unescape(token["name"])) for token in headings)
    return Page(f"{{% load {TAG_LIBRARIES} %}}\n{html}", sections, count_words(html))


def count_words(html: str) -> int:
    """How many words a reader meets: no HTML, no template tags, no bare punctuation, no list of sources."""
    text, _, _ = html.partition('<div class="footnote">')
    return len(WORD.findall(unescape(strip_tags(TEMPLATE_TAG.sub(" ", text)))))


def _check(html: str, tokens: list[dict[str, Any]]) -> None:
    for token in tokens:
        if token["level"] == 1:
            raise MarkupError(f'heading "{token["name"]}": use ## or deeper, the title is the only first-level heading')
    for anchor, times in Counter(ANCHOR.findall(html)).items():
        if times > 1:
            raise MarkupError(f"anchor #{anchor}: {times} places share it")
