"""Tells pictures that stand alone from those in a sentence: only the former get a frame."""

import xml.etree.ElementTree as ElementTree

from markdown.treeprocessors import Treeprocessor


class FramePictures(Treeprocessor):
    """Gives a paragraph a class that holds a picture, or a link around one, and no text."""

    def run(self, root: ElementTree.Element) -> None:
        for paragraph in root.iter("p"):
            if len(paragraph) == 1 and _is_picture(paragraph[0]) and not _has_words(paragraph):
                paragraph.set("class", f"{paragraph.get('class', '')} picture".strip())


def _is_picture(element: ElementTree.Element) -> bool:
    return element.tag == "img" or (element.tag == "a" and len(element) == 1 and element[0].tag == "img")


def _has_words(element: ElementTree.Element) -> bool:
    return bool("".join(element.itertext()).strip())
