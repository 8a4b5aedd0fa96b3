"""Step mode: the learner delivers each message, and nothing moves without that."""

from playwright.sync_api import expect

from tests.browser.runs import (
    deliver_button,
    facts,
    held,
    named,
    run_to_end,
    second_tab,
    seqs,
    start_run,
    wait_for_end,
    wait_for_facts,
    without_scripts,
)


def tab_to(page, button):
    for _ in range(40):
        if button.evaluate("button => button === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {button}")


def test_a_run_is_stepped_through_by_keyboard_alone_and_focus_stays_on_deliver(page):
    page.goto("/sandbox/?pace=step&fail=reserve-inventory")
    tab_to(page, page.get_by_role("button", name="Start the run"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/sandbox/runs/*/")  # and for its scripts: before them a form loads the page again
    tab_to(held(page), deliver_button(page))
    delivered = 0
    while deliver_button(page).count():
        expect(deliver_button(page)).to_be_focused()
        shown = len(seqs(page))
        page.keyboard.press("Enter")
        delivered += 1
        wait_for_facts(page, shown + 2)
        expect(deliver_button(page).or_(page.locator(".verdict summary"))).to_be_visible()
    wait_for_end(page)
    assert delivered == len(named(page, "message released")) == 3
    expect(page.locator(".run-status")).to_be_focused()


def test_without_scripts_the_next_message_is_one_tab_away_from_the_last(page, new_learner):
    start_run(page, pace="step", fail="reserve-inventory")
    plain = without_scripts(held(page), new_learner)
    plain.goto(page.url)
    tab_to(plain, deliver_button(plain))
    plain.keyboard.press("Enter")
    expect(plain.locator("#journal")).to_contain_text("deliver OrderPlaced")
    plain.keyboard.press("Tab")
    expect(deliver_button(plain)).to_be_focused()
    assert plain.evaluate("scrollY") == 0


def test_clicks_at_one_place_deliver_messages_and_do_nothing_else(page, console):
    """Not even while a message is being handled, when a timer is all that is held."""
    console.allow("409")  # a click more on what was delivered already
    start_run(page, pace="step", style="choreography", fail="schedule-fulfilment")
    place = deliver_button(page).bounding_box()
    while not page.locator(".headline.compensated").count():
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => done(true)))")
    assert named(page, "pace changed") == []
    assert "gives the order up" not in page.locator("#facts").inner_text()
    assert page.locator(".headline").inner_text().startswith("Compensated")


def test_nothing_moves_until_the_learner_delivers(page):
    start_run(page, pace="step")
    before = facts(held(page))
    run_to_end(page.context.new_page())
    assert facts(page) == before
    assert named(page, "message handled") == []


def test_a_double_click_delivers_one_message_and_shows_no_error(page):
    start_run(page, pace="step", style="orchestration")
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    first = held(page).locator(".controls [name=message]").first.input_value()
    deliver_button(page).dblclick()
    expect(page.locator(".controls [name=message]").first).not_to_have_value(first)
    assert len(sent) == len(named(page, "message released")) == 1
    expect(page.locator("#problem")).to_be_hidden()


def press(page, *, click_count):
    page.mouse.down(click_count=click_count)
    page.mouse.up(click_count=click_count)


def test_a_double_click_delivers_one_message_also_when_the_first_half_was_answered_and_nothing_new_is_shown(page):
    page.route("**/sandbox/live/**", lambda _: None)
    start_run(page, pace="step", style="orchestration")
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    held(page)
    deliver_button(page).hover()
    with page.expect_response("**/release/"):
        press(page, click_count=1)
    page.wait_for_function("() => !document.querySelector('.controls .htmx-request')")
    press(page, click_count=2)
    run_to_end(page.context.new_page())
    assert len(sent) == len(named(page, "message released")) == 1


def test_the_second_half_of_a_slow_double_click_does_not_deliver_the_message_that_came_next(page):
    start_run(page, pace="step", style="orchestration")
    first = held(page).locator(".controls [name=message]").first.input_value()
    deliver_button(page).hover()
    press(page, click_count=1)
    expect(page.locator(".controls [name=message]").first).not_to_have_value(first)
    press(page, click_count=2)
    run_to_end(page.context.new_page())
    assert named(page, "message released") == ["OrderPlaced"]


def test_what_was_delivered_already_is_refused_in_a_sentence_and_nothing_is_lost(page, new_learner, console):
    console.allow("status of 409")
    start_run(page, pace="step")
    older = without_scripts(held(page), new_learner)
    older.goto(page.url)
    deliver_button(page).click()
    expect(page.locator("#journal")).to_contain_text("deliver OrderPlaced")
    with older.expect_response("**/release/") as refusal:
        deliver_button(older).click()
    assert refusal.value.status == 409
    expect(older.get_by_role("alert")).to_contain_text("is not held (any more): it was released before")
    older.get_by_role("button", name="Let it run").click()
    wait_for_end(page)
    expect(page.locator(".headline strong")).to_have_text("Completed")


def test_a_stale_click_is_refused_on_the_page_and_the_run_can_go_on(page, console):
    console.allow("409")
    start_run(page, pace="step", fail="validate-order")
    held(page).evaluate("document.querySelector('.controls [name=message]').value = '99'")
    deliver_button(page).click()
    expect(page.locator("#problem")).to_contain_text("Message 99 is not held")
    expect(page.locator("#problem")).to_be_focused()
    page.get_by_role("button", name="Let it run").click()
    wait_for_end(page)


def test_what_is_delivered_in_one_tab_leaves_the_other_tab_in_step(page):
    start_run(page, pace="step")
    tab = second_tab(held(page))
    deliver_button(tab).click()
    expect(deliver_button(tab)).to_contain_text("OrderValidated")
    expect(deliver_button(page)).to_contain_text("OrderValidated")


def test_let_it_run_brings_the_run_to_its_end(page):
    start_run(page, pace="step", fail="reserve-inventory")
    held(page).get_by_role("button", name="Let it run").click()
    wait_for_end(page)
    expect(page.locator(".headline strong")).to_have_text("Compensated")


def test_pause_holds_a_run_that_was_being_followed(page):
    start_run(page, pace="follow", style="orchestration")
    page.get_by_role("button", name="Deliver by hand").click()
    expect(page.locator(".headline")).to_contain_text("held: press Deliver")
    before = facts(held(page))
    run_to_end(page.context.new_page())
    assert facts(page) == before
