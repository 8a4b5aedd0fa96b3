import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_safe

from infra.live_reload.watch import stamp

SCRIPT = Path(__file__).with_name("reload.js")
PAUSE = 0.3  # seconds between two checks


@require_safe
def script(request: HttpRequest) -> FileResponse:
    return FileResponse(SCRIPT.open("rb"), content_type="text/javascript")


@require_GET
async def live(request: HttpRequest) -> StreamingHttpResponse:
    """Sends the stamp of the files as server-sent events: at once, and whenever it changes."""
    response = StreamingHttpResponse(_stamps(), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["Content-Encoding"] = "identity"  # a compressed stream would wait for more data before it sends
    return response


async def _stamps() -> AsyncIterator[str]:
    sent = ""
    while True:
        now = await asyncio.to_thread(stamp)
        if now != sent:
            yield f"data: {now}\n\n"
        sent = now
        await asyncio.sleep(PAUSE)
