"""While a lab runs, what to watch stands above the pictures, and the pictures of a pair stand still side by side."""

import pytest
from playwright.sync_api import expect

from sandbox.labs.experiments import labs

PAIR = "at-least-once"
# The upper edges of both pictures on the page, at each status that was shown.
RECORD_EDGES = """() => {
  const edges = (window.edges = new Set());
  const note = () => edges.add([...document.querySelectorAll(".panel .topology")].map((one) =>
    Math.round(one.getBoundingClientRect().top + scrollY)).join());
  note();
  for (const one of document.querySelectorAll(".panel .run-status"))
    new MutationObserver(note).observe(one, { childList: true, subtree: true, characterData: true });
}"""


def begin(page):
    page.goto(f"/sandbox/labs/{PAIR}/")
    for question in page.locator(".lab-question").all():
        question.get_by_role("radio").first.check()
    page.get_by_role("button", name="Predict and run").click()
    expect(page.locator(".panel")).to_have_count(2)


@pytest.mark.parametrize("look", [{"viewport": {"width": 360, "height": 740}}])
def test_on_a_phone_what_to_watch_is_read_before_the_pictures_and_in_one_view_with_the_status(page):
    begin(page)
    watch, status = page.locator("#talk.run .watch"), page.locator(".panel .run-status").first
    expect(watch).to_contain_text(labs()[PAIR].watch)
    assert watch.bounding_box()["y"] < status.bounding_box()["y"] < 740


def edges_to_the_end(page):
    """The upper edges of the left and of the right picture, wherever they were during the runs."""
    begin(page)
    page.evaluate(RECORD_EDGES)
    expect(page.locator("#talk.explain")).to_be_visible(timeout=60_000)
    return [tuple(pair.split(",")) for pair in page.evaluate("[...window.edges]")]


@pytest.mark.parametrize("look", [{"viewport": {"width": 800, "height": 1000}}])
def test_the_pictures_of_a_pair_begin_at_one_height_at_any_time(page):
    assert all(one == other for one, other in edges_to_the_end(page))


def test_beside_the_words_about_them_the_pictures_of_a_pair_stay_where_they_are(page):
    edges = edges_to_the_end(page)
    assert len(edges) == 1, edges
