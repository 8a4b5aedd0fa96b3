"""Every page is accessible: axe-core's rules, narrow screens, dark and light, reduced motion, the keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.browser_session import ConsoleMessages, visit
from tests.browser.check import CHECK, PAGE, SINGLY, begin, pick, send, take
from tests.browser.runs import held, open_setup, run_to_end, start_run
from tests.browser.target_size import small_targets
from tests.stack import until

STILL = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}


def lesson(page):
    page.goto(PAGE)


def lesson_with_code(page):
    page.goto("/lessons/transactional-outbox-and-idempotent-consumers/")


def index(page):
    page.goto("/lessons/")


def glossary(page):
    page.goto("/glossary/")


def intro(page):
    page.goto(CHECK)


def result(page):
    take(page, right=3)


def practice(page):
    take(page, right=2)
    page.get_by_role("button", name="Practise what you missed or guessed").click()
    expect(page.locator("#question")).to_be_visible()


def late(page):
    begin(page)
    other = page.context.new_page()
    other.goto(page.url)
    pick(other, right=3)
    send(other)
    expect(other.locator("#result")).to_be_visible()
    other.close()
    pick(page, right=2)
    send(page)
    expect(page.get_by_text("What you sent just now was not counted")).to_be_visible()


def incomplete(page):
    begin(page)
    page.get_by_role("button", name="Send answers").click()
    expect(page.get_by_text("Nothing is sent yet")).to_be_visible()


def question(page):
    begin(page, SINGLY, "/check/orders/")


def answered(page):
    question(page)
    page.locator("[data-move=up]").last.click()
    page.get_by_role("button", name="I am sure").click()
    page.get_by_role("link", name="Next question").wait_for()


def setup(page):
    run_to_end(page)
    open_setup(page)


def setup_with_palette(page):
    open_setup(page, style="orchestration", fail="charge-customer", fault="inventory:duplicate", at="charge-customer")
    expect(page.locator("#palette")).to_be_visible()


def setup_with_errors(page):
    open_setup(page, quantity=0, style="chaos")


def held_run(page):
    start_run(page, pace="step", style="orchestration")
    held(page)


def ended_run(page):
    run_to_end(page, fail="schedule-fulfilment")


def what_if(page):
    run_to_end(page, fail="charge-customer")
    page.goto(f"{page.url.partition('?')[0]}what-if/?fact=8&at=charge-customer")
    expect(page.get_by_role("button", name="Run it from here")).to_be_visible()


def ended_comparison(page):
    start_run(page, style="both", fail="charge-customer", pace="fast", wait_for="**/sandbox/compare/*/*/")
    expect(page.locator("#difference:not([hx-get])")).to_be_visible(timeout=40_000)


def load_refused(page):
    page.goto("/sandbox/load/?count=0")


def ended_load(page):
    page.goto("/sandbox/load/?count=2")
    page.get_by_role("button", name="Start the load").click()
    expect(page.get_by_role("heading", name="What a second process changes")).to_be_visible(timeout=40_000)
    expect(page.get_by_role("status")).to_have_text("The load has ended.")


def runs(page):
    run_to_end(page, fail="charge-customer")
    page.goto("/sandbox/runs/")
    page.get_by_text("Share", exact=True).click()


def filtered_runs(page):
    run_to_end(page, fault="charge-customer:duplicate", without="inbox")
    run_to_end(page)
    page.goto("/sandbox/runs/?broken=any&by=both")
    # The clock stores what a run has broken within about a second of its end.
    until(lambda: page.reload() and page.locator(".is-broken").count() > 0, within=10, what="the broken run is found")


def run_to_compare_with(page):
    run_to_end(page, fail="charge-customer")
    run_to_end(page)
    page.goto(f"/sandbox/runs/?with={page.url.split('/')[-2]}")
    expect(page.locator(".counterpart")).to_be_visible()


def export(page):
    run_to_end(page, fail="charge-customer")
    page.goto(f"{page.url.partition('?')[0]}export/")


def trace(page):
    run_to_end(page, fail="charge-customer")
    page.goto(f"{page.url.partition('?')[0]}trace/")


def coverage(page):
    run_to_end(page, saga="order-hybrid", style="hybrid")
    page.goto("/sandbox/coverage/?saga=order-hybrid")


def saga(page):
    page.goto("/sandbox/sagas/order-parallel/?format=temporal")
    page.locator(".limits summary").click()


def labs_path(page):
    page.goto("/sandbox/labs/")


def lab_with_hint(page):
    page.goto("/sandbox/labs/failure-handling/")
    page.get_by_text("A hint: how the run begins").click()


def lab_explained(page):
    page.goto("/sandbox/labs/failure-handling/")
    for question in page.locator(".lab-question").all():
        question.get_by_role("radio").first.check()
    page.get_by_role("button", name="Predict and run").click()
    page.locator("#why").fill("Each service knows what concerns it.", timeout=40_000)
    page.get_by_role("button", name="Compare with ours").click()
    expect(page.locator("#talk.compare")).to_be_visible()


def problem(page):
    page.goto("/nowhere/")


SETUPS = (setup, setup_with_palette, setup_with_errors)
RUNS = (
    held_run,
    ended_run,
    what_if,
    ended_comparison,
    runs,
    filtered_runs,
    run_to_compare_with,
    export,
    trace,
    coverage,
    saga,
)
LOADS = (load_refused, ended_load)
LABS = (labs_path, lab_with_hint, lab_explained)
PAGES = (
    lesson,
    lesson_with_code,
    index,
    glossary,
    intro,
    begin,
    incomplete,
    question,
    answered,
    result,
    practice,
    late,
    *SETUPS,
    *RUNS,
    *LOADS,
    *LABS,
    problem,
)


@pytest.fixture(scope="module", params=PAGES, ids=lambda go: go.__name__)
def visited(browser, stack, request):
    """Opens a page, with its console messages; all tests of this file share one visit of each page."""
    console = ConsoleMessages()
    console.allow("status of 4(00|04|22)|Error Code 422")
    with visit(browser, stack.base_url, console, **STILL) as context:
        page = context.new_page()
        request.param(page)
        yield page, console


@pytest.fixture
def seen(visited):
    return visited[0]


def resize(page, width):
    page.set_viewport_size({"width": width, "height": 800})


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(("scheme", "rules"), [("light", {}), ("dark", {"runOnly": ["color-contrast"]})])
def test_axe_finds_nothing(seen, width, scheme, rules):
    resize(seen, width)
    seen.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert violations(seen, **rules) == []


@pytest.mark.parametrize("width", [320, 360, 1920])
def test_no_page_scrolls_sideways(seen, width):
    resize(seen, width)
    assert seen.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 412, 1280])
def test_every_target_is_large_enough_or_stands_apart(seen, width):
    resize(seen, width)
    assert small_targets(seen) == []


def test_nothing_moves_for_those_who_asked_for_stillness(seen):
    running = "document.getAnimations().filter(one => one.playState === 'running').map(String)"
    assert seen.evaluate(running) == []


def test_the_first_tab_leads_past_the_menu(seen):
    seen.reload()
    seen.evaluate("document.activeElement.blur()")
    seen.keyboard.press("Tab")
    expect(seen.locator(".skip-link")).to_be_focused()
    seen.keyboard.press("Enter")
    expect(seen.locator("#main")).to_be_focused()


def test_the_console_reports_nothing(visited):
    _, console = visited
    assert console.unexpected() == []
