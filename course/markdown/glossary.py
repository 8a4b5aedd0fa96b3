"""Loads the terms of the course, and links to them in lessons."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from pathlib import Path

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from content.problems import ContentError, Problem
from content.schema import validate
from content.yaml_source import read_document
from course.markdown.line_markers import MARKED, Line, with_numbers
from course.model import Term
from course.schema import Definitions

# Takes the place of a pipe inside Markdown, where a pipe would end a cell of a table.
PIPE = "\u0002pipe\u0003"
SHOWN_AS = re.compile(r"\[\[([^\[\]|]+)\|([^\[\]|]+)\]\]")
REFERENCE = (
    f"\u0002line:(?P<line>\\d+)\u0003\\[\\[(?:(?P<shown>[^\\[\\]|]+?)(?:\\||{PIPE}))?(?P<name>[^\\[\\]|]+?)\\]\\]"
)
DEFINITION_ELEMENT = re.compile(r'<dfn(?: title="(?P<title>[^"]*)")?>(?P<shown>[^<]*)</dfn>')

Glossary = Mapping[str, Term]


def load_glossary(file: Path) -> dict[str, Term]:
    """Returns the terms in `file` by their names in lower case. Raises ContentError with everything that is wrong."""
    document = read_document(file)
    entries = validate(Definitions, document).root
    terms = [Term(name, text, document.location((name,))) for name, text in entries.items()]
    if problems := list(_problems(terms)):
        raise ContentError(problems)
    return {term.name.casefold(): term for term in terms}


def _problems(terms: list[Term]) -> Iterator[Problem]:
    first: dict[str, Term] = {}
    for term in terms:
        if not term.anchor:
            yield Problem(term.location, f"term {term.name!r} makes no address; use letters and numbers")
        if (other := first.setdefault(term.anchor, term)) is not term:
            yield Problem(term.location, f"term {term.name!r} shares the address #{term.anchor} with {other.name!r}")


def defined_terms(html: str, glossary: Glossary) -> set[str]:
    """Returns the names of the terms that a text defines in a `<dfn>`, by its title or else its words."""
    found = DEFINITION_ELEMENT.finditer(html)
    return {name for each in found if (name := (each["title"] or each["shown"]).casefold()) in glossary}


class KeepPipes(Preprocessor):
    """Replaces the pipe in `[[words|term]]` by `PIPE`."""

    def run(self, lines: list[str]) -> list[str]:
        return [Line.at(line.number, SHOWN_AS.sub(rf"[[\1{PIPE}\2]]", line)) for line in with_numbers(lines)]


class LinkTerms(InlineProcessor):
    """Turns `[[term]]` and `[[words|term]]` into links. Collects terms used, and unknown ones with their line."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown, glossary: Glossary) -> None:
        super().__init__(REFERENCE, md)
        self.glossary = glossary
        self.used: set[str] = set()
        self.unknown: list[tuple[int, str]] = []

    def handleMatch(  # type: ignore[override]  # noqa: N802  (Python-Markdown's name)
        self, m: re.Match[str], data: str
    ) -> tuple[ElementTree.Element, int, int]:
        name = " ".join(MARKED.sub("", m["name"]).split())
        span = ElementTree.Element("span", {"class": "term"})
        if term := self.glossary.get(name.casefold()):
            self.used.add(name.casefold())
            # A tap focuses the span first, and so shows the definition before the link is followed.
            span.set("tabindex", "-1")
            link = ElementTree.SubElement(span, "a", {"href": f"{{% url 'glossary' %}}#{term.anchor}"})
            link.text = m["shown"] or m["name"]
            span.set("data-term", name.casefold())
        else:
            self.unknown.append((int(m["line"]), name))
            span.text = m["shown"] or m["name"]
        return span, m.start(0), m.end(0)


class DefineTerms(Treeprocessor):
    """Puts each term's definition next to it. Runs late, so that no heading, label or abbreviation includes it."""

    def __init__(self, md: Markdown, glossary: Glossary) -> None:
        super().__init__(md)
        self.glossary = glossary

    def run(self, root: ElementTree.Element) -> None:
        spans = (element for element in root.iter("span") if element.get("data-term"))
        for number, span in enumerate(list(spans), start=1):
            term = self.glossary[span.attrib.pop("data-term")]
            span[0].set("aria-describedby", f"definition-{number}")
            tip = {"class": "definition", "role": "tooltip", "id": f"definition-{number}"}
            ElementTree.SubElement(span, "span", tip).text = AtomicString(term.definition.strip())
