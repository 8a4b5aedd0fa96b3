"""The terms of the course, each with its definition, and the links to them in lessons."""

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
from course.markdown.line_markers import MARKED
from course.model import Term
from course.schema import Definitions

# A pipe would end a cell of a table, so on its way through Markdown it is something else.
PIPE = "\u0002pipe\u0003"
SHOWN_AS = re.compile(r"\[\[([^\[\]|]+)\|([^\[\]|]+)\]\]")
REFERENCE = (
    f"\u0002line:(?P<line>\\d+)\u0003\\[\\[(?:(?P<shown>[^\\[\\]|]+?)(?:\\||{PIPE}))?(?P<name>[^\\[\\]|]+?)\\]\\]"
)
DEFINED = re.compile(r'<dfn(?: title="(?P<title>[^"]*)")?>(?P<shown>[^<]*)</dfn>')

Glossary = Mapping[str, Term]


def load_glossary(file: Path) -> dict[str, Term]:
    """The terms in `file` by their names in small letters. Raises ContentError with everything that is wrong."""
    document = read_document(file)
    entries = validate(Definitions, document).root
    terms = [Term(name, text, document.location((name,))) for name, text in entries.items()]
    if problems := list(_wrong(terms)):
        raise ContentError(problems)
    return {term.name.casefold(): term for term in terms}


def _wrong(terms: list[Term]) -> Iterator[Problem]:
    first: dict[str, Term] = {}
    for term in terms:
        if not term.anchor:
            yield Problem(term.location, f"term {term.name!r} makes no address; use letters and numbers")
        if (twin := first.setdefault(term.anchor, term)) is not term:
            yield Problem(term.location, f"term {term.name!r} shares the address #{term.anchor} with {twin.name!r}")


def defined(html: str, glossary: Glossary) -> set[str]:
    """The glossary's terms that a text defines itself. As HTML has it, a title says what other words stand for."""
    found = DEFINED.finditer(html)
    return {name for each in found if (name := (each["title"] or each["shown"]).casefold()) in glossary}


class KeepPipes(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return [SHOWN_AS.sub(rf"[[\1{PIPE}\2]]", line) for line in lines]


class LinkTerms(InlineProcessor):
    """`[[term]]` and `[[words|term]]` as links to the glossary. Notes terms used, and unknown ones with their line."""

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
        place = ElementTree.Element("span", {"class": "term"})
        if term := self.glossary.get(name.casefold()):
            self.used.add(name.casefold())
            # A tap gives the focus to the place first, and so shows the definition before the link leads away.
            place.set("tabindex", "-1")
            link = ElementTree.SubElement(place, "a", {"href": f"{{% url 'glossary' %}}#{term.anchor}"})
            link.text = m["shown"] or m["name"]
            place.set("data-term", name.casefold())
        else:
            self.unknown.append((int(m["line"]), name))
            place.text = m["shown"] or m["name"]
        return place, m.start(0), m.end(0)


class DefineTerms(Treeprocessor):
    """Puts each term's definition beside it. Last of all, so no heading, label or abbreviation takes it for text."""

    def __init__(self, md: Markdown, glossary: Glossary) -> None:
        super().__init__(md)
        self.glossary = glossary

    def run(self, root: ElementTree.Element) -> None:
        places = (element for element in root.iter("span") if element.get("data-term"))
        for number, place in enumerate(list(places), start=1):
            term = self.glossary[place.attrib.pop("data-term")]
            place[0].set("aria-describedby", f"definition-{number}")
            tip = {"class": "definition", "role": "tooltip", "id": f"definition-{number}"}
            ElementTree.SubElement(place, "span", tip).text = AtomicString(term.definition.strip())
