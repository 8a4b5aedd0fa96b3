"""Gives each paragraph, list item and table row an anchor, so that an answer can lead to it."""

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from markdown.treeprocessors import Treeprocessor

PREFIX = "p-"
BLOCKS = {"p", "li", "tr", "dd"}
# What Markdown and our own processors have put in the place of something else.
SET_ASIDE = re.compile("\u0002[^\u0003]*\u0003")


class NamePassages(Treeprocessor):
    """Gives blocks without an anchor one that is made from their words, so it stays while these stay."""

    def run(self, root: ElementTree.Element) -> None:
        used: Counter[str] = Counter()
        for element in root.iter():
            if element.tag in BLOCKS and not element.get("id") and (words := _words(element)):
                name = PREFIX + sha256(words.encode()).hexdigest()[:6]
                used[name] += 1
                element.set("id", name if used[name] == 1 else f"{name}-{used[name]}")


def _words(element: ElementTree.Element) -> str:
    """Returns the element's own words; "" for one that holds nothing but template tags or other blocks.

    The numbers of footnotes are none: they change with each footnote that is added before.
    """
    if element.get("class") in ("admonition-title", "code-title") or any(child.tag in BLOCKS for child in element):
        return ""
    return " ".join(SET_ASIDE.sub("", "".join(_texts(element))).split())


def _texts(element: ElementTree.Element) -> Iterator[str]:
    if element.tag != "sup":
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""
