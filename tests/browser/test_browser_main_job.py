"""The product's main purpose, in one browser."""

from playwright.sync_api import expect

from tests.browser.check import PAGE, begin_here, pick, send, take
from tests.browser.runs import start_run, wait_for_end


def test_a_learner_reads_passes_the_check_and_sees_an_order_rolled_back(page):
    page.goto("/")
    page.get_by_role("link", name="Choreography vs Orchestration").first.click()
    expect(page.locator("figure.diagram svg[role=img]:visible")).to_have_count(3)

    page.get_by_role("link", name="Take the knowledge check").click()
    begin_here(page)
    pick(page, right=4)
    send(page)
    expect(page.get_by_role("heading", name="4 of 5")).to_be_visible()
    expect(page.get_by_text("Passed.", exact=True)).to_be_visible()

    page.get_by_role("link", name="Back to the lesson").click()
    expect(page.locator(".state.completed").first).to_contain_text("Completed")

    page.get_by_role("link", name="Let no courier be free").click()
    page.get_by_label("How fast?").select_option(label="Full speed")
    page.get_by_role("button", name="Start the run").click()
    wait_for_end(page)
    expect(page.locator(".headline strong")).to_have_text("Compensated")
    expect(page.locator(".headline")).to_contain_text("Fulfilment refused to schedule the fulfilment at +")


def test_three_right_answers_do_not_complete_the_lesson(page):
    take(page, right=3)
    expect(page.get_by_text("Not passed yet.", exact=True)).to_be_visible()
    page.goto(PAGE)
    expect(page.locator(".state.completed")).to_have_count(0)
    expect(page.locator(".state.started").first).to_contain_text("Check begun")


def test_what_the_setup_page_shows_is_what_then_runs(page):
    start_run(page, style="orchestration", fail="reserve-inventory", pace="fast", quantity=3)
    wait_for_end(page)
    expect(page.locator("h1")).to_contain_text("orchestration")
    expect(page.locator(".headline")).to_contain_text("out of stock")
