"""A sequence diagram has as many lanes as its saga has actors, and a stylesheet lays the rows over them."""

import re

import pytest
from django.urls import reverse

from sandbox.pages.run.lanes import lanes_css
from tests.sandbox.engine import trip
from tests.sandbox.engine.registering import registered


def stylesheet_of(page):
    (found,) = re.findall(r'href="(/sandbox/runs/lanes-\d+\.css)"', page)
    return found


@pytest.mark.parametrize(("style", "lanes"), [("choreography", 6), ("orchestration", 7)])
def test_the_page_of_a_run_brings_the_stylesheet_of_its_lanes(client, start, style, lanes):
    run = start(style=style, pace="step")
    page = client.get(reverse("sandbox:run", args=[run.pk])).content.decode()
    answer = client.get(stylesheet_of(page))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/css")
    assert f"--lanes: {lanes};" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 6, 12, 40])
def test_every_lane_is_named_and_no_more(count):
    css = lanes_css(count)
    for where in ("low", "high", "to"):
        assert re.findall(rf'\[data-{where}="(\d+)"\]', css) == [str(lane) for lane in range(1, count + 1)]


def test_the_more_lanes_the_more_room_they_need_to_stand_side_by_side():
    rooms = [int(re.search(r"min-width: (\d+)rem", lanes_css(count))[1]) for count in (5, 9, 10, 12)]
    assert rooms == [44, 44, 49, 59]


def test_there_are_as_many_lanes_at_most_as_there_are_actors(client):
    assert client.get(reverse("sandbox:lanes", args=[9])).status_code == 200
    answer = client.get(reverse("sandbox:lanes", args=[10]))
    assert (answer.status_code, answer.content.decode()) == (404, "A saga has 1 to 9 actors.")
    with registered(trip.SERVICES, ()):
        assert client.get(reverse("sandbox:lanes", args=[20])).status_code == 200
    assert client.get(reverse("sandbox:lanes", args=[0])).status_code == 404
