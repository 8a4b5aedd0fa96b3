"""The trace of a run: bars where they were in time, on any screen, by keyboard, without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.runs import facts, run_to_end

BARS = """() => [...document.querySelectorAll(".span")].map((row) => {
  const chart = row.querySelector("svg").getBoundingClientRect();
  const work = row.querySelector(".work").getBoundingClientRect();
  return {from: chart.left, to: chart.right, left: work.left, right: work.right, width: work.width};
})"""


def open_trace(page, **choices):
    run_to_end(page, **choices)
    run = page.url.partition("?")[0]
    page.get_by_role("link", name="Trace").click()
    page.wait_for_url(f"{run}trace/")
    return run


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_every_bar_is_on_its_chart_and_the_first_is_as_long(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_trace(page, fault="charge-customer:transient")
    whole, *others = page.evaluate(BARS)
    assert whole["width"] == pytest.approx(whole["to"] - whole["from"], abs=1)
    assert len(others) > 5
    for bar in others:
        assert bar["width"] > 0
        assert whole["from"] - 1 <= bar["left"] <= bar["right"] <= whole["to"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_row_leads_by_keyboard_to_the_run_as_of_its_fact(page):
    run = open_trace(page, fail="charge-customer")
    number = next(fact["seq"] for fact in facts(page, run) if fact["kind"] == "step rejected") - 1
    link = page.locator(f"#span-{number}").get_by_role("link").first
    expect(link).to_have_text(re.compile("^fact \\d+ Payment"))
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{run}?at={number}")
    expect(page.locator("[data-moment]")).to_contain_text(f"{number} of")


def test_the_row_that_caused_another_is_marked_when_it_is_gone_to(page):
    open_trace(page, style="orchestration")
    cause = page.locator(".cause").last
    target = page.locator(cause.get_attribute("href"))
    cause.click()
    expect(target).to_be_in_viewport()
    assert target.evaluate("(row) => row.matches(':target')")
