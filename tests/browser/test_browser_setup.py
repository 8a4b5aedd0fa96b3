"""The setup page in a browser: faults are placed on the picture, and every choice is in the address."""

from urllib.parse import parse_qs, urlsplit

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
    tab_to(page, page.get_by_role("textbox", name="How often, or seconds (N)"))
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    chip = page.get_by_text("Transient error at charge-customer, 2 times")
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


def test_the_start_button_is_in_view_on_a_phone(new_learner):
    page = new_learner(viewport={"width": 360, "height": 740})
    open_setup(page)
    expect(page.get_by_role("button", name="Start the run")).to_be_in_viewport()


def test_without_scripts_a_fault_is_placed_by_links_and_forms(new_learner):
    page = new_learner(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    open_setup(page, style="orchestration")
    picture(page).get_by_role("link", name="Place a fault at inventory", exact=True).click()
    page.get_by_role("radio", name="Duplicate").check()
    page.get_by_role("button", name="Place it").click()
    expect(page.get_by_text("Duplicate at Inventory")).to_be_visible()
    assert chosen(page)["style"] == ["orchestration"]
    page.get_by_role("link", name="Remove: Duplicate at Inventory").click()
    expect(page.get_by_text("Duplicate at Inventory")).to_have_count(0)
