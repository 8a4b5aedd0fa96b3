"""The load lab in a browser: what loads have measured appears by itself, and without scripts by a plain form."""

import re

from playwright.sync_api import expect

SMALL = "/sandbox/load/?style=choreography&count=2&rate=20&slow=payment&work_ms=100"


def start_load(page, address=SMALL):
    page.goto(address)
    page.get_by_role("button", name="Start the load").click()
    page.wait_for_url("**/load/*-*/")


def test_the_missing_loads_are_run_by_one_click_and_what_they_say_appears_by_itself(page):
    start_load(page, f"{SMALL}&helped=payment")
    missing = page.get_by_role("button", name="Run the 5 missing loads")
    expect(missing).to_be_visible(timeout=40_000)
    compared = page.locator("#second-process")
    expect(compared).to_contain_text("no loads without the second process and 1 load with it")
    expect(compared).not_to_contain_text("%")
    missing.click()
    expect(compared).to_contain_text("Another load of this kind is running")
    page.locator("#following").focus()
    expect(missing).to_have_count(0)
    page.evaluate("window.isStillHere = true")
    expect(compared.locator(".finding")).to_have_text(re.compile(r"^Choreography: "), timeout=90_000)
    expect(compared).not_to_contain_text("needed")
    expect(compared).not_to_contain_text("is running", timeout=20_000)
    expect(page.get_by_role("status")).to_contain_text("The missing loads have ended.")
    assert page.evaluate("window.isStillHere")


def test_without_scripts_a_load_is_started_by_a_form_and_its_page_comes_back_until_it_has_measured(new_learner):
    page = new_learner(java_script_enabled=False)
    start_load(page, "/sandbox/load/?style=orchestration&count=3&rate=20")
    expect(page.locator(".measured")).to_contain_text("so this measures", timeout=60_000)
    expect(page.locator(".leg img").first).to_be_visible()
