"""Checks that the links of a lesson lead somewhere."""

from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from content.site_probe import SiteProbe
from content.suggest import suggest
from course.markdown.html_scan import Element, HtmlScan

TARGETS = {"a": "href", "img": "src"}


def link_targets(scan: HtmlScan) -> list[tuple[Element, str]]:
    """Returns every link and image with its address."""
    found = ((element, element.attrs.get(TARGETS[element.tag], "")) for element in scan.all(*TARGETS))
    return [(element, address) for element, address in found if address]


def broken_links(scan: HtmlScan, page: str, probe: SiteProbe) -> Iterator[tuple[int, str]]:
    """Yields the line of each broken link, and what is wrong with it. `page` is the address of the lesson."""
    for element, address in link_targets(scan):
        if problem := _problem_with(address, page, probe):
            yield element.line, f"link {address}: {problem}"


def _problem_with(address: str, page: str, probe: SiteProbe) -> str:
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return "" if "." in parts.netloc and " " not in address else "is no address of another site"
    if parts.scheme == "data":
        return ""  # a picture within the address
    if parts.scheme == "mailto":
        return "" if "@" in parts.path else "is no address of a mailbox"
    if parts.scheme or parts.netloc:
        return "leads out of the site; use http, https or mailto, or an address of the site that begins with /"
    if parts.path.startswith(settings.STATIC_URL):
        name = parts.path.removeprefix(settings.STATIC_URL)
        is_there = finders.find(name) or staticfiles_storage.exists(name)  # the latter also under a name with a digest
        return "" if is_there else "there is no such file in a static folder"
    return _problem_inside(urlsplit(urljoin(page, address)), probe)


def _problem_inside(parts: SplitResult, probe: SiteProbe) -> str:
    result = probe.ask(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    if not result.is_there:
        return f"the site answers {result.status}. {result.message}".strip()
    anchor = unquote(parts.fragment)
    if anchor and anchor not in result.anchors:
        return f"{parts.path} has no anchor #{anchor}{suggest(anchor, result.anchors)}"
    return ""
