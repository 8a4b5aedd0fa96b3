"""The run's page is one instrument: picture, status and the next button in one view, and nothing jumps in it."""

import re
from itertools import product

import pytest
from playwright.sync_api import expect

from tests.browser.focus import hidden_focus
from tests.browser.runs import deliver_button, held, named, run_to_end, start_run, wait_for_end, wait_for_facts

SIZES = ((1280, 800), (1440, 900), (390, 844), (360, 740))
LOW = ((640, 400), (844, 390), (1280, 500))
BOTH = "**/sandbox/compare/*/*/"
# The parts of the elements that match, which the window does not show: above it, or below the edge of the scrubber.
OUT_OF_VIEW = """(which) => {
    const bar = document.querySelector(".time").getBoundingClientRect().top;
    const shown = [...document.querySelectorAll(which)].filter((node) => node.getClientRects().length);
    const hidden = shown.filter((node) => {
        const { top, bottom } = node.getBoundingClientRect();
        return top < 0 || Math.floor(bottom) > bar;
    });
    const said = (node) => `${node.outerHTML.slice(0, 80)} ${JSON.stringify(node.getBoundingClientRect())}`;
    return shown.length ? hidden.map(said) : ["nothing"];
}"""
WATCH_SHIFTS = """
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            const moved = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 120));
            if (!entry.hadRecentInput) shifts.push(`${entry.value} ${moved}`);
        }
    }).observe({ type: "layout-shift", buffered: true });
"""


def resize(page, size):
    width, height = size
    page.set_viewport_size({"width": width, "height": height})


def expect_in_one_view(page, *more):
    """Expects it in a window of each size; the page is not opened again, so all sizes see the same run."""
    for size in SIZES:
        resize(page, size)
        for which in (".saga", ".run-status", *more):
            assert page.evaluate(OUT_OF_VIEW, which) == [], size


def test_picture_status_and_the_next_button_are_in_one_view_from_start_to_end(page):
    start_run(page, style="orchestration", fail="reserve-inventory")
    wait_for_facts(page, 2)
    expect_in_one_view(page, ".controls .button")
    wait_for_facts(page, 6)
    expect_in_one_view(page, ".controls .button")
    expect(wait_for_end(page).get_by_role("button", name="Run again")).to_be_visible()
    expect_in_one_view(page, ".controls .button")


def test_side_by_side_the_pictures_and_what_is_said_of_them_are_in_one_view(page):
    start_run(page, BOTH, style="both", fail="reserve-inventory", pace="fast")
    expect(page.locator("#difference:not([hx-get])")).to_be_attached(timeout=40_000)
    expect_in_one_view(page, ".controls .button")


def test_in_step_mode_the_held_message_its_arrow_and_its_button_are_in_one_view(page):
    start_run(page, pace="step", fault="charge-customer:duplicate")
    held(page)
    for size in SIZES:
        expect_in_one_view(page, ".controls .button", ".by-hand a")
        resize(page, size)
        before = len(named(page, "message handled"))
        deliver_button(page).click()
        expect(page.locator("li.fact", has_text="handles")).to_have_count(before + 1)


@pytest.mark.parametrize(
    ("choices", "address"), [({"style": "choreography"}, "**/runs/*/"), ({"style": "both"}, BOTH)], ids=["run", "both"]
)
def test_nothing_shifts_while_a_run_goes_on(page, choices, address):
    page.context.add_init_script(WATCH_SHIFTS)
    start_run(page, address, fail="reserve-inventory", **choices)
    expect(page.locator(".headline.compensated")).to_have_count(2 if choices["style"] == "both" else 1, timeout=40_000)
    assert page.evaluate("shifts") == []


def test_a_live_page_has_each_part_of_the_picture_once(page):
    run_to_end(page, style="orchestration", fail="charge-customer")
    names = page.locator("[data-fragment]").evaluate_all("nodes => nodes.map((node) => node.dataset.fragment)")
    assert len(names) == len(set(names))


def test_what_happened_is_told_beside_the_picture_and_marked_in_it(page):
    run_to_end(page, style="orchestration", fault="orchestrator:crash-before-work@3")
    status = page.get_by_role("group", name="How the run stands")
    expect(status).to_contain_text("The orchestrator's worker was killed at +")
    expect(status).to_contain_text("from its history. Nobody else noticed.")
    expect(page.locator(".saga.wide .happened")).to_have_text("⚡ killed")


def test_a_lost_message_is_not_drawn_as_delivered_and_its_step_is_not_in_progress(page):
    start_run(page, style="choreography", fault="schedule-fulfilment:lost", pace="fast")
    arrow = page.locator('.wide [data-fragment="wide-line-payment-fulfilment"] path')
    expect(arrow).to_have_class(re.compile(r"\blost\b"))
    expect(page.locator(".steps li", has_text="schedule-fulfilment")).to_contain_text(
        "not reached: CustomerCharged was lost"
    )
    expect(page.get_by_role("group", name="How the run stands")).to_contain_text("Nobody has noticed yet.")


def test_one_section_is_shown_at_a_time_and_a_link_to_a_fact_opens_the_journal(page):
    run_to_end(page, fault="charge-customer:duplicate", without="inbox")
    expect(page.locator(".sequence")).to_be_visible()
    expect(page.locator("#journal")).to_be_hidden()
    page.get_by_role("link", name="Who knows what").click()
    expect(page.locator(".local-views")).to_be_visible()
    expect(page.locator(".sequence")).to_be_hidden()
    page.locator(".verdict a").first.click()
    expect(page.locator("#journal")).to_be_visible()
    expect(page.locator(".views [aria-current]")).to_have_text("Journal")


@pytest.mark.parametrize("look", [{"java_script_enabled": False}])
def test_without_scripts_all_sections_are_shown(page):
    start_run(page, pace="fast")
    for section in (".sequence", ".local-views", ".ledgers", ".queues", "#journal"):
        expect(page.locator(section)).to_be_visible()


def test_a_held_message_is_delivered_on_its_arrow_and_what_came_of_it_is_said_at_once(page):
    start_run(page, pace="step", style="choreography")
    held(page)
    page.get_by_role("link", name="Deliver OrderPlaced to Order").click()
    status = page.get_by_role("group", name="How the run stands")
    expect(status).to_contain_text("Order completes validate-order")
    expect(page.get_by_role("link", name="Let OrderDeadline ring")).to_be_visible()
    page.get_by_role("link", name="More for OrderValidated to Inventory").click()
    page.get_by_role("dialog").get_by_role("button", name="Duplicate OrderValidated to Inventory").click()
    expect(page.locator(".wide .happened", has_text="2x")).to_be_visible()
    for delivered, which in enumerate(("OrderValidated", "OrderValidated (copy)"), 1):
        page.get_by_role("link", name=f"Deliver {which} to Inventory").click()
        expect(page.locator("li.fact", has_text="You deliver OrderValidated")).to_have_count(delivered)
    expect(status).to_contain_text("Inventory ignores OrderValidated")


def test_held_messages_are_delivered_by_keyboard_on_their_arrows(page):
    start_run(page, pace="step", style="choreography")
    held(page).get_by_role("link", name="Deliver OrderPlaced to Order").focus()
    page.keyboard.press("Enter")
    following = page.get_by_role("link", name="Deliver OrderValidated to Inventory")
    expect(following).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("li.fact", has_text="You deliver OrderValidated")).to_have_count(1)


@pytest.mark.parametrize("look", [{"viewport": {"width": 390, "height": 844}}])
def test_on_a_phone_the_two_runs_and_what_differs_are_a_switch_while_both_go_on(page):
    start_run(page, BOTH, style="both", fail="reserve-inventory", pace="fast")
    panels = page.locator(".panel")
    expect(panels.first).to_be_visible()
    expect(panels.last).to_be_hidden()
    page.get_by_role("radio", name="Orchestration").check(force=True)
    expect(panels.first).to_be_hidden()
    expect(panels.last.locator(".headline.compensated")).to_be_attached(timeout=40_000)
    expect(panels.first.locator(".headline.compensated")).to_be_attached()
    page.get_by_role("radio", name="What differs").check(force=True)
    expect(page.locator("#difference")).to_be_visible()
    expect(panels.last).to_be_hidden()


def test_run_as_the_other_style_opens_side_by_side_with_the_run_it_came_from(page):
    run_to_end(page, style="choreography", fail="charge-customer")
    came_from = page.url.rstrip("/").rpartition("/")[2]
    page.get_by_role("button", name="Run as orchestration").click()
    page.wait_for_url(f"**/sandbox/compare/{came_from}/*/")
    expect(page.locator(".panel .headline.compensated")).to_have_count(2, timeout=40_000)


@pytest.mark.parametrize(
    ("choices", "address"), [({"style": "orchestration"}, "**/runs/*/"), ({"style": "both"}, BOTH)], ids=["run", "both"]
)
def test_what_has_the_focus_is_never_hidden_by_what_is_sticky(page, choices, address):
    start_run(page, address, fail="charge-customer", pace="fast", **choices)
    expect(page.locator("[data-run][data-ended]")).to_have_count(2 if choices["style"] == "both" else 1, timeout=40_000)
    for size, key in product(((1280, 800), (390, 844)), ("Tab", "Shift+Tab")):
        resize(page, size)
        page.reload()
        passed, hidden = hidden_focus(page, key)
        assert len(passed) > 10
        assert hidden == [], (size, key)


@pytest.mark.parametrize("look", [{"viewport": {"width": 640, "height": 400}}])
def test_on_a_low_window_the_header_and_the_scrubber_give_way(page):
    run_to_end(page, fail="charge-customer")
    page.evaluate("scrollTo(0, 600)")
    for which in (".site-header", ".time"):
        assert page.locator(which).evaluate("node => getComputedStyle(node).position") == "static"


@pytest.mark.parametrize("style", ["orchestration", "both"])
def test_on_a_low_window_the_picture_stays_legible(page, style):
    start_run(page, wait_for="**/sandbox/*/**", style=style, pace="fast")
    for size in LOW:
        resize(page, size)
        for drawn in page.locator(".topology svg:visible").all():
            assert drawn.bounding_box()["height"] >= 150, size
