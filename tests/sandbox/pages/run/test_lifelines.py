"""A sequence diagram has as many lifelines as its saga has actors, and a stylesheet lays the rows over them."""

import re

import pytest
from django.urls import reverse

from sandbox.pages.run.lifelines import lifelines_css
from tests.sandbox.engine import trip
from tests.sandbox.engine.registering import registered


def stylesheet_of(page):
    (found,) = re.findall(r'href="(/sandbox/runs/lifelines-\d+\.css)"', page)
    return found


@pytest.mark.parametrize(("style", "lifelines"), [("choreography", 6), ("orchestration", 7)])
def test_the_page_of_a_run_brings_the_stylesheet_of_its_lifelines(client, start, style, lifelines):
    run = start(style=style, pace="step")
    page = client.get(reverse("sandbox:run", args=[run.pk])).content.decode()
    answer = client.get(stylesheet_of(page))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/css")
    assert f"--lifelines: {lifelines};" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 6, 12, 40])
def test_every_lifeline_is_named_and_no_more(count):
    css = lifelines_css(count)
    for where in ("low", "high", "to"):
        assert re.findall(rf'\[data-{where}="(\d+)"\]', css) == [str(lifeline) for lifeline in range(1, count + 1)]


def test_the_more_lifelines_the_more_room_they_need_to_stand_side_by_side():
    rooms = [int(re.search(r"min-width: (\d+)rem", lifelines_css(count))[1]) for count in (5, 9, 10, 12)]
    assert rooms == [44, 44, 49, 59]


def test_there_are_as_many_lifelines_at_most_as_there_are_actors(client):
    assert client.get(reverse("sandbox:lifelines", args=[9])).status_code == 200
    answer = client.get(reverse("sandbox:lifelines", args=[10]))
    assert (answer.status_code, answer.content.decode()) == (404, "A saga has 1 to 9 actors.")
    with registered(trip.SERVICES, ()):
        assert client.get(reverse("sandbox:lifelines", args=[20])).status_code == 200
    assert client.get(reverse("sandbox:lifelines", args=[0])).status_code == 404
