"""Writes the live view of runs as server-sent events."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping

from sandbox.pages.run.live.broadcaster import broadcaster

MAX_AGE = 600.0
HEARTBEAT_EVENT = b"event: here\ndata: {}\n\n"
END_EVENT = b"event: end\ndata: {}\n\n"


async def events(after: Mapping[uuid.UUID, int], *, learner: str, key: str = "") -> AsyncIterator[bytes]:
    """Yields the live view of runs as server-sent events, from these facts on, until all end or MAX_AGE seconds."""
    yield HEARTBEAT_EVENT
    frames = broadcaster().frames(after, learner=learner, key=key)
    now = asyncio.get_running_loop().time
    end = now() + MAX_AGE
    try:
        async for frame in frames:
            if frame is None:
                yield HEARTBEAT_EVENT
            elif frame.fragments or frame.ended:
                yield frame.event
            if now() > end:
                break
        yield END_EVENT
    finally:
        await frames.aclose()
