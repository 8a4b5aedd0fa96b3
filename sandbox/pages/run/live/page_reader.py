"""Reads the pages of runs that are followed: as of now, as of an earlier fact, and what is new since then."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db import close_old_connections

from sandbox.models import Run
from sandbox.pages.run.fragments import Fragment, RenderedPage, live_fragments, recent_page, rendered_page
from sandbox.pages.run.frames import Frame, as_of, frame_of, gone_frame
from sandbox.pages.run.snapshot_reader import live_fragments_of, snapshot_after, snapshot_of
from sandbox.runtime.storage.runs import UnknownSaga
from sandbox.selectors import RIGHTS, may_see

# A run with one of these is gone for everybody: it was deleted, or its saga has been defined otherwise since.
GONE = (UnknownSaga, Run.DoesNotExist)


def current_runs(run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Run]:
    """Reads how far each of these runs is that still exists, and who may see it."""
    close_old_connections()
    return {run.pk: run for run in Run.objects.filter(pk__in=list(run_ids)).only("last_seq", *RIGHTS)}


def current_page(run_id: uuid.UUID) -> RenderedPage:
    """Returns the page of a run as of now. Raises one of GONE."""
    close_old_connections()
    return rendered_page(snapshot_of(Run.objects.get(pk=run_id)))


def newer_page(known: RenderedPage) -> RenderedPage:
    """Returns the page of that run as of now; the known one while nothing is new."""
    run = Run.objects.get(pk=known.snapshot.run_id)
    return rendered_page(snapshot_after(known.snapshot, run), earlier=known) if run.last_seq > known.seq else known


def earlier_page(page: RenderedPage, seq: int) -> RenderedPage:
    """Returns that run's page as of fact `seq`."""
    return recent_page(page.snapshot.run_id, seq) or rendered_page(as_of(page.snapshot, seq))


def first_frame(page: RenderedPage, seen: RenderedPage, live: tuple[Fragment, ...]) -> Frame:
    """Returns what brings a page as of an earlier fact up to date."""
    frame = frame_of(page, seen.fragments)
    return replace(frame, fragments=(*frame.fragments, *live))


def news_of(after: Mapping[uuid.UUID, int], learner: str) -> list[Frame]:
    """Returns what is new in each of these runs since its fact, or that the run is gone for this learner."""
    known = current_runs(after)
    return [_news(run_id, seq, known.get(run_id), learner) for run_id, seq in after.items()]


def _news(run_id: uuid.UUID, seq: int, run: Run | None, learner: str) -> Frame:
    if run is None or not may_see(run, learner):
        return gone_frame(run_id)
    try:
        page = _page_now(run, seen=seq)
        live = live_fragments() if page.seq > seq else live_fragments_of(page)
        return first_frame(page, earlier_page(page, seq), live)
    except GONE:
        return gone_frame(run_id)


def _page_now(run: Run, *, seen: int) -> RenderedPage:
    """Returns the page of the run as of now, from pages that this process has rendered lately if there are any."""
    if page := recent_page(str(run.pk), run.last_seq):
        return page
    known = recent_page(str(run.pk), seen)
    return newer_page(known) if known else current_page(run.pk)
