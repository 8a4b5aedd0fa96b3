"""The sandbox works without a mouse, and without motion."""

import pytest
from playwright.sync_api import expect

from tests.browser.runs import open_setup, start_run

# The places of the message in flight over twenty frames; a second message may set off meanwhile.
PLACES = """async () => {
    const places = new Set();
    for (let frame = 0; frame < 20; frame += 1) {
      await new Promise(requestAnimationFrame);
      const chip = [...document.querySelectorAll(".topology .chip")].find((one) => one.checkVisibility());
      if (chip) places.add(JSON.stringify(chip.getBoundingClientRect()));
    }
    return places.size;
}"""


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_a_message_travels_across_the_picture_unless_the_learner_asked_for_stillness(new_learner, motion, moves):
    page = new_learner(viewport={"width": 1280, "height": 1600}, reduced_motion=motion)
    start_run(page, pace="follow")
    page.wait_for_function("[...document.querySelectorAll('.topology .chip')].some(one => one.checkVisibility())")
    # One that travels is elsewhere in each frame; of those that stand still, few follow each other meanwhile.
    assert (page.evaluate(PLACES) > 8) is moves


def test_a_run_is_set_up_by_keyboard_alone(page):
    open_setup(page)
    page.locator("[type=radio][value=choreography]").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#plan-title h2")).to_contain_text("orchestration")
    expect(page.locator("[type=radio][value=orchestration]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sandbox/runs/*/")
    expect(page.locator("h1")).to_contain_text("as an orchestration")
