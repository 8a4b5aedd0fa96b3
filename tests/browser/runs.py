"""Helpers to start, step and read runs in the browser."""

import re
from urllib.parse import urlencode

from playwright.sync_api import expect

ENDED = re.compile(r"\b(completed|compensated|compensation_failed|stuck)\b")
REFUSALS = {
    "": [],
    "validate-order": [],
    "reserve-inventory": ["cancel-order"],
    "charge-customer": ["release-inventory", "cancel-order"],
    "schedule-fulfilment": ["refund-customer", "release-inventory", "cancel-order"],
}


def open_setup(page, **choices):
    return page.goto("/sandbox/?" + urlencode(choices))


def expect_chosen(page, choices):
    """Expects the setup form to hold these choices: ticked, or selected from a list."""
    for value in choices.values():
        held = page.locator(f"#setup-form :is(input[value={value}]:checked, option[value={value}]:checked)")
        expect(held).to_have_count(1)


def start_run(page, wait_for="**/sandbox/runs/*/", **choices):
    """Starts a run with these choices on the setup page, and returns the address of its page."""
    open_setup(page, **choices)
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url(wait_for)
    return page.url


def wait_for_end(page):
    expect(page.locator(".headline")).to_have_class(ENDED, timeout=40_000)
    return page


def run_to_end(page, **choices):
    start_run(page, **{"pace": "fast", **choices})
    return wait_for_end(page)


def wait_for_facts(page, count):
    page.wait_for_function("count => document.querySelectorAll('li.fact').length >= count", arg=count)


def journal(page):
    """Returns the journal's lines as shown."""
    return page.locator("li.fact").all_inner_texts()


def seqs(page):
    return [int(text) for text in page.locator("li.fact .seq").all_inner_texts()]


def facts(page, address=None):
    """Returns the journal as the server holds it now, requested as this learner."""
    answer = page.request.get(f"{(address or page.url).partition('?')[0]}facts.json")
    assert answer.ok
    return answer.json()["facts"]


def named(page, kind, field="name"):
    return [fact.get(field) for fact in facts(page) if fact["kind"] == kind]


def deliver_button(page):
    """Returns the button that delivers the next message; the others are on their arrows and in a list."""
    return page.locator(".controls").get_by_role("button", name=re.compile("^Deliver (?!by hand)"))


def held(page):
    """Returns the run's page once it holds a message."""
    expect(deliver_button(page)).to_be_visible()
    return page


FRAGMENTS = "(run, which) => [...run.querySelectorAll(which)].map(fragment => fragment.outerHTML).join('\\n')"


def contents(page):
    """Returns all that the run's page shows, one element a line, except for the fragments that only hold now.

    The forms' tokens differ from page to page, messages cross the picture only once, and space between elements is not
    seen, so these are left out.
    """
    html = page.locator("[data-run]").evaluate(
        FRAGMENTS, "[data-fragment]:not([data-fragment=why], [data-fragment=broker])"
    )
    html = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", html.replace(" going", ""))
    return re.sub(r"\s*<", "\n<", re.sub(r">\s+", ">", html)).splitlines()


def second_tab(page):
    """Opens the same run in another tab of the same learner."""
    tab = page.context.new_page()
    tab.goto(page.url)
    return tab


def without_scripts(page, new_learner):
    """Opens a page of the same learner in a browser without JavaScript."""
    return new_learner(java_script_enabled=False, storage_state=page.context.storage_state())


def expect_all_facts_once(page):
    wait_for_end(page)
    assert seqs(page) == [fact["seq"] for fact in facts(page)] == list(range(1, len(seqs(page)) + 1))
    assert journal(page) == journal(second_tab(page))
