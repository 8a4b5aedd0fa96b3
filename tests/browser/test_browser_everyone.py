"""Every page, for everyone: axe-core's rules, narrow screens, dark and light, reduced motion, the keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.check import CHECK, PAGE, begin, take
from tests.browser.runs import held, open_bench, run_to_end, start_run

NARROW, WIDE = 360, 1280


def lesson(page):
    page.goto(PAGE)


def index(page):
    page.goto("/lessons/")


def intro(page):
    page.goto(CHECK)


def result(page):
    take(page, right=3)


def incomplete(page):
    begin(page)
    page.get_by_role("button", name="Send answers").click()
    expect(page.get_by_text("Nothing is sent yet")).to_be_visible()


def bench(page):
    run_to_end(page)
    open_bench(page)


def bench_with_errors(page):
    open_bench(page, quantity=0, style="chaos")


def held_run(page):
    start_run(page, pace="step", style="orchestration")
    held(page)


def ended_run(page):
    run_to_end(page, fail="schedule-fulfilment")


def problem(page):
    page.goto("/nowhere/")


PAGES = (lesson, index, intro, begin, incomplete, result, bench, bench_with_errors, held_run, ended_run, problem)
everywhere = pytest.mark.parametrize("go", PAGES, ids=lambda go: go.__name__)


@pytest.fixture
def look(request):
    width, scheme = getattr(request, "param", (WIDE, "light"))
    return {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "reduced_motion": "reduce"}


@pytest.fixture
def seen(page, complaints, go):
    """The page as the learner has come to it."""
    complaints.allow("status of 4(00|04|22)")
    go(page)
    return page


@everywhere
@pytest.mark.parametrize(
    "look", [(NARROW, "light"), (NARROW, "dark"), (WIDE, "light"), (WIDE, "dark")], indirect=True, ids=str
)
def test_axe_finds_nothing(seen):
    results = Axe().run(seen)
    assert results.violations_count == 0, results.generate_report()


@everywhere
@pytest.mark.parametrize("look", [(NARROW, "light"), (320, "light"), (1920, "light")], indirect=True, ids=str)
def test_no_page_scrolls_sideways(seen, look):
    overflow = "() => document.documentElement.scrollWidth"
    assert seen.evaluate(overflow) <= look["viewport"]["width"]


@everywhere
def test_nothing_moves_for_those_who_asked_for_stillness(seen):
    running = "() => document.getAnimations().filter(one => one.playState === 'running').map(String)"
    assert seen.evaluate(running) == []


CHIPS = "() => JSON.stringify([...document.querySelectorAll('.chip')].map(c => c.getBoundingClientRect()))"


def test_no_message_travels_across_the_picture_for_those_who_asked_for_stillness(page):
    start_run(page, pace="follow")
    expect(page.locator(".chip:visible")).to_have_count(1)
    positions = page.evaluate(
        """async (positions) => {
            const seen = new Set();
            for (let frame = 0; frame < 20; frame += 1) {
              await new Promise(requestAnimationFrame);
              const chip = [...document.querySelectorAll("#topology .chip")].find((one) => one.checkVisibility());
              if (chip) seen.add(JSON.stringify([chip.ownerSVGElement, chip.getBoundingClientRect()]));
            }
            return [...seen];
        }""",
        [],
    )
    assert len(positions) <= 2


def test_the_bench_is_worked_by_keyboard_alone(page):
    open_bench(page)
    page.locator("input[value=choreography]").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#plan h2")).to_contain_text("orchestration")
    expect(page.locator("input[value=orchestration]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sandbox/runs/*/")
    expect(page.locator("h1")).to_contain_text("as an orchestration")


@everywhere
def test_the_first_tab_leads_past_the_menu(seen):
    seen.evaluate("document.activeElement.blur()")
    seen.keyboard.press("Tab")
    expect(seen.locator(".skip-link")).to_be_focused()
    seen.keyboard.press("Enter")
    expect(seen.locator("#main")).to_be_focused()
