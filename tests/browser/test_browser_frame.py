"""The frame of a lesson: its menu, its themes, the place to go on at, links to places, print."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.check import PAGE

HYBRID = "#hybrid-approaches"
LOOKS = "[document.documentElement.dataset.theme, getComputedStyle(document.documentElement).colorScheme]"


def switch(page):
    return page.get_by_role("button", name=re.compile("^Theme: "))


def read_on(page):
    """Reads until the hybrids, and waits until that place is marked."""
    page.goto(PAGE)
    page.locator(HYBRID).evaluate("one => one.scrollIntoView()")
    expect(page.locator(f".toc-beside a[href='{HYBRID}'][aria-current]")).to_have_count(1)


@pytest.mark.parametrize("look", [{"viewport": {"width": 360, "height": 800}}])
def test_the_menu_opens_and_closes_by_keyboard_and_says_how_far_one_is(page, look):
    page.goto(PAGE)
    button, menu = page.get_by_role("button", name="Course menu"), page.locator("#course-outline")
    expect(menu).to_be_hidden()
    button.press("Enter")
    expect(menu).to_contain_text("lessons completed")
    expect(menu.get_by_role("link", name="Choreography vs Orchestration")).to_have_attribute("aria-current", "page")
    expect(menu.get_by_text("Check not taken").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()


def test_light_and_dark_are_chosen_once_for_all_pages_and_come_with_them(page):
    page.goto(PAGE)
    assert page.evaluate(LOOKS) == ["system", "light dark"]
    for theme in ("light", "dark"):
        switch(page).press("Enter")
        expect(page.get_by_role("button", name=f"Theme: {theme}")).to_be_focused()
        expect(page.get_by_role("status").last).to_have_text(f"Theme: {theme}")
    for path in (PAGE, "/lessons/", "/sandbox/", "/nowhere/"):
        assert '<html lang="en" data-theme="dark">' in page.request.get(path).text()
    page.goto("/sandbox/")
    assert page.evaluate(LOOKS) == ["dark", "dark"]
    switch(page).click()
    page.goto(PAGE)
    assert page.evaluate(LOOKS) == ["system", "light dark"]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_chosen_theme_is_as_readable_as_the_systems(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(PAGE)
    for _ in range(2):
        switch(page).click()
        assert violations(page) == []


def test_a_reader_who_comes_back_may_go_on_but_is_not_moved(page):
    read_on(page)
    for path in (PAGE, "/lessons/"):
        page.goto(path)
        link = page.locator("[data-go-on] a:visible")
        expect(link).to_have_text("Hybrid approaches")
        assert page.evaluate("scrollY") == 0
        link.click()
        expect(page).to_have_url(re.compile(f"{PAGE}{HYBRID}$"))
    expect(page.locator("#course-outline").get_by_text("Completed", exact=True)).to_have_count(0)


def test_a_reader_who_has_reached_the_end_is_offered_nothing(page):
    read_on(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".toc-beside a[href='#ask'][aria-current]")).to_have_count(1)
    page.goto(PAGE)
    expect(page.locator("[data-go-on]")).to_be_hidden()


@pytest.mark.parametrize("look", [{"permissions": ["clipboard-read", "clipboard-write"]}])
def test_the_address_of_any_place_can_be_copied(page, look):
    page.goto(PAGE)
    for place in (HYBRID, "#loose-coupling"):
        page.locator(f"a.anchor[href='{place}']").press("Enter")
        expect(page.get_by_role("status").last).to_have_text("Link copied")
        assert page.evaluate("navigator.clipboard.readText()").endswith(PAGE + place)
        page.evaluate("document.getElementById('status').textContent = ''")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_sign_of_a_link_to_a_place_shows_on_hover_and_focus_only(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(PAGE)
    sign = "link => getComputedStyle(link, '::after').opacity"
    assert set(page.locator("a.anchor").evaluate_all(f"links => links.map({sign})")) == {"0"}
    link = page.locator("a.anchor[href='#loose-coupling']")
    page.locator("#loose-coupling").hover()
    assert link.evaluate(sign) == "1"
    page.locator("h1").hover()
    assert link.evaluate(sign) == "0"
    link.focus()
    assert link.evaluate(sign) == "1"


def test_paper_has_the_whole_text_in_black_on_white_and_nothing_to_press(page):
    page.goto(PAGE)
    switch(page).click()
    switch(page).click()
    page.emulate_media(media="print")
    assert page.locator("button:visible, .button:visible, nav:visible, .skip-link:visible").count() == 0
    expect(page.get_by_text("it names a product instead of a decision")).to_be_visible()
    ink = "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    assert page.evaluate(ink) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_a_second_visit_fetches_nothing_that_the_browser_has(page):
    first = page.goto(PAGE)
    kept = page.request.get(PAGE, headers={"If-None-Match": first.headers["etag"]})
    assert (kept.status, kept.body()) == (304, b"")
    files = page.locator("script[src], link[rel=stylesheet]").evaluate_all("all => all.map(it => it.src ?? it.href)")
    assert len(files) > 3
    for file in files:
        assert "immutable" in page.request.get(file).headers["cache-control"], file
