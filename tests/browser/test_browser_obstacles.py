"""A live view never stands still in silence: not behind a proxy, not without its server, and not beside other pages."""

import os
import re
import signal
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import product
from tests.browser.runs import (
    deliver_button,
    expect_all_facts_once,
    seqs,
    start_run,
    wait_for_end,
    wait_for_facts,
)
from tests.stack import until

BREAKS = re.compile("ERR_|status of 5|htmx:")
HELD = "A proxy between you and the server holds the live view back; this page asks every second instead."
LOST = re.compile("The connection is lost")
NOTICED = 15_000  # milliseconds, until a page says that its server is gone
TABS = 7  # one more than the connections that HTTP/1.1 gives a host


def notice(page):
    return page.locator("#offline")


def test_a_page_whose_stream_is_held_back_says_so_and_asks_for_all_that_happens(proxy, proxied):
    proxy.holds = True
    start_run(proxied, pace="follow", fail="charge-customer")
    expect(notice(proxied)).to_have_text(HELD)
    wait_for_facts(proxied, 5)
    expect(notice(proxied)).to_be_visible()
    expect_all_facts_once(proxied)
    expect(notice(proxied)).to_be_hidden()
    assert len(proxy.streams) <= 4


def test_a_proxy_that_keeps_a_stream_open_leaves_no_viewer_on_the_server(proxy, proxied):
    proxy.holds = True
    start_run(proxied, pace="step")
    until(lambda: len(proxy.open_streams) == 1, within=5, what="the stream is open")
    expect(notice(proxied)).to_have_text(HELD)
    until(lambda: not proxy.open_streams, within=10, what="the server has ended the stream that nobody reads")


def test_a_page_returns_to_the_stream_as_soon_as_it_comes_through_again(proxy, proxied):
    proxy.holds = True
    start_run(proxied, pace="step")
    expect(notice(proxied)).to_have_text(HELD)
    proxy.holds = False
    expect(notice(proxied)).to_be_hidden(timeout=30_000)
    until(lambda: len(proxy.open_streams) == 1, within=5, what="there is a stream again")
    before = len(proxy.asked)
    for count in (3, 4):
        deliver_button(proxied).click()
        wait_for_facts(proxied, count)
    assert len(proxy.asked) == before


def test_a_stream_that_is_only_slow_stays_a_stream(proxy, proxied):
    proxy.delay = 1.0  # a page waits three times as long
    start_run(proxied, pace="fast", fail="validate-order")
    expect_all_facts_once(proxied)
    assert proxy.asked == []
    expect(notice(proxied)).to_be_hidden()


def test_a_page_goes_on_after_the_network_was_away(proxy, proxied, stack, console):
    console.allow(BREAKS)
    start_run(proxied, pace="follow", fail="charge-customer")
    wait_for_facts(proxied, 4)
    proxy.cut()
    shown = seqs(proxied)
    until(lambda: has_ended(stack, proxied), within=40, what="the run went on without the page")
    expect(notice(proxied)).to_have_text(LOST)
    assert seqs(proxied) == shown
    proxy.mend()
    expect_all_facts_once(proxied)
    expect(notice(proxied)).to_be_hidden()


def has_ended(stack, page):
    """Reads in the database whether the page's run has ended, since no server answers."""
    run = re.search(r"runs/([\w-]+)/", page.url)[1].replace("-", "")
    return bool(stored(stack, "SELECT ended_at IS NOT NULL FROM sandbox_run WHERE id = ?", run))


def stored(stack, query, *values):
    """Returns the one value that the query finds in the database."""
    with closing(sqlite3.connect(f"file:{stack.var}/db.sqlite3?mode=ro", uri=True)) as database:
        [[found]] = database.execute(query, values)
    return found


def start_load(page, stack):
    """Opens a load that runs for a while, as soon as that of an earlier test has ended: there is one at a time."""
    running = "SELECT count(*) FROM sandbox_load WHERE is_running"
    until(lambda: stored(stack, running) == 0, within=60, what="no load is running")
    page.goto("/sandbox/load/?count=200")
    page.get_by_role("button", name=re.compile("Start")).click()
    page.wait_for_url("**/load/*-*/")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """The product at the pace that learners have: its runs go on for longer than it takes to notice what is gone."""
    with product(tmp_path_factory.mktemp("var")) as stack:
        yield stack


@pytest.fixture
def stop_web(stack):
    """Returns a function that lets the web server stand still, and one that lets it go on."""
    web = stack.pid("web")
    yield lambda: os.kill(web, signal.SIGSTOP), lambda: os.kill(web, signal.SIGCONT)
    os.kill(web, signal.SIGCONT)


def test_a_server_that_stands_still_is_told_as_one_that_is_gone_and_all_is_caught_up(page, stack, stop_web, console):
    console.allow(BREAKS)
    stand_still, go_on = stop_web
    load = page.context.new_page()
    start_load(load, stack)
    start_run(page, pace="follow", fail="charge-customer")
    wait_for_facts(page, 4)
    stand_still()
    for one in (page, load):
        expect(notice(one)).to_have_text(LOST, timeout=NOTICED + 1_000)
        expect(notice(one)).to_be_visible(timeout=NOTICED + 1_000)
    go_on()
    for one in (page, load):
        expect(notice(one)).to_be_hidden(timeout=25_000)
    expect_all_facts_once(page)


@pytest.fixture
def web_is_gone(stack):
    """Returns a function that stops the web server until the test ends, or until what it returns is called."""
    supervisor = stack.process.pid

    def go():
        os.kill(supervisor, signal.SIGSTOP)
        old = stack.kill("web")
        return lambda: (os.kill(supervisor, signal.SIGCONT), stack.wait_for_return("web", after=old))

    yield go
    os.kill(supervisor, signal.SIGCONT)
    until(lambda: stack.get("/healthz") == 200, within=20, what="the web server is back")


A_WHILE, FEW = 5_000, 8  # milliseconds, and requests that two pages may send in them to a server that is gone


def test_pages_that_lose_their_server_say_so_soon_ask_seldom_and_come_back(
    proxied_context, proxy, stack, web_is_gone, console
):
    console.allow(BREAKS)
    page, load = proxied_context.new_page(), proxied_context.new_page()
    start_run(page, pace="step")
    start_load(load, stack)
    come_back = web_is_gone()
    for one in (page, load):
        expect(notice(one)).to_be_visible(timeout=15_000)
    before = len(proxy.exchanges)
    page.wait_for_timeout(A_WHILE)
    assert 1 <= len(proxy.exchanges) - before <= FEW
    come_back()
    for one in (page, load):
        expect(notice(one)).to_be_hidden(timeout=15_000)


def test_a_run_that_went_on_without_its_server_is_caught_up(page, stack, web_is_gone, console):
    console.allow(BREAKS)
    start_run(page, pace="follow", fail="charge-customer")
    wait_for_facts(page, 4)
    come_back = web_is_gone()
    until(lambda: has_ended(stack, page), within=40, what="the run went on without the server")
    expect(notice(page)).to_have_text(LOST)
    expect(notice(page)).to_be_visible()
    come_back()
    expect_all_facts_once(page)
    expect(notice(page)).to_be_hidden()


def test_seven_pages_side_by_side_stay_live_by_one_stream_and_leave_room_for_others(proxy, proxied_context):
    tabs = [proxied_context.new_page() for _ in range(TABS)]
    for tab in tabs:
        start_run(tab, pace="step")
    for tab in tabs:
        deliver_button(tab).click()
        wait_for_facts(tab, 3)
    until(
        lambda: [stream.path.count("run=") for stream in proxy.open_streams] == [TABS],
        within=15,
        what="one stream is open, which follows the runs of all tabs",
    )
    assert proxied_context.new_page().goto("/lessons/").ok
    assert proxy.asked == []


def test_a_page_that_is_closed_is_followed_no_longer(proxy, proxied_context):
    first, second = proxied_context.new_page(), proxied_context.new_page()
    for tab in (first, second):
        start_run(tab, pace="step")
    until(lambda: proxy.open_streams[-1].path.count("run=") == 2, within=5, what="both runs are followed")
    gone = re.search(r"runs/([\w-]+)/", first.url)[1]
    first.close()
    until(lambda: proxy.streams[-1].path.count("run=") == 1, within=5, what="only one run is followed")
    assert gone not in proxy.streams[-1].path
    deliver_button(second).click()
    wait_for_facts(second, 3)


def test_both_runs_of_a_comparison_come_by_one_stream(proxy, proxied):
    start_run(proxied, wait_for="**/compare/*/*/", style="both", pace="step")
    until(lambda: len(proxy.streams) == 2, within=10, what="the page has moved to the stream that all pages share")
    until(lambda: len(proxy.open_streams) == 1, within=5, what="one stream is open")
    for panel in proxied.locator("[data-run]").all():
        before = panel.locator(".headline").inner_text()
        panel.locator(".network").get_by_role("button", name="Deliver").first.click()
        expect(panel.locator(".headline")).not_to_have_text(before)
    assert {stream.path.count("run=") for stream in proxy.streams} == {2}


@pytest.mark.parametrize(
    "missing",
    ["delete globalThis.SharedWorker", "globalThis.SharedWorker = class { port = { postMessage() {} } }"],
)
def test_without_a_worker_that_pages_share_each_has_its_own_stream(proxy, proxied, missing):
    proxied.add_init_script(missing)
    start_run(proxied, pace="follow", fail="validate-order")
    wait_for_end(proxied)
    assert len(proxy.streams) == 1
