"""A viewer: one response that frames are sent by."""

import asyncio
import uuid
from dataclasses import dataclass, field

from sandbox.pages.run.frames import Frame

HEARTBEAT = 5.0
QUEUE_LIMIT = 256


@dataclass(eq=False, slots=True)
class StreamViewer:
    """Whose learner the response is for, the runs that it still follows, and the frames that are to be sent."""

    learner: str
    runs: set[uuid.UUID] = field(default_factory=set)
    _frames: asyncio.Queue[Frame] = field(default_factory=lambda: asyncio.Queue(QUEUE_LIMIT))
    _has_ended: bool = False

    @property
    def is_over(self) -> bool:
        """Tells whether there is nothing more to send."""
        return self._has_ended or (not self.runs and self._frames.empty())

    def put(self, frame: Frame) -> bool:
        """Adds a frame; returns False when too many are waiting already."""
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            return False
        return True

    async def next(self) -> Frame | None:
        """Returns the next frame, or None after HEARTBEAT seconds without one."""
        try:
            async with asyncio.timeout(HEARTBEAT):
                return await self._frames.get()
        except TimeoutError:
            return None

    def end(self) -> None:
        """Sends nothing more, also not what is waiting."""
        self._has_ended = True
