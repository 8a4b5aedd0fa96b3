"""The setup page in a browser: faults are placed on the picture, and every choice is in the address."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.runs import named, open_setup, wait_for_end

PLACE = "Place a fault at charge-customer"


def chosen(page):
    return parse_qs(urlsplit(page.url).query)


def tab_to(page, target):
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError("the keyboard does not come there")


def picture(page):
    return page.locator("#plan svg:visible")


def test_a_fault_is_placed_by_keyboard_alone_and_strikes(page):
    open_setup(page, style="orchestration", pace="fast")
    place = picture(page).get_by_role("link", name=PLACE, exact=True)
    tab_to(page, place)
    assert "none" not in place.locator("rect").evaluate("one => getComputedStyle(one).stroke")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=PLACE)).to_be_focused()
    tab_to(page, page.get_by_role("radio", name="Transient error"))
    tab_to(page, page.get_by_role("textbox", name="How many times"))
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    chip = page.locator(".fault-chip", has_text="Transient error at charge-customer, 2 times")
    expect(chip).to_be_visible()
    expect(picture(page).locator(".mark")).to_have_text("⚡ transient")
    assert chosen(page)["fault"] == ["charge-customer:transient=2"]
    page.get_by_role("button", name="Start the run").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sandbox/runs/*/")
    wait_for_end(page)
    assert len(named(page, "fault injected", "fault")) == 2


def test_every_choice_is_in_the_address_and_a_reload_shows_the_same(page):
    open_setup(page)
    page.get_by_role("radio", name="Orchestration").check()
    expect(picture(page)).to_contain_text("Orchestrator")
    page.get_by_role("radio", name="Card declined").check()
    expect(picture(page).locator(".mark")).to_have_text("✕ card declined")
    page.get_by_label("How fast?").select_option("step")
    page.get_by_label("Items").fill("3")
    page.get_by_label("Items").blur()
    page.wait_for_url("**quantity=3**")
    settings = {"style": ["orchestration"], "fail": ["charge-customer"], "pace": ["step"], "quantity": ["3"]}
    assert settings.items() <= chosen(page).items()
    page.reload()
    expect(page.get_by_role("radio", name="Card declined")).to_be_checked()
    expect(page.get_by_label("Items")).to_have_value("3")


def test_going_back_shows_the_settings_before(page):
    open_setup(page)
    page.get_by_role("link", name="Card declined", exact=True).click()
    page.get_by_role("radio", name="Out of stock").check()
    page.wait_for_url("**fail=reserve-inventory**")
    page.go_back()
    expect(page.get_by_role("radio", name="Card declined")).to_be_checked()
    expect(page.get_by_role("link", name="Card declined", exact=True)).to_have_attribute("aria-current", "true")


def test_a_newcomer_needs_two_clicks(page):
    open_setup(page)
    page.get_by_role("link", name="Card declined", exact=True).click()
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/sandbox/runs/*/")
    expect(wait_for_end(page).locator(".headline strong")).to_have_text("Compensated")


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_start_and_the_whole_picture_are_seen_without_scrolling(page, style):
    open_setup(page, style=style)
    for seen in (picture(page), page.get_by_role("button", name="Start the run")):
        box = seen.bounding_box()
        assert box["y"] + box["height"] <= 800


def test_the_number_that_is_asked_for_has_the_unit_of_the_chosen_kind(page):
    open_setup(page, at="charge-customer")
    times, seconds = (page.get_by_label(label) for label in ("How many times", "For how many seconds"))
    page.get_by_role("radio", name="Transient error").check()
    expect(times).to_be_visible()
    expect(seconds).to_be_hidden()
    page.get_by_role("radio", name="Slow service").check()
    expect(seconds).to_be_visible()
    expect(times).to_be_hidden()
    seconds.fill("30")
    page.get_by_role("button", name="Place it").click()
    page.wait_for_url("**fault=charge-customer%3Aslow%3D30**")


def test_the_faults_that_are_placed_are_told_beside_the_refusal(page):
    open_setup(page)
    told = page.locator("#also-wrong")
    expect(told).to_have_text("No fault is placed. Place one")
    page.get_by_role("button", name="Open").click()
    page.get_by_role("button", name="Place it").click()
    expect(told).to_have_text("And 1 fault: ⚡ Transient error at validate-order.")
    page.get_by_role("link", name="Remove: Transient error").click()
    expect(told).to_have_text("No fault is placed. Place one")


def test_a_guarantee_is_switched_off_and_that_is_said_at_the_start_button(page):
    open_setup(page)
    page.get_by_text("Guarantees and compensation").click()
    inbox = page.get_by_role("switch", name="Inbox")
    expect(inbox).to_be_checked()
    row = page.locator(".switch", has=inbox)
    expect(row).to_contain_text("Inbox: on", use_inner_text=True)
    inbox.uncheck()
    expect(row).to_contain_text("Inbox: off", use_inner_text=True)
    expect(page.locator("#off")).to_have_text("Switched off: inbox")
    page.wait_for_url("**without=inbox**")
    page.reload()
    expect(inbox).to_be_visible()
    expect(inbox).not_to_be_checked()
    inbox.check()
    expect(page.locator("#off")).to_be_empty()
    assert "without" not in chosen(page)


def test_hybrid_is_chosen_without_knowing_which_saga_has_it(page):
    open_setup(page, saga="order-fraud", fail="charge-customer")
    expect(page.get_by_role("radio", name="Fraud suspected")).to_be_visible()
    page.get_by_role("radio", name="Hybrid").check()
    expect(page.get_by_text("So the saga is now “Order with prepared shipment”.")).to_be_visible()
    expect(page.get_by_label("Saga", exact=True)).to_have_value("order-hybrid")
    expect(page.get_by_role("radio", name="Fraud suspected")).to_have_count(0)
    expect(page.get_by_role("radio", name="Card declined")).to_be_checked()
    page.get_by_label("Saga", exact=True).select_option("order")
    expect(page.get_by_role("radio", name="Choreography")).to_be_checked()
    expect(page.get_by_text("So the saga is now")).to_have_count(0)


def test_on_a_phone_the_examples_open_over_the_page(new_learner):
    page = new_learner(viewport={"width": 360, "height": 740})
    open_setup(page)
    example = page.get_by_role("link", name="Card declined", exact=True)
    expect(example).to_be_hidden()
    page.get_by_role("button", name="Examples").click()
    example.click()
    expect(page.locator(".claim")).to_contain_text("Nothing is rolled back")
    expect(page.get_by_role("radio", name="Card declined")).to_be_checked()


SMALL = """least => [...document.querySelectorAll("#plan svg text")].filter(one => one.checkVisibility())
    .map(one => [one, one.getScreenCTM()])
    .map(([one, at]) => [one.textContent, parseFloat(getComputedStyle(one).fontSize) * Math.hypot(at.a, at.b)])
    .filter(([, size]) => size < least)"""


@pytest.mark.parametrize(
    "chosen",
    [
        {"saga": "order-hybrid", "style": "hybrid"},
        {"saga": "order-hybrid", "style": "both"},
        {"saga": "order-fraud", "style": "orchestration"},
        {"style": "orchestration"},
    ],
)
def test_every_name_in_the_picture_can_be_read(page, chosen):
    open_setup(page, **chosen)
    for width in (1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(SMALL, 10) == [], width


ARROW_HEADS_UNDER_MARKS = """() => {
    const marks = [...document.querySelectorAll("#plan .mark rect")].filter(one => one.checkVisibility())
        .map(one => one.getBoundingClientRect());
    const tip = path => {
        const end = path.getPointAtLength(path.getTotalLength() - 8), at = path.getScreenCTM();
        return { x: end.x * at.a + at.e, y: end.y * at.d + at.f };
    };
    const heads = [...document.querySelectorAll("#plan path.hop")].filter(one => one.checkVisibility()).map(tip);
    return heads.filter(({ x, y }) => marks.some(m => m.left <= x && x <= m.right && m.top <= y && y <= m.bottom));
}"""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_no_mark_covers_an_arrow_head(page, style, width):
    page.set_viewport_size({"width": width, "height": 800})
    first = "orchestrator:duplicate" if style == "orchestration" else "order:duplicate"
    faults = [first, "charge-customer:duplicate", "CustomerCharged:duplicate"]
    page.goto("/sandbox/?" + urlencode({"style": style, "fault": faults}, doseq=True))
    assert page.locator("#plan .mark:visible").count() == 3
    assert page.evaluate(ARROW_HEADS_UNDER_MARKS) == []


def test_without_scripts_a_fault_is_placed_by_links_and_forms(new_learner):
    page = new_learner(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    open_setup(page, style="orchestration")
    picture(page).get_by_role("link", name="Place a fault at inventory", exact=True).click()
    page.get_by_role("radio", name="Duplicate").check()
    page.get_by_role("button", name="Place it").click()
    expect(page.locator(".fault-chip", has_text="Duplicate at Inventory")).to_be_visible()
    assert chosen(page)["style"] == ["orchestration"]
    page.get_by_role("link", name="Remove: Duplicate at Inventory").click()
    expect(page.get_by_text("Duplicate at Inventory")).to_have_count(0)


def test_without_scripts_a_guarantee_is_switched_off_and_the_examples_open(new_learner):
    page = new_learner(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    open_setup(page)
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("link", name="Duplicate without an inbox").click()
    inbox = page.get_by_role("switch", name="Inbox")
    expect(inbox).not_to_be_checked()
    inbox.check()
    page.get_by_role("switch", name="Timeouts").uncheck()
    page.get_by_role("button", name="Show this in the picture").click()
    expect(page.locator("#off")).to_have_text("Switched off: timeouts")
    expect(inbox).to_be_checked()
    expect(page.locator(".fault-chip")).to_have_text(re.compile("Duplicate at charge-customer"))
