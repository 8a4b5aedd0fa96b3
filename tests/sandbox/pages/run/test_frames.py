"""The page is the fold of all facts: from any earlier page, the frames after it lead to the same page."""

import json
import re

import pytest
from django.utils.html import escape

from sandbox.models import DeliveryRow
from sandbox.pages.run.fragments import render, rendered_page
from sandbox.pages.run.frames import as_of, frame_of, recording_of
from sandbox.pages.run.live.page_reader import current_page, newer_page
from sandbox.pages.run.snapshot_reader import snapshot_of
from sandbox.render.diagram.timeline import Colour
from sandbox.render.text.words import sentence
from sandbox.services import retry_message

pytestmark = pytest.mark.django_db
STYLES = pytest.mark.parametrize("style", ["choreography", "orchestration"])


@STYLES
@pytest.mark.parametrize("pace", ["fast", "step"])
def test_a_page_at_any_fact_plus_the_frame_after_it_is_the_page_of_now(start, work, style, pace):
    run = work(start(style=style, fail="schedule-fulfilment", pace=pace))
    now = rendered_page(snapshot_of(run))
    for seq in range(1, run.last_seq + 1):
        shown = dict(render(as_of(now.snapshot, seq)).fragments)
        shown |= {fragment.name: fragment for fragment in now.since(shown)}
        assert shown == now.fragments


@STYLES
def test_a_recording_shows_every_moment_as_the_server_would(start, work, style):
    run = work(start(style=style, fault=("charge-customer:transient",), fail="schedule-fulfilment"))
    snapshot, shown = snapshot_of(run), {}
    for frame in json.loads(recording_of(snapshot)):
        shown |= {fragment["fragment"]: fragment["html"] for fragment in frame["fragments"]}
        page = render(as_of(snapshot, frame["seq"])).fragments.values()
        assert shown == {fragment.name: fragment.html for fragment in page if not fragment.live}
    assert frame["seq"] == run.last_seq


@STYLES
def test_each_fragment_is_marked_with_its_name_so_that_the_browser_replaces_it_instead_of_adding_it_again(
    start, work, style
):
    page = render(snapshot_of(work(start(style=style, fail="charge-customer"))))
    assert all(f'data-fragment="{fragment.name}"' in fragment.html for fragment in page.fragments.values())


def test_the_parts_of_a_moment_are_never_taken_away_later_so_that_they_can_only_be_added(start, work):
    run = work(start(style="orchestration", fault=("charge-customer:duplicate",)))
    before = set()
    for seq in range(1, run.last_seq + 1):
        names = set(render(as_of(snapshot_of(run), seq)).fragments)
        assert names >= before
        before = names


def test_what_is_taken_from_an_earlier_page_is_what_would_be_rendered_again(start, work):
    run = work(start(style="choreography", fault=("charge-customer:duplicate",), fail="schedule-fulfilment"))
    snapshot = snapshot_of(run)
    for seq in range(2, run.last_seq + 1):
        then = as_of(snapshot, seq)
        assert render(then, earlier=render(as_of(snapshot, seq - 1))).fragments == render(then).fragments


def test_the_rail_of_the_scrubber_shows_each_stretch_of_facts_in_its_colour(start, work):
    run = work(start(style="orchestration", fail="schedule-fulfilment"))
    scrubber = render(snapshot_of(run)).fragments["scrubber"].html
    colours = re.findall('<rect class="([a-z]*)"', scrubber)
    assert {"forward", "refusal", "compensation"} <= set(colours) <= set(Colour)


def test_a_run_that_was_reopened_is_judged_at_its_first_end_as_it_was_judged_then(start, work):
    run = work(start(fault=("reserve-inventory:compensation-fails",), fail="charge-customer"))
    first = snapshot_of(run)
    assert any(finding.is_open for finding in first.findings)
    for dead in DeliveryRow.objects.filter(run=run, state="dead"):
        retry_message(run, message=dead.message, receiver=dead.receiver, copy=dead.copy)
    later = snapshot_of(work(run))
    assert not any(finding.is_open for finding in later.findings)
    assert as_of(later, first.board.seq).findings == first.findings


def test_new_rows_come_in_the_order_of_their_facts(start, work):
    run = work(start())
    page = current_page(run.pk)
    frame = frame_of(page, render(as_of(page.snapshot, 5)).fragments)
    rows = [fragment.name for fragment in frame.fragments if fragment.into == "journal"]
    assert rows == [f"fact-{seq}" for seq in range(6, run.last_seq + 1)]


def test_a_frame_holds_only_what_changed(start, work):
    run = work(start())
    page = current_page(run.pk)
    frame = frame_of(page, render(as_of(page.snapshot, run.last_seq - 1)).fragments)
    names = {fragment.name for fragment in frame.fragments}
    assert f"fact-{run.last_seq - 1}" not in names
    assert "wide-node-order" not in names


def test_looking_again_at_a_run_without_news_renders_nothing(start):
    page = current_page(start().pk)
    assert newer_page(page) is page


@STYLES
def test_an_updated_page_is_the_page_loaded_again(start, work, style):
    run = start(style=style, fail="schedule-fulfilment")
    early = current_page(run.pk)
    work(run)
    assert newer_page(early).snapshot == snapshot_of(run)


def test_a_page_as_of_a_fact_is_rendered_once_and_a_later_one_again(start, work):
    run = start()
    early = rendered_page(snapshot_of(run))
    assert rendered_page(snapshot_of(run)) is early
    assert rendered_page(snapshot_of(work(run))) is not early


def test_live_parts_are_as_of_now_whatever_moment_is_shown(client, start, work):
    run = work(start(fail="charge-customer"))
    past = client.get(f"/sandbox/runs/{run.pk}/?at=9").content.decode()
    assert "Run as orchestration" in past
    assert "<output" in past
    assert ">fact 9 of" in past
    assert "<strong>Compensated" not in past


def test_a_moment_says_what_happened_just_then_and_not_what_was_waited_for(start, work):
    snapshot = snapshot_of(work(start(fail="charge-customer")))
    for fact in snapshot.facts[:-1]:
        then = as_of(snapshot, fact.seq)
        assert escape(sentence(fact, snapshot.board.plan)) in render(then).fragments["headline"].html


@pytest.mark.parametrize("at", ["0", "999", "x", "-1", "99999999999999999999"])
def test_a_moment_that_the_run_does_not_have_is_refused_in_a_sentence(client, start, work, at):
    run = work(start())
    answer = client.get(f"/sandbox/runs/{run.pk}/", {"at": at})
    assert answer.status_code == 400
    assert f"it has facts 1 to {run.last_seq} so far" in answer.content.decode()
