"""Django's ASGI handler with two methods of its own: how a body is read, and which requests keep a thread."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse

from infra.error_pages import TOO_LARGE


class TooLarge(Exception):
    """A request's body is longer than any form of ours."""


class Handler(ASGIHandler):
    """Django's own, but that live views keep no thread, and that no body is read beyond its limit.

    A request has a thread of its own for what is synchronous on its way, until its answer is complete: for a stream,
    minutes. What little is synchronous before a live view begins is done in one thread for all of them.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/live/"):
            await self.handle(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """As Django's, but answers 413 to a request that is too large, whatever it says of its own length."""
        try:
            await super().handle(scope, receive, send)
        except TooLarge:
            await self.send_response(HttpResponse(TOO_LARGE, status=413, content_type="text/plain"), send)

    async def read_body(self, receive: Any) -> BytesIO:
        """The body, in memory. Raises TooLarge; Django would write the whole of it to the disk first."""
        body, is_complete = BytesIO(), False
        while not is_complete:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            body.write(message.get("body", b""))
            if body.tell() > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                raise TooLarge
            is_complete = not message.get("more_body", False)
        body.seek(0)
        return body
