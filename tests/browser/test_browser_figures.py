"""A lesson's figures in a browser: they are played on the real workers, in place."""

import re

import pytest
from django.template import Context, Template
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.check import PAGE
from tests.stack import until

FIGURE = "#diagram-order-choreography"
LONG = 40_000
TAGS = (
    '{% both_styles "order" fail="charge-customer" %}',
    '{% saga_diagram "order-fraud" "choreography" fail="check-fraud" %}',
)


@pytest.fixture
def lesson(page):
    return opened(page)


def opened(page):
    """Opens the lesson, with a figure that plays both styles, and one that can be played in two ways."""
    more = Template("{% load sandbox_tags %}" + "".join(TAGS)).render(Context())

    def with_more(route):
        answer = route.fetch()
        body = answer.text()
        for name in ("both-styles-order-charge-customer", "order-fraud-choreography"):
            body = body.replace(name, f"the-lessons-own-{name[:4]}")
        route.fulfill(response=answer, body=body.replace('<h2 id="hybrid', f'{more}<h2 id="hybrid', 1))

    page.route(f"**{PAGE}", with_more)
    page.goto(PAGE)
    return page


# The second half of a double click that comes when the first has been answered already.
SECOND_HALF = """figure => {
  const again = () => document.querySelector(`${figure} button`).click();
  document.body.addEventListener("htmx:afterRequest", () => setTimeout(again, 100), { once: true });
}"""


def starts(page):
    """Returns a list of the requests by which runs are started from now on."""
    requests = []
    page.on("request", lambda request: request.method == "POST" and requests.append(request.url))
    return requests


def test_a_double_click_plays_one_run_in_place_and_leads_to_the_whole_of_it(lesson):
    assert violations(lesson) == []
    sent, figure = starts(lesson), lesson.locator(FIGURE)
    lesson.evaluate(SECOND_HALF, FIGURE)
    figure.get_by_role("button", name="Play it", exact=True).click()
    expect(figure.locator(".run-status")).to_be_focused()
    expect(figure.locator(".tall .actor.awaited").first).to_be_visible()
    expect(lesson.locator("#status")).not_to_be_empty()
    expect(figure.locator("[data-run]")).to_have_attribute("data-ended", "", timeout=LONG)
    expect(lesson.locator("#status")).to_contain_text("Completed")
    expect(figure.locator(".tall .actor.completed")).to_have_count(5)
    assert len(sent) == 1
    assert violations(lesson) == []
    figure.get_by_role("link", name="The whole run").click()
    expect(lesson.locator("#journal")).to_contain_text("ConfirmationSent")


def test_playing_again_follows_the_new_run_only(proxied, proxy):
    lesson = opened(proxied)
    figure = lesson.locator("#diagram-order-fraud-choreography")
    figure.get_by_role("button", name="Play it", exact=True).click()
    until(lambda: len(proxy.open_streams) == 1, within=10, what="the first run is followed")
    first = run_in(figure)
    assert followed(proxy) == [[first]]
    figure.get_by_role("button", name="fraud suspected").click()
    until(lambda: len(proxy.streams) > 1, within=10, what="the second run is followed")
    expect(figure.locator("[data-run]")).to_have_count(1)
    assert followed(proxy)[1:] == [[run_in(figure)]] != [[first]]
    until(lambda: len(proxy.open_streams) == 1, within=10, what="the first is followed no longer")
    lesson.reload()
    expect(figure.locator("svg[role=img]:visible")).to_have_count(1)
    expect(figure.locator("[data-run]")).to_have_count(0)


def run_in(figure):
    return figure.locator("[data-run]").get_attribute("data-address").split("/")[-2]


def followed(proxy):
    """Returns the runs of each stream so far."""
    return [re.findall(r"run=([\w-]+)", stream.path) for stream in proxy.streams]


@pytest.mark.parametrize("look", [{"viewport": {"width": 360, "height": 800}, "reduced_motion": "reduce"}])
def test_on_a_small_screen_both_play_below_each_other_and_the_difference_unfolds(lesson):
    both = lesson.locator("#both-styles-order-charge-customer")
    both.get_by_role("button").click()
    expect(both.locator("[data-run]")).to_have_count(2)
    expect(both.locator(".run-status").first).to_be_focused()
    expect(both.locator(".difference")).to_contain_text("Who decided what was undone?", timeout=LONG)
    expect(lesson.locator("#status")).to_contain_text("Both runs have ended.")
    expect(both.locator(".headline.compensated")).to_have_count(2)
    assert lesson.evaluate("document.documentElement.scrollWidth") == 360
    assert lesson.locator(".going").count() == 0
    assert violations(lesson) == []
    assert re.search("/sandbox/compare/", both.get_by_role("link", name="Both on a page").get_attribute("href"))


def test_what_cannot_be_started_is_said_at_the_figure_and_the_picture_stays(lesson, console):
    console.allow("Failed to load resource|htmx:")
    lesson.route("**/sandbox/figure/start/", lambda route: route.abort())
    figure = lesson.locator(FIGURE)
    figure.get_by_role("button").first.click()
    expect(figure.get_by_role("alert")).to_have_text("The server did not answer. Try again.")
    expect(figure.locator("svg[role=img]:visible")).to_have_count(1)


@pytest.mark.parametrize("look", [{"java_script_enabled": False, "viewport": {"width": 1280, "height": 800}}])
def test_without_scripts_a_figure_is_whole_and_leads_to_the_setup_page(lesson):
    figure = lesson.locator(FIGURE)
    expect(figure.locator("svg[role=img]:visible")).to_have_count(1)
    expect(figure.get_by_role("button")).to_have_count(0)
    figure.get_by_role("link", name="Run it in the sandbox").click()
    expect(lesson.locator("#setup-form input[value=choreography]")).to_be_checked()
