"""The live view: one broadcaster in each web process reads new facts, renders each frame once, and fans it out."""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

import redis.asyncio
from django.conf import settings
from django.db import DatabaseError
from redis.exceptions import RedisError

from infra.logs import log_context
from sandbox.models import Run
from sandbox.pages.run.fragments import Fragment, RenderedPage, live_fragments, recent_page
from sandbox.pages.run.frames import Frame, forget, frame_of, gone_frame
from sandbox.pages.run.live.page_reader import (
    GONE,
    current_page,
    current_runs,
    earlier_page,
    first_frame,
    newer_page,
    news_of,
)
from sandbox.pages.run.live.viewer import StreamViewer
from sandbox.pages.run.snapshot_reader import live_fragments_of
from sandbox.runtime.broker.notifications import CHANNEL
from sandbox.selectors import may_see

POLL_EVERY = 0.5
# After so many seconds without news, the reason is looked for, for at most so many runs at each poll.
QUIET_AFTER, REASONS_AT_ONCE = 1.0, 10

Read = TypeVar("Read")
log = logging.getLogger(__name__)


@dataclass
class Watched:
    """A run that has viewers.

    `changed_at` is when the run last had new facts, `checked_at` when it was last asked why it has none, and `live` are
    the fragments with the answer. `first_frames` are those of viewers who have come since either changed, by the fact
    that they had seen.
    """

    page: RenderedPage
    changed_at: float
    live: tuple[Fragment, ...]
    checked_at: float = 0.0
    viewers: set[StreamViewer] = field(default_factory=set)
    first_frames: dict[int, Frame] = field(default_factory=dict)

    def first_frame(self, seen: RenderedPage) -> Frame:
        """Returns the first frame for a viewer with that page; many who come together are sent the same."""
        if seen.seq not in self.first_frames:
            self.first_frames[seen.seq] = first_frame(self.page, seen, self.live)
        return self.first_frames[seen.seq]

    def change(self, *, page: RenderedPage, live: tuple[Fragment, ...]) -> None:
        self.page, self.live = page, live
        self.first_frames.clear()


class Broadcaster:
    """Follows the watched runs, woken by notifications, and polls as well, since notifications can be lost."""

    def __init__(self) -> None:
        self._watched: dict[uuid.UUID, Watched] = {}
        self._keyed: dict[tuple[str, str], StreamViewer] = {}
        self._database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-view")
        self._task: asyncio.Task[None] | None = None
        self._polled_all_at = 0.0
        self._asked_for: set[uuid.UUID] = set()
        self._reading: asyncio.Task[dict[uuid.UUID, Run]] | None = None

    async def frames(
        self, after: Mapping[uuid.UUID, int], *, learner: str, key: str = ""
    ) -> AsyncGenerator[Frame | None, None]:
        """Yields what changes on the pages of these runs after their facts, until each has ended or is gone.

        None is a heartbeat, after some seconds without any change. A viewer that is too slow is disconnected after what
        it has in its queue, and comes back for the rest. One that has a `key` replaces the one before with that key,
        whose connection may be kept open by somebody on the way.
        """
        self._end(learner, key)
        viewer = StreamViewer(learner)
        if key:
            self._keyed[learner, key] = viewer
        try:
            known = await self._current_runs(after)
            for run_id, seq in after.items():
                await self._join(viewer, run_id, seq, known.get(run_id))
            self._start()
            while not viewer.is_over:
                yield await viewer.next()
        finally:
            self._leave(viewer)
            if self._keyed.get((learner, key)) is viewer:
                del self._keyed[learner, key]

    async def news(self, after: Mapping[uuid.UUID, int], *, learner: str, key: str = "") -> list[Frame]:
        """Returns what is new now, for a viewer whose stream does not come through; it is ended, if it has this key."""
        self._end(learner, key)
        return await self._in_database(news_of, after, learner)

    def _end(self, learner: str, key: str) -> None:
        viewer = self._keyed.pop((learner, key), None)
        if viewer:
            self._leave(viewer)
            viewer.end()

    async def _join(self, viewer: StreamViewer, run_id: uuid.UUID, seq: int, run: Run | None) -> None:
        """Gives the viewer what is new in the run, and lets it follow the run from there."""
        if run is None or not may_see(run, viewer.learner):
            viewer.put(gone_frame(run_id))
            return
        try:
            watched = self._watched.get(run_id) or await self._begin(run_id)
            seen = await self._page_at(watched.page, seq)
        except GONE:
            viewer.put(gone_frame(run_id))
            return
        watched = self._watched.setdefault(run_id, watched)
        watched.viewers.add(viewer)
        viewer.runs.add(run_id)
        self._put(viewer, watched.first_frame(seen))

    async def _begin(self, run_id: uuid.UUID) -> Watched:
        page = await self._in_database(current_page, run_id)
        return Watched(page, _now(), live=await self._in_database(live_fragments_of, page))

    async def _page_at(self, page: RenderedPage, seq: int) -> RenderedPage:
        recent = recent_page(page.snapshot.run_id, seq)
        return recent if recent else await self._in_database(earlier_page, page, seq)

    def _leave(self, viewer: StreamViewer) -> None:
        for run_id in tuple(viewer.runs):
            self._stop_watching(viewer, run_id)

    def _stop_watching(self, viewer: StreamViewer, run_id: uuid.UUID) -> None:
        viewer.runs.discard(run_id)
        watched = self._watched.get(run_id)
        if watched:
            watched.viewers.discard(viewer)
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
                watched.change(page=watched.page, live=live)
                self._send(watched, replace(frame_of(watched.page, watched.page.fragments), fragments=live))

    async def _update(self, run_id: uuid.UUID, run: Run | None) -> None:
        """Sends what is new in a run to the viewers who may still see it; a deleted run is None."""
        watched = self._watched.get(run_id)
        if watched is None:
            return
        if run is None:
            forget(str(run_id))
        for viewer in tuple(watched.viewers):
            if run is None or not may_see(run, viewer.learner):
                self._put(viewer, gone_frame(run_id))
        if run and run.last_seq > watched.page.seq:
            self._show(watched, await self._in_database(newer_page, watched.page))

    def _show(self, watched: Watched, page: RenderedPage) -> None:
        frame = frame_of(page, watched.page.fragments)
        if watched.live != live_fragments():
            frame = replace(frame, fragments=(*frame.fragments, *live_fragments()))
        watched.changed_at = _now()
        watched.change(page=page, live=live_fragments())
        self._send(watched, frame)

    def _send(self, watched: Watched, frame: Frame) -> None:
        for viewer in tuple(watched.viewers):
            self._put(viewer, frame)

    def _put(self, viewer: StreamViewer, frame: Frame) -> None:
        """Gives a viewer a frame; one that is too slow is disconnected, and a run's last frame is the last of it."""
        if not viewer.put(frame):
            self._leave(viewer)
        if frame.ended:
            self._stop_watching(viewer, uuid.UUID(frame.run_id))

    async def _current_runs(self, run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Run]:
        """Reads these runs, and with them those that other viewers ask for before the reading begins."""
        self._asked_for.update(run_ids)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_asked_for())
        return await asyncio.shield(self._reading)

    async def _read_asked_for(self) -> dict[uuid.UUID, Run]:
        # What was begun before is awaited first: meanwhile more viewers may come.
        await self._in_database(int)
        asked_for, self._asked_for, self._reading = self._asked_for, set(), None
        return await self._in_database(current_runs, asked_for)

    async def _in_database(self, read: Callable[..., Read], *args: Any) -> Read:
        return await asyncio.get_running_loop().run_in_executor(self._database, read, *args)


def _now() -> float:
    return asyncio.get_running_loop().time()


@cache
def broadcaster() -> Broadcaster:
    """Returns this web process's broadcaster."""
    return Broadcaster()
