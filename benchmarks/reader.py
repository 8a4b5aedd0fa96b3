"""Requests one page again and again, on several connections that stay open."""

import asyncio
import os
import re
import time
from typing import Self

HOST = "127.0.0.1"
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
TAG = re.compile(rb"^etag: ([^\r]+)", re.IGNORECASE | re.MULTILINE)
COOKIE = re.compile(rb"set-cookie: ([^;\r]+)", re.IGNORECASE)


class Client:
    """Opens so many connections at once, to the port in the environment."""

    def __init__(self, *, connections: int) -> None:
        self.port, self.connections = int(os.environ["PORT"]), connections

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get(self, path: str, headers: str) -> tuple[int, str, str]:
        """Returns status, entity tag ("" without) and cookies of one response."""
        return asyncio.run(self._get(path, headers))

    def rate(self, path: str, headers: str, seconds: float) -> float:
        """Returns responses a second. Raises ValueError when one is neither 200 nor 304."""
        return asyncio.run(self._rate(path, headers, seconds))

    async def _get(self, path: str, headers: str) -> tuple[int, str, str]:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        writer.write(self._request(path, headers))
        head = await _response_head(reader)
        writer.close()
        tag, cookies = TAG.search(head), b"; ".join(COOKIE.findall(head))
        return int(head.split(b" ", 2)[1]), tag[1].decode() if tag else "", cookies.decode()

    async def _rate(self, path: str, headers: str, seconds: float) -> float:
        began = time.perf_counter()
        requests = [self._ask(path, headers, began + seconds) for _ in range(self.connections)]
        return sum(await asyncio.gather(*requests)) / (time.perf_counter() - began)

    async def _ask(self, path: str, headers: str, end: float) -> int:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        request, count = self._request(path, headers), 0
        while time.perf_counter() < end:
            writer.write(request)
            head = await _response_head(reader)
            if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
                raise ValueError(head.decode("latin-1"))
            count += 1
        writer.close()
        return count

    def _request(self, path: str, headers: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nAccept-Encoding: gzip\r\n{headers}\r\n".encode()


async def _response_head(reader: asyncio.StreamReader) -> bytes:
    """Returns the head of a response, after its body was read too."""
    head = await reader.readuntil(b"\r\n\r\n")
    if length := LENGTH.search(head):
        await reader.readexactly(int(length[1]))
    return head
