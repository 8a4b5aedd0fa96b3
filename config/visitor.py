"""A visitor of this very site, in process: what content points at is asked for as a reader would, without a network."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.checks import run_checks
from django.test import Client

ID = re.compile(r'\sid="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
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


def can_visit() -> bool:
    """Whether all content is sound: where a lesson or a bank is wrong, the pages that need it fail as well."""
    return not any(message.is_serious() for message in run_checks(tags=["content"]))


class Visitor:
    """Asks for each address once."""

    def __init__(self) -> None:
        names = (name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*")
        self._client = Client(raise_request_exception=False, SERVER_NAME=next(names, "localhost"))
        self._answers: dict[str, Answer] = {}

    def ask(self, address: str) -> Answer:
        """What the site answers at a path with its query, after following redirects."""
        if address not in self._answers:
            self._answers[address] = self._asked(address)
        return self._answers[address]

    def request(self, address: str) -> Any:
        """A request for that address as the middleware leaves it, for what is drawn only for somebody."""
        return self._client.get(address).wsgi_request

    def _asked(self, address: str) -> Answer:
        response = self._client.get(address, follow=True)
        if response.status_code == 200:
            return Answer(200, Counter(ID.findall(_text(response))), "")
        # Asked by a script, the site says in one line what a page would say in many.
        return Answer(response.status_code, {}, self._reason(address, {"HX-Request": "true"}))

    def _reason(self, address: str, headers: Mapping[str, str]) -> str:
        response = self._client.get(address, follow=True, headers=headers)
        if error := getattr(response, "exc_info", None):
            return f"{error[0].__name__}: {error[1]}"
        return _text(response) if response["Content-Type"].startswith("text/plain") else ""


def _text(response: Any) -> str:
    return "" if response.streaming else response.content.decode()
