import os
from typing import Any

import django
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from sandbox.frames.parts import warm_up  # noqa: E402  only now are the apps ready


class Handler(ASGIHandler):
    """Django's own, but for live views: those keep no thread.

    A request has a thread of its own for what is synchronous on its way, until its answer is complete: for a stream,
    minutes. What little is synchronous before a live view begins is done in one thread for all of them.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/live/"):
            await self.handle(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


application = Handler()
warm_up()
