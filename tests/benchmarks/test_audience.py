import asyncio
import json

import pytest

from benchmarks.audience import Viewer, facts_in


def event(*facts):
    fragments = [
        {"fragment": f"fact-{seq}", "html": f'<li id="fact-{seq}"><a href="#fact-1">1</a></li>'} for seq in facts
    ]
    return f"data: {json.dumps({'seq': max(facts), 'fragments': fragments})}"


def seen(answer, *, piece):
    """The facts that a viewer sees in an answer that comes in pieces of that many bytes."""

    async def view():
        viewer = Viewer("/", 0, {})
        for low in range(0, len(answer), piece):
            viewer.data_received(answer[low : low + piece])
        return [fact for _, text in viewer.seen for fact in facts_in(text.decode())]

    return asyncio.run(view())


def chunked(*events):
    """Events as HTTP carries them."""
    chunks = [f"{text}\n\n".encode() for text in events]
    return b"HTTP/1.1 200 OK\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


@pytest.mark.parametrize("piece", [1, 7, 64, 10_000])
def test_a_viewer_sees_each_fact_once_in_whatever_pieces_it_comes(piece):
    answer = chunked("event: here\ndata: {}", event(1, 2), event(3), "event: end\ndata: {}")
    assert seen(answer, piece=piece) == [1, 2, 3]


def test_a_fact_that_comes_twice_is_seen_twice():
    assert seen(chunked(event(1), event(1)), piece=100) == [1, 1]
