"""Adds links by which readers can share a place in a lesson."""

import xml.etree.ElementTree as ElementTree

from markdown.treeprocessors import Treeprocessor

HEADINGS = {"h2", "h3"}
# Elements that have an anchor only if their author gave them one, and the name of the link.
NAMES = {"p": "Link to this paragraph", "li": "Link to this point"}
FOOTNOTE = "fn"


class AddPermalinks(Treeprocessor):
    """Makes each heading a link to itself, and ends each paragraph or list item that has an anchor with such a link."""

    def run(self, root: ElementTree.Element) -> None:
        for element in list(root.iter()):
            anchor = element.get("id", "")
            if element.tag in HEADINGS and anchor:
                self._wrap(element, anchor)
            elif element.tag in NAMES and anchor and not anchor.startswith(FOOTNOTE):
                _last_paragraph(element).append(_link(anchor, {"aria-label": NAMES[element.tag], "lang": "en"}))

    def _wrap(self, heading: ElementTree.Element, anchor: str) -> None:
        if next(heading.iter("a"), None) is not None:
            heading.append(_link(anchor, {"aria-label": "Link to this section", "lang": "en"}))
            return
        link = _link(anchor, {})
        link.text, link[:] = heading.text, list(heading)
        heading.text, heading[:] = "", [link]


def _link(anchor: str, attributes: dict[str, str]) -> ElementTree.Element:
    return ElementTree.Element("a", {"class": "anchor", "href": f"#{anchor}", **attributes})


def _last_paragraph(element: ElementTree.Element) -> ElementTree.Element:
    """Returns the last paragraph of a list item that has several; else the element itself."""
    return element[-1] if len(element) and element[-1].tag == "p" else element
