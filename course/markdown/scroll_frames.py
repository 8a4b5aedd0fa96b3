"""Puts tables and code into frames that scroll by keyboard, too, and have a name."""

import xml.etree.ElementTree as ElementTree

from markdown.treeprocessors import Treeprocessor


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
        for cell in table.iter():
            if align := cell.attrib.pop("align", ""):
                cell.set("class", f"align-{align}")
        for row in table.iterfind("tbody/tr"):
            if len(row):
                self._label(row, labels)
        name = ", ".join(label for label in labels if label)
        frame = ElementTree.Element(
            "div", {"class": "table-scroll", "role": "region", "tabindex": "0", "aria-label": name}
        )
        frame.append(table)
        return frame

    def _label(self, row: ElementTree.Element, labels: list[str]) -> None:
        for label, cell in zip(labels, row, strict=False):
            cell.set("data-label", label)
        row[0].tag = "th"
        row[0].set("scope", "row")


class ReadableCode(Treeprocessor):
    """Gives code that is indented by four spaces the frame that code in fences has."""

    def run(self, root: ElementTree.Element) -> None:
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                if child.tag == "pre":
                    child.attrib |= {"tabindex": "0", "role": "group", "aria-label": "code"}
                    parent[place] = ElementTree.Element("div", {"class": "code", "data-copy": "code"})
                    ElementTree.SubElement(parent[place], "p", {"class": "code-title", "lang": "en"}).text = "Code"
                    parent[place].append(child)
