"""While a lab runs, what to watch stands above the pictures."""

import pytest
from playwright.sync_api import expect

from sandbox.labs.experiments import labs

PAIR = "at-least-once"


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
