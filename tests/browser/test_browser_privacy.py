"""Runs are seen only by the learner who started them."""

import pytest
from playwright.sync_api import expect

from tests.browser.runs import named, run_to_end, start_run


@pytest.mark.parametrize("part", ["", "facts.json", "export/"])
def test_another_learner_gets_a_404_that_says_why(page, new_learner, console, part):
    console.allow("status of 404")
    run_to_end(page)
    stranger = new_learner()
    answer = stranger.goto(page.url + part)
    assert answer.status == 404
    expect(stranger.locator("main")).to_contain_text("it belongs to another learner who has not shared it")
    expect(stranger.locator("body")).not_to_contain_text("places an order")


@pytest.mark.parametrize("action", ["pace", "release"])
def test_another_learner_cannot_touch_a_run(page, new_learner, action):
    start_run(page, pace="step")
    stranger = new_learner()
    stranger.goto("/sandbox/")
    token = stranger.locator("[name=csrfmiddlewaretoken]").first.input_value()
    form = {"csrfmiddlewaretoken": token, "message": "2", "pace": "follow"}
    answer = stranger.request.post(f"{page.url}{action}/", form=form, headers={"Referer": stranger.url})
    assert answer.status == 404
    assert "it belongs to another learner who has not shared it" in answer.text()
    page.reload()
    expect(page.locator(".headline")).to_contain_text("held: press Deliver")
    assert named(page, "message released") == []


def test_a_strangers_setup_page_lists_no_runs(page, new_learner):
    run_to_end(page)
    stranger = new_learner()
    stranger.goto("/sandbox/")
    expect(stranger.locator(".runs")).to_have_count(0)
