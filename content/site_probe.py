"""A visitor of this very site, in process: what content points at is asked for as a reader would, without a network."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.conf import settings
from django.core.checks import run_checks
from django.test import Client
from django.utils.html import strip_tags

ALERT = re.compile(r'<(\w+) [^>]*\brole="alert"[^>]*>(.*?)</\1>', re.DOTALL)
ID = re.compile(r'\sid="([^"]+)"')


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What an address answers: its status, how often each anchor is on its page, its own words when it refuses."""

    status: int
    anchors: Mapping[str, int]
    words: str

    @property
    def is_there(self) -> bool:
        return self.status == 200

    @property
    def is_unknown(self) -> bool:
        """Whether nothing has that address, other than something that fails."""
        return self.status == 404


def is_content_sound() -> bool:
    """Whether all content is sound: where a lesson or a bank is wrong, the pages that need it fail as well."""
    return not any(message.is_serious() for message in run_checks(tags=["content"]))


class SiteProbe:
    """Asks for each address once."""

    def __init__(self) -> None:
        names = (name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*")
        self._client = Client(raise_request_exception=False, SERVER_NAME=next(names, "localhost"))
        self._answers: dict[str, ProbeResult] = {}

    def ask(self, address: str) -> ProbeResult:
        """What the site answers at a path with its query, after following redirects."""
        if address not in self._answers:
            self._answers[address] = self._asked(address)
        return self._answers[address]

    def request(self, address: str) -> Any:
        """A request for that address as the middleware leaves it, for what is drawn only for somebody."""
        return self._client.get(address).wsgi_request

    def _asked(self, address: str) -> ProbeResult:
        response = self._client.get(address, follow=True)
        if response.status_code == 200:
            return ProbeResult(200, Counter(ID.findall(_text(response))), "")
        return ProbeResult(response.status_code, {}, _alert(_text(response)) or self._reason(address))

    def _reason(self, address: str) -> str:
        """What the site says when a script asks, in one line; what failed, where it failed."""
        response = self._client.get(address, follow=True, headers={"HX-Request": "true"})
        if error := getattr(response, "exc_info", None):
            return f"{error[0].__name__}: {error[1]}"
        return _text(response) if response["Content-Type"].startswith("text/plain") else ""


def _alert(page: str) -> str:
    """The words with which a page says what is wrong, in a line; empty where it has none."""
    found = ALERT.search(page)
    return " ".join(unescape(strip_tags(found[2].replace("<", " <"))).split()) if found else ""


def _text(response: Any) -> str:
    return "" if response.streaming else response.content.decode()
