"""A question about one's own run in a browser: in the reader's zone, with the moment before, and outside the mark."""

import re

from playwright.sync_api import expect

from tests.browser.check import TOGETHER, answer, begin, questions, send

SETTINGS = "/sandbox/?style=orchestration&fail=schedule-fulfilment&pace=fast&fault=charge-customer:duplicate"


def run_an_order(page):
    page.goto(SETTINGS)
    page.get_by_role("button", name=re.compile("^Start")).first.click()
    page.wait_for_url("**/sandbox/runs/**")
    expect(page.get_by_text("Compensated").first).to_be_visible(timeout=30_000)


def begin_with_own_run(page):
    """Begins checks until one asks about a run, which about every second does."""
    for _ in range(20):
        begin(page, TOGETHER)
        if page.locator(".quiz-own-run").count():
            return
        for question in questions(page):
            answer(question, right=True)
        send(page)
        page.wait_for_selector("#result")
    raise AssertionError("no check asked about the run")


def test_it_names_the_fault_and_the_time_and_leads_to_the_moment_before(new_learner):
    page = new_learner(timezone_id="Asia/Tokyo")
    run_an_order(page)
    begin_with_own_run(page)
    own = page.locator(".quiz-question", has=page.locator(".quiz-own-run"))
    expect(own.locator("legend").first).to_contain_text("duplicate at charge-customer")
    expect(own).to_contain_text("It is not part of the mark.")
    utc = own.locator("time").get_attribute("datetime")
    hour = (int(utc[11:13]) + 9) % 24
    expect(own.locator("time")).to_have_text(re.compile(rf"{hour:02}:{utc[14:16]}$"))
    before = own.get_by_role("link", name="See the run just before the answer").get_attribute("href")
    *marked, extra = questions(page)
    for question in marked:
        answer(question, right=True)
    extra.locator("input[type=radio]").first.check()
    send(page)
    expect(page.get_by_role("heading", name="5 of 5", exact=True)).to_be_visible()
    page.goto(before)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
