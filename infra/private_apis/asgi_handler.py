"""Changes Django's ASGI handler: it limits the body of a request and gives live views no thread."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse

from infra.error_pages import TOO_LARGE


class TooLarge(Exception):
    """Raised for a request whose body is longer than any form of ours."""


class Handler(ASGIHandler):
    """Handles requests as Django does, but gives live views no thread and reads no body beyond its limit.

    Django keeps a thread for each request, for synchronous code on its way, until the response is complete: minutes
    for a stream. Before a live view begins there is little such code, and one thread runs it for all of them.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/live/"):
            await self.handle(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers 413 to a request that is too large, whatever length its header gives."""
        try:
            await super().handle(scope, receive, send)
        except TooLarge:
            await self.send_response(HttpResponse(TOO_LARGE, status=413, content_type="text/plain"), send)

    async def read_body(self, receive: Any) -> BytesIO:
        """Returns the body, in memory. Raises TooLarge; Django would write the whole of it to the disk first."""
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
