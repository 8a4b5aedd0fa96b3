"""Where a lab's goal is reached, the picture of its run says so: at once, for good, with a sign and a word."""

import json
import re

import pytest

from sandbox import services
from sandbox.definitions.registry import title
from sandbox.engine.evolve import evolve
from sandbox.labs.experiments import labs
from sandbox.models import Run
from sandbox.pages.run.frames import frame_of, recording_of
from sandbox.pages.run.live.page_reader import current_page, newer_page
from sandbox.pages.run.snapshot_reader import snapshot_of
from sandbox.services import start_run
from tests.sandbox.pages.lab.lab_forms import ONE, TWO, address, key_of

pytestmark = pytest.mark.django_db
RECORDED = [name for name, lab in labs().items() if not lab.is_load]
PIECE = r'data-fragment="((?:wide|tall)-(?:node|marks)-[\w-]+)"'
IN_PICTURE = re.compile(rf"{PIECE}(?:(?!data-fragment).)*?>(★ [^<]+)<", re.DOTALL)


def marked(html):
    """Returns where pictures mark the goal, each with its text."""
    return IN_PICTURE.findall(html)


def page_of(client, run, **query):
    return client.get(f"/sandbox/runs/{run.pk}/", query).content.decode()


@pytest.mark.parametrize("name", RECORDED)
def test_every_recording_marks_the_goal_at_its_place_from_its_moment_on(client, name):
    for run in services.recorded_runs_of(labs()[name]):
        goal = snapshot_of(run).goal
        place = "-".join(goal.place)
        found = [(f"{shape}-{kind}-{place}", goal.text) for shape in ("wide", "tall") for kind in ("node", "marks")]
        assert len(marked(page_of(client, run))) == 2
        assert set(marked(page_of(client, run))) <= set(found)
        assert marked(page_of(client, run, at=goal.seq)) == marked(page_of(client, run))
        if goal.seq > 1:
            assert marked(page_of(client, run, at=goal.seq - 1)) == []


def test_a_goal_of_two_runs_has_a_part_in_each(begun, shown):
    begun(TWO, key_of(TWO))
    texts = [text for _, text in marked(shown(TWO))]
    assert texts == ["★ Goal, part 1"] * 2 + ["★ Goal, part 2"] * 2


def test_a_message_that_completes_the_goal_is_marked_at_its_arrow(begun, shown):
    begun("hard-debugging", key_of("hard-debugging"))
    places = {place for place, _ in marked(shown("hard-debugging"))}
    assert places == {"wide-marks-inventory-order", "tall-marks-inventory-order"}


def test_a_goal_that_is_reached_with_the_end_is_marked_at_the_last_place(begun, shown):
    attempt = begun(ONE, key_of(ONE))
    seen = [fact for fact in snapshot_of(attempt.run).facts if fact.actor in snapshot_of(attempt.run).board.plan.actors]
    assert {place for place, _ in marked(shown(ONE))} == {
        f"{shape}-node-{seen[-1].actor}" for shape in ("wide", "tall")
    }
    assert f"Goal, reached at {title(seen[-1].actor)}." in shown(ONE)


def test_it_comes_with_the_fact_that_completes_the_goal(client, learner, work):
    client.post(address(ONE, "begin/"), key_of(ONE))
    run = Run.objects.get()
    before = current_page(run.pk)
    assert "★ Goal" not in "".join(one.html for one in before.fragments.values())
    work(run)
    news = {one.name for one in frame_of(newer_page(before), before.fragments).fragments if "★ Goal" in one.html}
    assert {"wide-node-orchestrator", "tall-node-orchestrator"} <= news
    frames = json.loads(recording_of(snapshot_of(run)))
    first = next(frame for frame in frames if any("★ Goal" in one["html"] for one in frame["fragments"]))
    assert first["seq"] == snapshot_of(run).goal.seq


def test_the_row_of_the_message_is_marked_too(client, begun):
    attempt = begun("hard-debugging", key_of("hard-debugging"))
    rows = re.findall(r'<li data-fragment="\d+-\w+".*?</li>', page_of(client, attempt.run), re.DOTALL)
    (row,) = (row for row in rows if "★ Goal" in row)
    assert "InventoryReleased" in row


def test_a_run_outside_a_lab_marks_no_goal(client, learner, work):
    run = work(start_run(evolve(labs()[ONE].runs[0], experiment=""), learner=learner))
    assert "★ Goal" not in page_of(client, run)
    assert "reached at" not in page_of(client, run)
