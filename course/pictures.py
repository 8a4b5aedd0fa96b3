"""Finds the pictures beside a lesson, and gives their elements an address that changes with the picture."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

import imagesize

from content.lesson_files import PICTURES, is_visible
from content.suggest import suggest
from course.markdown.html_scan import HtmlScan
from course.markdown.line_markers import MARKED
from course.model import Picture

ADDRESS = re.compile(r'(?P<image><img\b[^>]*?\s)?\b(?P<attribute>src|href)="(?P<address>[^"]*)"')


def find_pictures(scan: HtmlScan, folder: Path) -> tuple[tuple[Picture, ...], list[tuple[int, str]]]:
    """Returns the pictures beside a lesson that it shows or links to; and what is wrong with others, by line."""
    found: dict[str, Picture] = {}
    problems = []
    for line, address in _addresses(scan):
        name = _name(address)
        if problem := _problem(name, folder):
            problems.append((line, f"picture {address} {problem}"))
        elif name not in found:
            found[name] = _picture(name, folder)
    return tuple(found.values()), problems


def with_pictures(html: str, slug: str, pictures: tuple[Picture, ...]) -> str:
    """Returns the template source of a lesson with the addresses and sizes of its pictures."""
    by_name = {picture.name: picture for picture in pictures}

    def placed(found: re.Match[str]) -> str:
        picture = by_name.get(_name(MARKED.sub("", found["address"])))
        if picture is None:
            return found[0]
        tag = f"{{% url 'course:picture' '{slug}' '{picture.digest}' '{picture.name}' %}}"
        size = f' width="{picture.width}" height="{picture.height}"' if picture.width and found["image"] else ""
        lazy = f'{size} loading="lazy"' if found["image"] else ""
        mark = "".join(each[0] for each in MARKED.finditer(found["address"]))
        return f'{found["image"] or ""}{found["attribute"]}="{mark}{tag}"{lazy}'

    return ADDRESS.sub(placed, html)


def _addresses(scan: HtmlScan) -> Iterator[tuple[int, str]]:
    """Yields what may be a picture beside the lesson: the source of an image, and a link to a file of such a kind."""
    for element in scan.all("img", "a"):
        address = element.attrs.get("src" if element.tag == "img" else "href", "")
        parts = urlsplit(address)
        is_file = element.tag == "img" or Path(parts.path).suffix.casefold() in PICTURES
        if address and is_file and not (parts.scheme or parts.netloc or parts.path.startswith(("/", "\u0002"))):
            yield element.line, address


def _name(address: str) -> str:
    return unquote(urlsplit(address).path).removeprefix("./")


def _problem(name: str, folder: Path) -> str:
    file = folder / name
    if ".." in Path(name).parts or not is_visible(Path(name)):
        return "is not in the lesson's folder; put it there, or into a folder images/ in it"
    if file.suffix.casefold() not in PICTURES:
        return f"is of a kind that is not shown; use one of {', '.join(sorted(PICTURES))}"
    if not file.is_file():
        near = [str(each.relative_to(folder)) for each in folder.rglob("*") if each.suffix.casefold() in PICTURES]
        return f"is not there; put it into the lesson's folder{suggest(name, near)}"
    if "'" in name or "%}" in name:
        return "has a name that makes no address; use letters, numbers, hyphens and dots"
    if file.suffix.casefold() != ".svg" and min(imagesize.get(file)) <= 0:
        return "cannot be read; it is damaged, or its name has the ending of another kind"
    return ""


def _picture(name: str, folder: Path) -> Picture:
    file = folder / name
    width, height = (max(0, round(size)) for size in imagesize.get(file))
    return Picture(file, name, sha256(file.read_bytes()).hexdigest()[:16], width, height)
