"""The live view: one broadcaster in each web process reads new facts, renders each frame once, and fans it out."""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

import redis.asyncio
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from redis.exceptions import RedisError

from infra.logs import log_context
from sandbox.models import Run
from sandbox.pages.run.fragments import Fragment, RenderedPage, live_fragments, recent_page, rendered_page
from sandbox.pages.run.frames import Frame, as_of, forget, frame_of
from sandbox.pages.run.snapshot_reader import live_fragments_of, snapshot_after, snapshot_of
from sandbox.runtime.broker.notifications import CHANNEL
from sandbox.runtime.storage.runs import UnknownSaga
from sandbox.selectors import may_see

POLL_EVERY = 0.5
# After so many seconds without news, the reason is looked for, for at most so many runs at each poll.
QUIET_AFTER, REASONS_AT_ONCE = 1.0, 10
HEARTBEAT = 5.0
MAX_AGE = 600.0
QUEUE_LIMIT = 256
HEARTBEAT_EVENT = b"event: here\ndata: {}\n\n"
# Tells a viewer that the run does not exist any more, or that it may not be seen.
GONE = Frame(0, 0.0, (), ended=True)
GONE_EVENT = b"event: gone\ndata: {}\n\n"

Read = TypeVar("Read")
log = logging.getLogger(__name__)


@dataclass
class Watched:
    """A run that has viewers: each viewer's queue of frames, with the learner that it belongs to.

    `changed_at` is when the run last had new facts, `checked_at` when it was last asked why it has none, and `live` are
    the fragments with the answer.
    """

    page: RenderedPage
    changed_at: float
    live: tuple[Fragment, ...]
    checked_at: float = 0.0
    viewers: dict[asyncio.Queue[Frame], str] = field(default_factory=dict)


class Broadcaster:
    """Follows the watched runs, woken by notifications, and polls as well, since notifications can be lost."""

    def __init__(self) -> None:
        self._watched: dict[uuid.UUID, Watched] = {}
        self._database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-view")
        self._task: asyncio.Task[None] | None = None
        self._polled_all_at = 0.0

    async def frames(self, run_id: uuid.UUID, *, after: int, learner: str) -> AsyncGenerator[Frame | None, None]:
        """Yields what changes on the page of a run after fact `after`, until the run ends, or is GONE for `learner`.

        None is a heartbeat, after HEARTBEAT seconds without any change. A viewer that is too slow is disconnected after
        what it has in its queue; it comes back for the rest.
        """
        queue: asyncio.Queue[Frame] = asyncio.Queue(QUEUE_LIMIT)
        watched = self._watched.get(run_id) or await self._begin(run_id)
        seen = await self._page_at(watched.page, after)
        watched = self._watched.setdefault(run_id, watched)
        watched.viewers[queue] = learner
        self._start()
        try:
            first = frame_of(watched.page, seen.fragments)
            frame: Frame | None = replace(first, fragments=(*first.fragments, *watched.live))
            while True:
                yield frame
                if (frame and frame.ended) or (queue not in watched.viewers and queue.empty()):
                    return
                frame = await _next(queue)
        finally:
            self._leave(run_id, queue)

    async def _begin(self, run_id: uuid.UUID) -> Watched:
        page = await self._in_database(current_page, run_id)
        return Watched(page, _now(), live=await self._in_database(live_fragments_of, page))

    async def _page_at(self, page: RenderedPage, seq: int) -> RenderedPage:
        recent = recent_page(page.snapshot.run_id, seq)
        return recent if recent else await self._in_database(earlier_page, page, seq)

    def _leave(self, run_id: uuid.UUID, queue: asyncio.Queue[Frame]) -> None:
        watched = self._watched.get(run_id)
        if watched:
            watched.viewers.pop(queue, None)
            if not watched.viewers:
                del self._watched[run_id]

    def _start(self) -> None:
        if self._task is None or self._task.done():
            # In a context of its own: what it logs is not about the run whose viewer was the first.
            self._task = asyncio.create_task(self._follow(), context=Context())

    async def _follow(self) -> None:
        """Polls as long as anything is watched."""
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1)
        notifications = client.pubsub(ignore_subscribe_messages=True)
        try:
            while self._watched:
                await self._follow_once(notifications)
        finally:
            await notifications.aclose()  # type: ignore[no-untyped-call]
            await client.aclose()
            self._task = None
            if self._watched:
                self._start()

    async def _follow_once(self, notifications: redis.asyncio.client.PubSub) -> None:
        """Polls after the next notification; when that fails, the error is logged, and a moment passes."""
        with log_context(actor="web"):
            try:
                await self._poll(await self._wait(notifications))
            except DatabaseError as error:
                log.warning("the live view goes on in a moment: %s", error)
                await asyncio.sleep(POLL_EVERY)
            except Exception:
                log.exception("a bug of the sandbox: the live view goes on in a moment")
                await asyncio.sleep(POLL_EVERY)

    async def _wait(self, notifications: redis.asyncio.client.PubSub) -> set[uuid.UUID]:
        """Returns the watched runs with a notification; none when no notification came for a while."""
        try:
            if not notifications.subscribed:
                await notifications.subscribe(CHANNEL)
                return set()
            notified: set[uuid.UUID] = set()
            message = await notifications.get_message(timeout=POLL_EVERY)
            while message:
                notified.add(uuid.UUID(message["data"].decode()))
                message = await notifications.get_message(timeout=0.0)
            return notified & self._watched.keys()
        except (RedisError, OSError, ValueError) as error:
            log.debug("polling without notifications: %s", error)
            await asyncio.sleep(POLL_EVERY)
            return set()

    async def _poll(self, notified: set[uuid.UUID]) -> None:
        """Updates the runs with a notification, and all of them every POLL_EVERY seconds."""
        polls_all = not notified or _now() - self._polled_all_at >= POLL_EVERY
        if polls_all:
            notified, self._polled_all_at = set(self._watched), _now()
        known = await self._in_database(current_runs, notified)
        for run_id in notified & self._watched.keys():
            try:
                await self._update(run_id, known.get(run_id))
            except Exception:
                with log_context(saga_id=run_id):
                    log.exception("the page of run %s could not be brought up to date", run_id)
        if polls_all:
            await self._update_idle_reasons()

    async def _update_idle_reasons(self) -> None:
        """Tells the viewers of quiet runs why nothing is happening there, first where that was checked longest ago."""
        running = [one for one in self._watched.values() if not one.page.is_ended]
        quiet = [one for one in running if _now() - one.changed_at >= QUIET_AFTER]
        for watched in sorted(quiet, key=lambda one: one.checked_at)[:REASONS_AT_ONCE]:
            watched.checked_at = _now()
            try:
                live = await self._in_database(live_fragments_of, watched.page)
            except Exception:
                run_id = watched.page.snapshot.run_id
                with log_context(saga_id=run_id):
                    log.exception("the reason why run %s is idle could not be found", run_id)
                continue
            if live != watched.live:
                watched.live = live
                self._send(watched, replace(frame_of(watched.page, watched.page.fragments), fragments=live))

    async def _update(self, run_id: uuid.UUID, run: Run | None) -> None:
        """Sends what is new in a run to the viewers who may still see it; a deleted run is None."""
        watched = self._watched[run_id]
        if run is None:
            forget(str(run_id))
        for queue, learner in tuple(watched.viewers.items()):
            if run is None or not may_see(run, learner):
                self._put(watched, queue, GONE)
        if run and run.last_seq > watched.page.seq:
            self._show(watched, await self._in_database(newer_page, watched.page))

    def _show(self, watched: Watched, page: RenderedPage) -> None:
        frame = frame_of(page, watched.page.fragments)
        if watched.live != live_fragments():
            frame = replace(frame, fragments=(*frame.fragments, *live_fragments()))
        watched.page, watched.changed_at, watched.live = page, _now(), live_fragments()
        self._send(watched, frame)

    def _send(self, watched: Watched, frame: Frame) -> None:
        for queue in tuple(watched.viewers):
            self._put(watched, queue, frame)

    def _put(self, watched: Watched, queue: asyncio.Queue[Frame], frame: Frame) -> None:
        """Gives a viewer a frame; a viewer that is too slow, or that gets its last frame, is disconnected."""
        try:
            queue.put_nowait(frame)
        except asyncio.QueueFull:
            watched.viewers.pop(queue, None)
        if frame is GONE:
            watched.viewers.pop(queue, None)

    async def _in_database(self, read: Callable[..., Read], *args: Any) -> Read:
        return await asyncio.get_running_loop().run_in_executor(self._database, read, *args)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _next(queue: asyncio.Queue[Frame]) -> Frame | None:
    try:
        async with asyncio.timeout(HEARTBEAT):
            return await queue.get()
    except TimeoutError:
        return None


def current_page(run_id: uuid.UUID) -> RenderedPage:
    """Returns the page of a run as of now."""
    close_old_connections()
    return rendered_page(snapshot_of(Run.objects.get(pk=run_id)))


def earlier_page(page: RenderedPage, seq: int) -> RenderedPage:
    """Returns that run's page as of fact `seq`."""
    return rendered_page(as_of(page.snapshot, seq))


def current_runs(run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Run]:
    """Reads how far each of these runs is that still exists, and who may see it."""
    close_old_connections()
    return {run.pk: run for run in Run.objects.filter(pk__in=list(run_ids)).only("last_seq", "learner", "shared")}


def newer_page(known: RenderedPage) -> RenderedPage:
    """Returns the page of that run as of now; the known one while nothing is new."""
    run = Run.objects.get(pk=known.snapshot.run_id)
    return rendered_page(snapshot_after(known.snapshot, run), earlier=known) if run.last_seq > known.seq else known


@cache
def broadcaster() -> Broadcaster:
    """Returns this web process's broadcaster."""
    return Broadcaster()


async def events(run_id: uuid.UUID, *, after: int, learner: str) -> AsyncIterator[bytes]:
    """Yields the live view of a run as server-sent events, from fact `after` on, until its end or MAX_AGE seconds."""
    yield HEARTBEAT_EVENT
    frames = broadcaster().frames(run_id, after=after, learner=learner)
    end = asyncio.get_running_loop().time() + MAX_AGE
    try:
        async for frame in frames:
            if frame is GONE:
                yield GONE_EVENT
                return
            if frame is None:
                yield HEARTBEAT_EVENT
            elif frame.fragments or frame.ended:
                yield frame.event
            if asyncio.get_running_loop().time() > end:
                break
        yield b"event: end\ndata: {}\n\n"
    except (UnknownSaga, Run.DoesNotExist):
        yield GONE_EVENT
    finally:
        await frames.aclose()
