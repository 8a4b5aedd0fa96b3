"""Renders Markdown to the source of a Django template. Template tags pass through unchanged."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from typing import Any

from django.utils.html import strip_tags
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from content.suggest import suggest
from course.markdown.glossary import PIPE, DefineTerms, Glossary, KeepPipes, LinkTerms, defined_terms
from course.markdown.html_scan import HtmlScan
from course.markdown.line_markers import MARK, MARKED, NumberLines, unmatched_call_outs, without_numbers
from course.markdown.passage_ids import NamePassages
from course.markdown.permalinks import AddPermalinks
from course.model import Section

TAG_LIBRARIES = "sandbox_tags quiz_tags"
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
WORD = re.compile(r"\w[\w'’.,-]*")  # noqa: RUF001  (the typographic apostrophe belongs to words)
DEFINITION = re.compile(r'<span class="definition"[^>]*>[^<]*</span>')
CALL_OUTS = ("real-world", "interview-tip", "common-mistake", "try-it")
BLOCKS = (*CALL_OUTS, "details")

# Markdown strips these two control characters from what authors write, so no text of theirs looks like a kept tag.
KEPT = "\u0002tag:{}\u0003"
KEPT_INLINE = re.compile("\u0002tag:(\\d+)\u0003")
KEPT_BLOCK = re.compile("<p>((?:\u0002tag:\\d+\u0003\\s*)+)</p>")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered text: its template source, second-level headings, number of words and terms.

    `numbered` is the same source with line numbers in it (see `line_markers`), `terms` are those of the glossary that
    it defines or links to, `scan` is what the lint rules read, and `problems` are what rendering found wrong, each
    with its line.
    """

    body: str
    numbered: str
    sections: tuple[Section, ...]
    words: int
    terms: frozenset[str]
    scan: HtmlScan
    problems: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class KeptTag:
    """A template tag as the author wrote it, and its line."""

    text: str
    line: int


class KeepTags(Preprocessor):
    """Sets template tags aside, so that Markdown neither quotes nor splits them. `first` is the first line's number."""

    def __init__(self, md: Markdown, first: int) -> None:
        super().__init__(md)
        self.first = first
        self.kept: list[KeptTag] = []

    def run(self, lines: list[str]) -> list[str]:
        return [self._without_tags(line, at) for at, line in enumerate(lines, start=self.first)]

    def _without_tags(self, line: str, at: int) -> str:
        def keep(found: re.Match[str]) -> str:
            self.kept.append(KeptTag(found.group(), at))
            return KEPT.format(len(self.kept) - 1)

        return TEMPLATE_TAG.sub(keep, line)

    def restore(self, html: str) -> str:
        """Puts the tags back, each after its line number; those on a line of their own lose their paragraph."""

        def tag(found: re.Match[str]) -> str:
            kept = self.kept[int(found.group(1))]
            return MARK.format(kept.line) + kept.text

        return KEPT_INLINE.sub(tag, KEPT_BLOCK.sub(r"\1", html))


class ReadableTables(Treeprocessor):
    """Gives tables row headers, labels for narrow screens, and a frame that scrolls by keyboard too."""

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


class SeparateFootnotes(Treeprocessor):
    """Marks a footnote's number that directly follows another one: without a comma they would read as one."""

    def run(self, root: ElementTree.Element) -> None:
        for parent in root.iter():
            for one, other in pairwise(parent):
                if one.tag == other.tag == "sup" and not MARKED.sub("", one.tail or ""):
                    other.set("class", "another")


class CourseExtension(Extension):
    """Adds our own processors to Markdown. `tags` and `terms` hold what they found after a run."""

    def __init__(self, glossary: Glossary, first: int, *, names_passages: bool) -> None:
        super().__init__()
        self.names_passages = names_passages
        self.glossary = glossary
        self.first = first

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (Python-Markdown's name)
        self.tags = KeepTags(md, self.first)
        self.terms = LinkTerms(md, self.glossary)
        md.preprocessors.register(self.tags, "keep_tags", 25)
        md.preprocessors.register(KeepPipes(md), "keep_pipes", 24)
        md.preprocessors.register(NumberLines(md, self.first, BLOCKS), "number_lines", 23)
        md.inlinePatterns.register(self.terms, "terms", 178)
        md.treeprocessors.register(ReadableTables(md), "readable_tables", 15)
        md.treeprocessors.register(DefineTerms(md, self.glossary), "define_terms", 3)
        md.treeprocessors.register(SeparateFootnotes(md), "part_notes", 4)
        md.treeprocessors.register(AddPermalinks(md), "link_places", 2)
        if self.names_passages:
            md.treeprocessors.register(NamePassages(md), "name_passages", 1)


EXTENSION_SETTINGS: dict[str, dict[str, Any]] = {
    "footnotes": {"BACKLINK_TITLE": "Back to source {} in the text"},
    "pymdownx.blocks.admonition": {"types": list(CALL_OUTS)},
}
EXTENSIONS = (
    "tables",
    "attr_list",
    "def_list",
    "abbr",
    "footnotes",
    "toc",
    "pymdownx.blocks.admonition",
    "pymdownx.blocks.details",
    "smarty",
)


def render(text: str, glossary: Glossary | None = None, *, first: int = 1, names_passages: bool = False) -> Rendered:
    """Renders the text. `first` is the number that its first line has in its file.

    With `names_passages`, everything that an answer can quote has an anchor.
    """
    extension = CourseExtension(glossary or {}, first, names_passages=names_passages)
    md = Markdown(extensions=[*EXTENSIONS, extension], extension_configs=EXTENSION_SETTINGS)
    html = md.convert(text).replace(PIPE, "|")
    numbered = f"{{% load {TAG_LIBRARIES} %}}\n{extension.tags.restore(html)}"
    body, scan = without_numbers(numbered), HtmlScan(html)
    return Rendered(
        body,
        numbered,
        _sections(md.toc_tokens),  # type: ignore[attr-defined]
        count_words(body),
        frozenset(extension.terms.used | defined_terms(body, extension.glossary)),
        scan,
        (*_unknown_terms_and_unmatched_call_outs(text, extension, first), *_unknown_titles(scan, extension.glossary)),
    )


def _sections(tokens: list[dict[str, Any]]) -> tuple[Section, ...]:
    headings = (token for token in tokens if token["level"] == 2)
    return tuple(Section(anchor=token["id"], title=unescape(token["name"])) for token in headings)


def _unknown_terms_and_unmatched_call_outs(text: str, extension: CourseExtension, first: int) -> list[tuple[int, str]]:
    """Returns what only rendering finds: unknown terms, and call-outs without an end or a beginning."""
    unknown = [
        (line, f"[[{name}]] is no term of the glossary{suggest(name, extension.glossary)}")
        for line, name in extension.terms.unknown
    ]
    return unknown + [(line, _unmatched_message(kind)) for line, kind in unmatched_call_outs(text, first, BLOCKS)]


def _unknown_titles(scan: HtmlScan, glossary: Glossary) -> Iterator[tuple[int, str]]:
    for element in scan.all("dfn"):
        title = element.attrs.get("title", "")
        if title and title.casefold() not in glossary:
            yield (
                element.line,
                f"<dfn> has the title {title!r}, which is no term of the glossary{suggest(title, glossary)}",
            )


def _unmatched_message(kind: str) -> str:
    if kind:
        return f"call-out {kind!r} is never closed; it ends with as many slashes on a line of their own"
    return "no call-out of as many slashes is open here, so this line closes nothing"


def count_words(html: str) -> int:
    """Counts the words of the text, without HTML, template tags, bare punctuation, definitions and sources."""
    text, _, _ = html.partition('<div class="footnote">')
    return len(WORD.findall(unescape(strip_tags(DEFINITION.sub("", TEMPLATE_TAG.sub(" ", text))))))
