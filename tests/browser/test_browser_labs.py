"""Every lab is played through on its page: predicted right, predicted wrong, skipped, and reloaded in the middle."""

from contextlib import suppress
from itertools import cycle

import pytest
from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import expect

from sandbox.labs.experiments import labs
from sandbox.labs.hints import records_of

WAYS = ("right", "wrong", "skipped")
# A message that is lost is missed only after half a minute.
LONG = 60_000


def address(name):
    return f"/sandbox/labs/{name}/"


def answers(lab, *, right):
    """The option to choose for each question."""
    records = records_of(lab.runs)
    for at, question in enumerate(lab.predictions):
        key = question.outcome(records)
        yield at, key if right else next(value for value in question.options if value != key)


def begin(page, lab, way):
    page.goto(f"{address(lab.name)}?again")
    if way == "skipped":
        page.get_by_role("button", name="Run without predicting").click()
        return
    for at, value in answers(lab, right=way == "right"):
        page.locator(f"[name=predict-{at}][value='{value}']").check()
    page.get_by_role("button", name="Predict and run").click()


def run_to_the_end(page, lab):
    """Does what the lab asks for: deliver message by message, or skip ahead."""
    question = page.locator("#talk.explain")
    if lab.settings.get("pace") == "step":
        deliver = page.get_by_role("button", name="Deliver", exact=False).first
        while not question.is_visible():
            with suppress(Late):  # it is gone when everything is decided
                deliver.click(timeout=1000)
    if any(step.wait for step in lab_saga(lab).steps):
        skip = page.get_by_role("button", name="Skip ahead")
        while not question.is_visible():
            with suppress(Late):  # it is gone when the runs have ended
                skip.click(timeout=1000)
    expect(question).to_be_visible(timeout=LONG)


def lab_saga(lab):
    return records_of(lab.runs)[0].plan.saga


def explain(page, way):
    if way == "skipped":
        page.get_by_role("button", name="Skip", exact=True).click()
    else:
        page.locator("#why").fill("Because of the rules.")
        page.get_by_role("button", name="Compare with ours").click()
        page.get_by_role("button", name="It says a part of it").click()
    expect(page.locator("#talk.done")).to_be_visible()


@pytest.fixture
def played():
    """Each lab with the way in which it is played; a load comes last, since only one runs at a time."""
    chosen = list(zip(labs().values(), cycle(WAYS)))
    return sorted(chosen, key=lambda pair: pair[0].is_load)


def test_every_lab_can_be_played_through(page, played, console):
    console.allow("status of 409|Error Code 409")  # a click more on what was delivered already
    refused = []
    page.on("response", lambda response: refused.append(response.url) if response.status == 409 else None)
    for lab, way in played:
        begin(page, lab, way)
        if not lab.is_load:
            expect(page.locator("[data-run]")).to_have_count(len(lab.runs))
    for lab, way in played:
        page.goto(address(lab.name))
        page.reload()
        run_to_the_end(page, lab)
        if page.get_by_role("link", name="Begin again").is_visible():  # a busy machine's timer fired late: as people do
            begin(page, lab, way)
            run_to_the_end(page, lab)
        wrong, right = page.locator(".lab-answers .wrong"), page.locator(".lab-answers .right")
        expect(page.locator(".lab-goal.reached")).to_be_visible()
        expect(page.locator(".saga .happened.goal:visible")).to_have_count(0 if lab.is_load else len(lab.runs))
        expect(wrong).to_have_count(len(lab.predictions) if way == "wrong" else 0)
        expect(right).to_have_count(len(lab.predictions) if way == "right" else 0)
        expect(page.get_by_text(lab.model)).to_have_count(0)
        explain(page, way)
        expect(page.get_by_text(lab.model)).to_be_visible()
    assert all(url.endswith("/release/") for url in refused), refused
    page.goto("/sandbox/labs/")
    marks = {"right": "predicted right", "wrong": "predicted wrong", "skipped": "done without a prediction"}
    for lab, way in played:
        row = page.locator(f"a[href='{address(lab.name)}']").last
        expect(row).to_contain_text(marks[way])
