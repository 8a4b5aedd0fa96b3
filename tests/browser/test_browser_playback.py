"""Any moment of a run can be shown, played and shared, without the workers."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.runs import (
    contents,
    deliver_button,
    facts,
    run_to_end,
    second_tab,
    seqs,
    start_run,
    wait_for_end,
    wait_for_facts,
)


def moment(page):
    return page.locator("[data-moment]")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


# Collects the headline's text, each time that it changes.
NOTE_HEADLINES = """() => {
    globalThis.headlines = [];
    const text = () => document.querySelector(".headline").innerText;
    new MutationObserver(() => text() !== headlines.at(-1) && headlines.push(text()))
      .observe(document.querySelector("main"), { childList: true, subtree: true });
}"""


@pytest.fixture
def ended(page):
    """Opens the page of a compensated run."""
    run_to_end(page, style="orchestration", fail="schedule-fulfilment")
    return page


def test_the_arrows_go_fact_by_fact_and_l_to_the_newest(ended):
    count = len(seqs(ended))
    press(ended, "ArrowLeft", "ArrowLeft")
    expect(moment(ended)).to_contain_text(f"fact {count - 2} of {count}")
    assert seqs(ended)[-1] == count - 2
    press(ended, "ArrowRight")
    expect(moment(ended)).to_contain_text(f"fact {count - 1} of {count}")
    press(ended, "l")
    expect(moment(ended)).to_contain_text(f"fact {count} of {count}")


def test_brackets_go_from_one_message_handled_to_the_next(ended):
    at = [fact["at"] for fact in facts(ended)]
    press(ended, "[")
    expect(moment(ended)).to_contain_text(f"fact {sum(one < at[-1] for one in at)} of")
    press(ended, "]")
    expect(moment(ended)).to_contain_text(f"fact {len(at)} of")


def test_every_moment_that_is_scrubbed_to_is_what_the_server_shows_of_it(ended):
    tab = second_tab(ended)
    for seq in (1, 7, 12, len(seqs(ended)) - 1):
        ended.get_by_role("slider", name="Moment of the run").fill(str(seq))
        expect(moment(ended)).to_contain_text(f"fact {seq} of")
        tab.goto(re.sub(r"\?.*", "", ended.url) + f"?at={seq}")
        assert contents(ended) == contents(tab)


def test_scrubbing_asks_the_server_once_and_never_a_worker(ended):
    before, asked = facts(ended), []
    press(ended, "ArrowLeft")
    expect(moment(ended)).to_contain_text(f"fact {len(before) - 1} of")
    ended.on("request", lambda request: "/sandbox/" in request.url and asked.append(request.url))
    press(ended, *["ArrowLeft"] * 20, *["ArrowRight"] * 5, "[", "]")
    expect(moment(ended)).to_contain_text("fact")
    assert asked == []
    assert facts(ended) == before


def test_space_plays_what_was_recorded_and_stops_it(ended):
    ended.locator("[data-speed]").select_option("0.5")
    ended.evaluate("document.activeElement.blur()")
    press(ended, " ")
    expect(moment(ended)).to_contain_text(re.compile("fact [1-9] of"))
    expect(ended.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    press(ended, " ")
    expect(ended.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_what_is_played_goes_on_to_the_end(ended):
    ended.evaluate(NOTE_HEADLINES)
    ended.locator("[data-speed]").select_option("8")
    ended.get_by_role("button", name="Play", exact=True).click()
    ended.wait_for_function("() => headlines.length > 1 && headlines.at(-1).includes('Compensated')")
    assert "Compensated" not in ended.evaluate("headlines[0]")
    assert len(seqs(ended)) == len(facts(ended))


def test_the_address_is_all_that_is_needed_to_see_the_same_moment(ended):
    press(ended, *["ArrowLeft"] * 6)
    ended.wait_for_url("**/?at=*")
    tab = second_tab(ended)
    expect(moment(tab)).to_have_text(moment(ended).text_content())
    assert contents(tab) == contents(ended)
    press(tab, "l")
    expect(tab.locator(".headline")).to_contain_text("Compensated")


def test_a_run_that_goes_on_is_not_stopped_by_a_look_back(page):
    start_run(page, pace="follow", fail="charge-customer")
    wait_for_facts(page, 5)
    press(page, "ArrowLeft", "ArrowLeft")
    page.wait_for_url("**/?at=*")
    shown = len(seqs(page))
    expect(page.locator(".controls")).to_be_hidden()
    page.wait_for_function("() => document.querySelector('[data-moment]').textContent.match(/of (\\d+)/)[1] > 14")
    assert len(seqs(page)) == shown
    press(page, "l")
    wait_for_end(page)
    assert seqs(page) == list(range(1, len(facts(page)) + 1))


def test_keys_can_be_switched_off_and_do_nothing_while_one_types(ended):
    shown = moment(ended).text_content()
    ended.locator("[data-actor-filter]").focus()
    press(ended, "[")
    ended.locator(".keys summary").click()
    ended.locator("[data-keys]").uncheck()
    ended.evaluate("document.activeElement.blur()")
    press(ended, "ArrowLeft", "[", " ")
    expect(moment(ended)).to_have_text(shown)


def test_the_lens_leaves_only_what_one_actor_sees(ended):
    ended.locator("[data-actor-filter]").select_option("payment")
    rows = ended.locator(".hops > [data-actors]:not(.unseen)")
    seen = set(rows.evaluate_all("rows => rows.map(row => row.dataset.actors)"))
    assert all("payment" in actors.split() for actors in seen)
    assert rows.count()
    press(ended, "[")
    ended.locator("[data-actor-filter]").select_option("")
    expect(ended.locator(".unseen")).to_have_count(0)


def test_the_journal_shows_what_it_is_asked_for(ended):
    ended.get_by_role("link", name="Journal").click()
    ended.get_by_label("About").select_option("trouble")
    lines = ended.locator("#journal > li:visible")
    expect(lines.first).to_contain_text("refuses schedule-fulfilment")
    assert lines.count() < len(seqs(ended))


def test_hovering_or_focusing_a_message_shows_its_headers(ended):
    message = next(fact for fact in facts(ended) if fact.get("name") == "ReserveInventory")
    row = ended.locator(".hop", has_text="ReserveInventory").first
    expect(row.locator(".headers")).to_be_hidden()
    row.get_by_role("link", name="ReserveInventory").focus()
    expect(row.locator(".headers")).to_be_visible()
    assert str(message["message"]) in row.locator(".headers").inner_text()
    assert json.dumps(message["caused_by"]) in row.locator(".headers").inner_text()


def test_a_moment_of_a_run_that_goes_on_leads_on_to_all_that_came_since(page):
    start_run(page, pace="step")
    deliver_button(page).click()
    wait_for_facts(page, 5)
    page.goto(f"{page.url}?at=2")
    expect(moment(page)).to_contain_text("fact 2 of")
    press(page, "l")
    expect(page.locator(".headline")).to_contain_text("is held")
    tab = page.context.new_page()
    tab.goto(page.url.partition("?")[0])
    assert contents(page) == contents(tab)


def test_the_button_says_what_it_does_while_a_run_goes_on(page):
    start_run(page, pace="fast", saga="order-long")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("[data-do=live]")).to_have_attribute("aria-current", "true")


def test_a_run_that_is_deleted_elsewhere_is_said_to_be_gone(page, console):
    console.allow("404")
    start_run(page, pace="step")
    tab = second_tab(page)
    tab.get_by_text("Delete", exact=True).first.click()
    tab.get_by_role("button", name=re.compile("Delete")).first.click()
    expect(page.locator("#problem")).to_contain_text("This run is gone")
    expect(page.locator(".controls")).to_have_count(0)


def test_the_links_of_a_page_that_answers_a_refused_form_lead_back_to_the_run(ended, console):
    console.allow("400")
    ended.locator(".again [name=style]").evaluate("field => { field.value = 'chaos'; field.form.submit(); }")
    expect(ended.locator("#problem")).to_contain_text("“chaos” is unknown; use one of")
    links = ended.locator("a[href*='?at=']").evaluate_all("links => links.map(link => link.pathname)")
    assert {re.sub("[0-9a-f-]{36}", "ID", path) for path in links} == {"/sandbox/runs/ID/"}


def test_a_viewer_of_a_shared_run_sees_no_more_of_it_once_that_is_taken_back(page, new_learner, console):
    console.allow("404")
    start_run(page, pace="step")
    address = page.url
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Share by link").click()
    other = new_learner()
    other.goto(address)
    expect(other.locator(".headline")).to_contain_text("Running")
    expect(other.locator(".controls")).to_have_count(0)
    expect(other.get_by_role("button", name="Run it yourself")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    page.get_by_role("button", name="Stop sharing").click()
    expect(other.locator("#problem")).to_contain_text("This run is gone")
