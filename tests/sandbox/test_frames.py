"""Page state is the fold of all facts: whatever one has seen before, the frames after it give the same page."""

import pytest

from sandbox.frames import changed, parts_of
from sandbox.selectors import view_of
from sandbox.stream import newer_snapshot, take_snapshot

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize("pace", ["fast", "step"])
def test_a_page_at_any_fact_plus_the_frame_after_it_is_the_page_of_now(start, work, style, pace):
    run = work(start(style=style, refused="schedule-fulfilment", pace=pace))
    now = parts_of(view_of(run))
    for seq in range(1, run.last_seq + 1):
        page = dict(parts_of(view_of(run, upto=seq)))
        page |= {part.ident: part for part in changed(page, now)}
        assert page == now


def test_new_rows_come_in_the_order_of_their_facts(start, work):
    run = work(start())
    frame = take_snapshot(run.pk).since(parts_of(view_of(run, upto=5)))
    rows = [part.ident for part in frame.parts if part.into == "journal"]
    assert rows == [f"fact-{seq}" for seq in range(6, run.last_seq + 1)]


def test_a_frame_holds_only_what_changed(start, work):
    run = work(start())
    frame = take_snapshot(run.pk).since(parts_of(view_of(run, upto=run.last_seq - 1)))
    assert f"fact-{run.last_seq - 1}" not in {part.ident for part in frame.parts}


def test_looking_again_at_a_run_without_news_renders_nothing(start):
    assert newer_snapshot(take_snapshot(start().pk)) is None


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_a_page_brought_up_to_date_is_the_page_read_anew(start, work, style):
    run = start(style=style, refused="schedule-fulfilment")
    early = take_snapshot(run.pk)
    work(run)
    assert newer_snapshot(early).view == view_of(run)


def test_a_page_as_of_a_fact_is_rendered_once_and_a_later_one_anew(start, work):
    run = start()
    early = parts_of(view_of(run))
    assert parts_of(view_of(run)) is early
    assert parts_of(view_of(work(run))) != early
