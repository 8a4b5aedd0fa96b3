"""Every picture has a text that holds the same facts, for those who cannot see it."""

import re
from xml.etree import ElementTree

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import SAGA, title
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import Pace
from sandbox.engine.analysis.invariants import judge
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.fold import fold
from sandbox.engine.simulation.simulator import Simulator, simulate
from sandbox.pages.run.fragments import render
from sandbox.pages.run.frames import as_of
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.render.diagram.actor_box import STEP_SIGN
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.svg import svg
from sandbox.render.diagram.text_alternative import in_words, now_in_words
from sandbox.render.diagram.timeline import timeline_marks

SVG = "{http://www.w3.org/2000/svg}"
RUNS = [
    ("order", "choreography", "schedule-fulfilment", ""),
    ("order", "choreography", "", "charge-customer:lost"),
    ("order", "orchestration", "charge-customer", "charge-customer:duplicate"),
    ("order-parallel", "choreography", "charge-customer", "reserve-inventory:transient"),
    ("order-hybrid", "hybrid", "schedule-fulfilment", "pack-shipment:timeout-after-effect"),
]


def snapshot_of(saga, style, refused, fault):
    known = simulate(
        compile_plan(SAGA[saga], style), fail=refused or None, faults=[parse_fault(fault)] if fault else []
    )
    ident = "01a21076-24db-750c-92a2-ed4ab4c7ccde"
    return RunSnapshot(ident, known.settings, known.board, known.facts, known.entries, judge(known))


@pytest.fixture(params=RUNS, ids=lambda run: "-".join(filter(None, run)))
def snapshot(request):
    return snapshot_of(*request.param)


def drawn(snapshot, shape):
    return ElementTree.fromstring(svg(draw(snapshot.board.plan, shape), name="x", now=LiveState(snapshot.board)))


def steps_drawn(picture):
    """Returns what the picture says of steps: their names with a sign."""
    notes = [note.text for note in picture.iter(f"{SVG}text") if note.get("class") == "note"]
    return {tuple(note.split(" ", 1)) for note in notes if note[0] in STEP_SIGN.values()}


def steps_in_words(words):
    found = re.findall(r"[\w ]+: ([\w-]+) ([A-Z_]+)\.", " ".join(words))
    return {(STEP_SIGN[status], name) for name, status in found}


@pytest.mark.parametrize("shape", Shape)
def test_the_picture_of_a_run_and_its_words_tell_the_same_at_every_fact(snapshot, shape):
    for seq in range(1, len(snapshot.facts) + 1):
        then = as_of(snapshot, seq)
        picture, words = drawn(then, shape), now_in_words(then.board)
        flights = [chip.get("aria-label") for chip in picture.iter(f"{SVG}a")]
        assert steps_drawn(picture) == steps_in_words(words)
        assert sorted(f"On its way: {one}." for one in flights) == sorted(w for w in words if w.startswith("On its"))


@pytest.mark.parametrize("shape", Shape)
def test_the_picture_of_a_plan_and_its_words_tell_of_the_same_messages(snapshot, shape):
    picture = ElementTree.fromstring(svg(draw(snapshot.board.plan, shape), name="x"))
    labels = [
        label.text.lstrip("✕↩ ") for label in picture.iter(f"{SVG}text") if "message" in str(label.get("class")).split()
    ]
    said = [re.search(r" sends (\w+) ", sentence)[1] for sentence in in_words(snapshot.board.plan)]
    assert sorted(labels) == sorted(said)
    assert picture.find(f"{SVG}desc").text == " ".join(in_words(snapshot.board.plan))


@pytest.mark.parametrize("shape", Shape)
def test_a_message_that_is_held_stands_in_the_picture_and_in_its_words(shape):
    plan = compile_plan(SAGA["order"], "choreography")
    board = fold(plan, Simulator(RunState(plan, RunSettings(), Pace.STEP)).facts)
    picture = ElementTree.fromstring(svg(draw(plan, shape), name="x", now=LiveState(board)))
    (chip,) = [link for link in picture.iter(f"{SVG}a") if "flight" in link.get("class")]
    assert chip.get("aria-label").endswith("held")
    assert f"On its way: {chip.get('aria-label')}." in now_in_words(board)


@pytest.mark.parametrize("shape", Shape)
def test_a_message_that_is_held_can_be_delivered_on_its_arrow_and_a_timer_at_its_box(shape):
    plan = compile_plan(SAGA["order"], "choreography")
    simulator = Simulator(RunState(plan, RunSettings(), Pace.STEP))
    before = ElementTree.fromstring(svg(draw(plan, shape), name="x", now=LiveState(fold(plan, simulator.facts))))
    pressed = [link.get("aria-label") for link in before.iter(f"{SVG}a") if link.get("data-press")]
    assert pressed == ["Deliver OrderPlaced to Order", "More for OrderPlaced to Order"]


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_arrow_of_the_sequence_diagram_says_in_words_what_its_line_shows(snapshot):
    fragments = render(snapshot).fragments
    for delivery in snapshot.board.deliveries.values():
        if not delivery.is_timer:
            words = plain(fragments[delivery.key].html)
            to = title(delivery.receiver) if delivery.receiver else "nobody listens"
            assert f"{delivery.name} , {delivery.kind}, {title(delivery.sender)} → {to}" in words
            assert ("lost" in words) == delivery.lost
            assert ("given up" in words) == delivery.dead


def test_the_scrubbers_rail_is_the_journal_fact_by_fact(snapshot):
    marks = timeline_marks((snapshot.board.plan, fact) for fact in snapshot.facts)
    assert sum(mark.length for mark in marks) == len(snapshot.facts)
    assert [mark.start for mark in marks] == [sum(m.length for m in marks[:i]) for i in range(len(marks))]
    assert sum(1 for fragment in render(snapshot).fragments.values() if fragment.into == "journal") == len(
        snapshot.facts
    )


def test_who_knows_what_is_a_table_of_words(snapshot):
    board = fold(snapshot.board.plan, snapshot.facts)
    words = plain(render(snapshot).fragments["local_views"].html)
    for actor in board.plan.actors[1:]:
        assert title(actor) in words
    assert "The whole order is known to" in words
