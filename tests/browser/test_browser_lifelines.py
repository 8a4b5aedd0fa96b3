"""Every arrow of a sequence diagram joins its sender's lifeline and its receiver's, for any number of actors."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.template.loader import render_to_string

from config.settings import BASE_DIR
from sandbox.definitions.model import Saga
from sandbox.definitions.terms import Style
from sandbox.engine.analysis.invariants import judge
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.pages.run.fragments import live_fragments, render
from sandbox.pages.run.lifelines import lifelines_css
from sandbox.pages.run.panel import Panel
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.render.diagram.layout import Shape, draw
from tests.sandbox.engine import trip
from tests.sandbox.engine.registering import registered

STYLES = ("base/tokens", "base/base", "sandbox/diagram", "sandbox/sandbox", "sandbox/run/run", "sandbox/run/sequence")
# Where each line begins and ends, and each bar stands, next to the middle of the lifeline that it belongs to.
PLACES = """() => {
  const box = (node) => node.getBoundingClientRect();
  const middle = (node) => box(node).left + box(node).width / 2;
  const lifelines = [...document.querySelectorAll(".lifeline-name")].map(middle);
  const hops = [...document.querySelectorAll(".hops > .hop:not([data-towards=nowhere])")].flatMap((hop) => {
    const line = box(hop.querySelector(".line"));
    return [[line.left, lifelines[hop.dataset.low - 1]], [line.right, lifelines[hop.dataset.high - 1]]];
  });
  const bars = [...document.querySelectorAll(".hops > .work")].map((work) => {
    const bar = box(work.querySelector(".bar"));
    return [bar.left + bar.width / 2, lifelines[work.dataset.to - 1]];
  });
  return [...hops, ...bars];
}"""


def tour_of(stages):
    """Returns the services and the saga of a tour with that many stages."""
    services, steps = [], []
    for number in range(stages):
        name = f"stage{number}"
        services.append(trip.counted(name, f"Destination {number}", "map", "left", "kept"))
        after = [steps[-1].name] if steps else []
        said = (f"VisitStageNumber{number}", f"StageNumber{number}Visited")
        step = trip.booking(name, "left", "kept", f"visit-{name}", said, *after)
        steps.append(replace(step, refusal=replace(step.refusal, event=f"Stage{number}Closed")))
    return services, Saga(f"tour-{stages}", "A tour", "", "TourWished", tuple(steps))


@contextmanager
def shown(browser, stages, style):
    """Opens the sequence diagram and the picture of a tour that was compensated."""
    services, saga = tour_of(stages)
    with registered(services, [saga]):
        record = simulate(compile_plan(saga, style), fail=saga.steps[-1].name)
        snapshot = RunSnapshot(
            "01a21076-24db-750c-92a2-ed4ab4c7ccde",
            record.settings,
            record.board,
            record.facts,
            record.entries,
            judge(record),
        )
        rendered = render(snapshot)
        panel = Panel(rendered, rendered, "", live=live_fragments())
        fragments = "".join(render_to_string(f"sandbox/run/_{name}.html", {"panel": panel}) for name in FRAGMENTS)
    css = "".join((BASE_DIR / f"static/css/{name}.css").read_text() for name in STYLES)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(
        f"<!doctype html><style>{css}{lifelines_css(len(record.plan.actors))}</style><main>{fragments}</main>"
    )
    yield page, record
    page.close()


FRAGMENTS = ("topology", "sequence")


@pytest.mark.parametrize("stages", [2, 8, 11, 19])
@pytest.mark.parametrize("style", [Style.CHOREOGRAPHY, Style.ORCHESTRATION])
def test_every_line_joins_the_lifelines_of_its_actors(browser, style, stages):
    with shown(browser, stages, style) as (page, record):
        assert page.locator(".lifeline-name").count() == len(record.plan.actors)
        for width in (360, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            places = page.evaluate(PLACES)
            assert len(places) > 2 * stages
            assert [(there, lifeline) for there, lifeline in places if abs(there - lifeline) > 1] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("stages", "shape"), [(5, Shape.WIDE), (11, Shape.TALL)])
def test_a_picture_too_wide_to_be_read_gives_way_to_the_tall_one(browser, stages, shape):
    with shown(browser, stages, Style.ORCHESTRATION) as (page, record):
        visible = [one for one in Shape if page.locator(f"svg.saga.{one}").is_visible()]
        assert visible == [shape]
        assert draw(record.plan, shape).width * 0.8 < 1280
