"""Simulates many viewers of live runs in one process. Parses what they received afterwards, to keep viewing cheap."""

import asyncio
import json
import re
import time
from typing import Self

HOST = "127.0.0.1"
# A fact's line is the only element with this id.
FACT = re.compile(r'id="fact-(\d+)"')
REQUEST = "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"


def facts_in(event: str) -> list[int]:
    """Returns the numbers of the facts whose lines a server-sent event adds to the journal."""
    if not event.startswith("data: "):
        return []
    fragments = json.loads(event.removeprefix("data: ")).get("fragments", [])
    return [int(fact) for fragment in fragments for fact in FACT.findall(fragment["html"])]


class Viewer(asyncio.Protocol):
    """One connection. `seen` holds each event with the time at which its last byte arrived.

    Cuts off the lines that HTTP puts before each chunk of a response.
    """

    def __init__(self, path: str, port: int, known: dict[bytes, bytes]) -> None:
        self.request = REQUEST.format(path=path, host=HOST, port=port).encode()
        self.known, self.buffer, self.seen = known, b"", list[tuple[float, bytes]]()
        loop = asyncio.get_running_loop()
        self.began, self.first_frame, self.ended = time.time(), loop.create_future(), loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.time()
        *events, self.buffer = (self.buffer + data).split(b"\n\n")
        for event in events:
            self._record(now, event.rpartition(b"\r\n")[2])

    def _record(self, now: float, event: bytes) -> None:
        if not event.startswith(b"data: "):
            return
        self.seen.append((now, self.known.setdefault(event, event)))
        if not self.first_frame.done():
            self.first_frame.set_result(now - self.began)

    def connection_lost(self, error: Exception | None) -> None:
        for future in (self.first_frame, self.ended):
            if not future.done():
                future.set_result(None)


class Client:
    """Holds all viewers of one measurement."""

    def __init__(self, *, port: int) -> None:
        self.port, self.loop = port, asyncio.new_event_loop()
        self.viewers: list[Viewer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for viewer in self.viewers:
            viewer.transport.close()
        self.loop.close()

    def connect(self, paths: list[str]) -> list[float | None]:
        """Connects a viewer for each path, all at once; returns the seconds until each had its first frame."""
        return self.loop.run_until_complete(self._connect(paths))

    async def _connect(self, paths: list[str]) -> list[float | None]:
        loop, known = asyncio.get_running_loop(), dict[bytes, bytes]()
        self.viewers = [Viewer(path, self.port, known) for path in paths]
        await asyncio.gather(*(loop.create_connection(lambda one=one: one, HOST, self.port) for one in self.viewers))
        return await asyncio.gather(*(viewer.first_frame for viewer in self.viewers))

    def watch(self, seconds: float) -> list[list[tuple[int, float]]]:
        """Watches until every run has ended, at most so long; returns each viewer's facts with their arrival times."""
        ended = [viewer.ended for viewer in self.viewers]
        self.loop.run_until_complete(asyncio.wait(ended, timeout=seconds))
        found = {event: facts_in(event.decode()) for viewer in self.viewers for _, event in viewer.seen}
        return [[(fact, at) for at, event in viewer.seen for fact in found[event]] for viewer in self.viewers]
