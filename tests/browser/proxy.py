"""A real proxy between a browser and the web server. It holds responses back, delays them, or is cut off.

with Proxy(stack.port) as proxy:
    proxy.holds = True
"""

import asyncio
import re
from dataclasses import dataclass
from threading import Thread
from typing import Self

HOST = "127.0.0.1"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
KEPT = re.compile(rb"connection: *keep-alive", re.IGNORECASE)


@dataclass(eq=False)
class Exchange:
    """A request that was passed on. It is open until the server has ended its response."""

    path: str
    is_open: bool = True


class Proxy:
    """Passes each request on to `port`, on a connection of its own.

    While it `holds`, it keeps every response until the server has ended it, even when the browser waits no longer.
    `delay` is how many seconds each part of a stream takes.
    """

    def __init__(self, port: int) -> None:
        self.server_port, self.holds, self.delay, self.is_cut = port, False, 0.0, False
        self.exchanges: list[Exchange] = []
        self._loop, self._browsers = asyncio.new_event_loop(), set[asyncio.StreamWriter]()
        self._serving: set[asyncio.Task] = set()

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, HOST, 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _stop(self) -> None:
        self._server.close()
        for _ in range(10):  # what was accepted just now is taken over; until then nobody would close it
            await asyncio.sleep(0)
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def asked(self) -> list[str]:
        """The requests for what is new, by those who have no stream."""
        return [one.path for one in self.exchanges if "/live/now.json" in one.path]

    @property
    def streams(self) -> list[Exchange]:
        """The streams so far."""
        return [one for one in self.exchanges if "/live/?" in one.path]

    @property
    def open_streams(self) -> list[Exchange]:
        """The streams that the server has not ended."""
        return [one for one in self.streams if one.is_open]

    def cut(self) -> None:
        """Breaks every connection, and refuses others until it is mended."""
        self.is_cut = True
        self._call(self._break())

    async def _break(self) -> None:
        for browser in self._browsers:
            browser.transport.abort()

    def mend(self) -> None:
        self.is_cut = False

    async def _serve(self, request: asyncio.StreamReader, browser: asyncio.StreamWriter) -> None:
        self._browsers.add(browser)
        serving = asyncio.current_task()
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        try:
            if not self.is_cut:
                await self._pass_on(request, browser)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._browsers.discard(browser)
            browser.transport.abort() if self.is_cut else browser.close()

    async def _pass_on(self, request: asyncio.StreamReader, browser: asyncio.StreamWriter) -> None:
        head = await request.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await request.readexactly(int(length[1])) if length else b""
        exchange = Exchange(head.split()[1].decode())
        self.exchanges.append(exchange)
        response, server = await self._connect()
        server.write(KEPT.sub(b"Connection: close", head) + body)
        passing = asyncio.create_task(self._answer(exchange, response, browser))
        leaving = asyncio.create_task(request.read())
        try:
            await asyncio.wait({passing} if self.holds else {passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            passing.cancel()
            leaving.cancel()
            await asyncio.gather(passing, leaving, return_exceptions=True)
            exchange.is_open = False
            server.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connects to the server. A connection is not given up half-way, since nobody would close it then."""
        connecting = asyncio.ensure_future(asyncio.open_connection(HOST, self.server_port))
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            _, server = await connecting
            server.close()
            raise

    async def _answer(self, exchange: Exchange, response: asyncio.StreamReader, browser: asyncio.StreamWriter) -> None:
        async for part in self._parts(exchange, response):
            browser.write(part)
            await browser.drain()

    async def _parts(self, exchange: Exchange, response: asyncio.StreamReader):
        if self.holds:
            yield await response.read()
            return
        delay = self.delay if exchange in self.streams else 0.0
        while part := await response.read(65_536):
            await asyncio.sleep(delay)
            yield part
