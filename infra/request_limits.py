"""Refuses requests that no page of ours sends, early: those that are too long, and those with NUL characters."""

from collections.abc import Callable, Iterator
from inspect import iscoroutinefunction
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.decorators import sync_and_async_middleware

from infra.error_pages import problem

# Bytes. The longest address of ours, with eight faults, is a quarter as long.
LONGEST_QUERY = 4_000


@sync_and_async_middleware
def limits_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answers 414 to an address that is too long, and lets no NUL through, because PostgreSQL stores none."""

    def refusal(request: HttpRequest) -> HttpResponse | None:
        query = request.META.get("QUERY_STRING", "")
        if len(query) > LONGEST_QUERY:
            text = f"What follows the question mark has {len(query)} characters; at most {LONGEST_QUERY} are read."
            return problem(request, status=414, title="That address is too long", text=text)
        if "\0" in request.path_info or b"\0" in unquote_to_bytes(query):
            raise BadRequest("There is a NUL character in that address; leave it out.")
        _replace_nul(request)
        return None

    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponse:
            return refusal(request) or await get_response(request)
    else:

        def middleware(request: HttpRequest) -> HttpResponse:  # type: ignore[misc]
            return refusal(request) or get_response(request)

    return middleware


def _replace_nul(request: HttpRequest) -> None:
    """Replaces each NUL in a form by a space: it may be part of a text that somebody has pasted."""
    if request.method != "POST" or not any("\0" in text for text in _texts(request.POST)):
        return
    clean = request.POST.copy()
    clean.clear()
    for name, values in request.POST.lists():
        clean.setlist(name.replace("\0", " "), [str(value).replace("\0", " ") for value in values])
    request.POST = clean  # type: ignore[assignment]


def _texts(form: QueryDict) -> Iterator[str]:
    for name, values in form.lists():
        yield name
        yield from map(str, values)
