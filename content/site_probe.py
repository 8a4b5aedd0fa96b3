"""Requests pages of this site as a reader would, in process and without a network, to check what content links to."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any

from django.conf import settings
from django.core.checks import run_checks
from django.test import Client
from django.utils.html import strip_tags

from content.lesson_files import Fingerprint, fingerprint, lessons_root

ALERT = re.compile(r'<(\w+) [^>]*\brole="alert"[^>]*>(.*?)</\1>', re.DOTALL)
ID = re.compile(r'\sid="([^"]+)"')


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The response at an address: its status, how often each anchor is on the page, and its message when it refuses."""

    status: int
    anchors: Mapping[str, int]
    message: str

    @property
    def is_there(self) -> bool:
        """True when there is a page at the address."""
        return self.status == 200

    @property
    def is_unknown(self) -> bool:
        """True when there is nothing at the address, rather than a page that fails."""
        return self.status == 404


def is_content_valid() -> bool:
    """Returns whether all content is valid: a wrong lesson or bank makes the pages fail that need it."""
    return _is_valid(fingerprint(lessons_root()))


@lru_cache(maxsize=1)
def _is_valid(version: Fingerprint) -> bool:
    return not any(message.is_serious() for message in run_checks(tags=["content"]))


class SiteProbe:
    """Requests each address once, and remembers the response."""

    def __init__(self) -> None:
        names = (name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*")
        # What a page would put up with in a reader's address is a mistake in an author's.
        strict = {"Prefer": "handling=strict"}
        self._client = Client(raise_request_exception=False, headers=strict, SERVER_NAME=next(names, "localhost"))
        self._results: dict[str, ProbeResult] = {}

    def ask(self, address: str) -> ProbeResult:
        """Returns the response at a path with its query, after following redirects."""
        if address not in self._results:
            self._results[address] = self._fetch(address)
        return self._results[address]

    def request(self, address: str) -> Any:
        """Returns a request for that address as the middleware leaves it, to render what depends on the learner."""
        return self._client.get(address).wsgi_request

    def _fetch(self, address: str) -> ProbeResult:
        response = self._client.get(address, follow=True)
        if response.status_code == 200:
            return ProbeResult(200, Counter(map(unescape, ID.findall(_text(response)))), "")
        return ProbeResult(response.status_code, {}, _alert(_text(response)) or self._reason(address))

    def _reason(self, address: str) -> str:
        """Returns the message that htmx would get, or the exception for a page that failed."""
        response = self._client.get(address, follow=True, headers={"HX-Request": "true"})
        if error := getattr(response, "exc_info", None):
            return f"{error[0].__name__}: {error[1]}"
        return _text(response) if response["Content-Type"].startswith("text/plain") else ""


def _alert(page: str) -> str:
    """Returns the text of the page's alert in one line; "" where it has none."""
    found = ALERT.search(page)
    return " ".join(unescape(strip_tags(found[2].replace("<", " <"))).split()) if found else ""


def _text(response: Any) -> str:
    is_text = not response.streaming and response["Content-Type"].startswith("text/")
    return response.content.decode() if is_text else ""
