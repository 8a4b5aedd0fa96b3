"""Links to places of a lesson, for whoever wants to send one to somebody."""

import xml.etree.ElementTree as ElementTree

from markdown.treeprocessors import Treeprocessor

HEADINGS = {"h2", "h3"}
# What has an anchor only because its author gave it one, and how its link is called.
NAMES = {"p": "Link to this paragraph", "li": "Link to this point"}
FOOTNOTE = "fn"


class LinkPlaces(Treeprocessor):
    """A heading is a link to itself; a paragraph or point with an anchor has such a link at its end."""

    def run(self, root: ElementTree.Element) -> None:
        for element in list(root.iter()):
            anchor = element.get("id", "")
            if element.tag in HEADINGS and anchor:
                self._wrap(element, anchor)
            elif element.tag in NAMES and anchor and not anchor.startswith(FOOTNOTE):
                _last_words(element).append(_link(anchor, {"aria-label": NAMES[element.tag]}))

    def _wrap(self, heading: ElementTree.Element, anchor: str) -> None:
        if next(heading.iter("a"), None) is not None:
            heading.append(_link(anchor, {"aria-label": "Link to this section"}))
            return
        link = _link(anchor, {})
        link.text, link[:] = heading.text, list(heading)
        heading.text, heading[:] = "", [link]


def _link(anchor: str, attributes: dict[str, str]) -> ElementTree.Element:
    return ElementTree.Element("a", {"class": "anchor", "href": f"#{anchor}", **attributes})


def _last_words(element: ElementTree.Element) -> ElementTree.Element:
    """The paragraph at the end of a point that is made of several."""
    return element[-1] if len(element) and element[-1].tag == "p" else element
