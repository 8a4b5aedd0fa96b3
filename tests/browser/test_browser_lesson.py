"""The lesson in a browser: it marks where the reader is, and its pictures fit."""

import pytest
from playwright.sync_api import expect

from tests.browser.check import PAGE

PLACE = ".toc-beside a[aria-current=location]"


@pytest.mark.parametrize("section", ["Choreography", "Side-by-side comparison", "Sources"])
def test_the_section_in_view_is_marked_in_the_list_of_places(page, section):
    page.goto(PAGE)
    entry = page.locator(".toc-beside a", has_text=section).last
    entry.click()
    expect(entry).to_have_attribute("aria-current", "location")
    expect(page.locator(PLACE)).to_have_count(1)


def test_scrolling_moves_the_mark_on_and_back(page):
    page.goto(PAGE)
    page.get_by_role("heading", name="Hybrid approaches").evaluate("one => one.scrollIntoView()")
    expect(page.locator(PLACE)).to_have_text("Hybrid approaches")
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(PLACE, has_text="Hybrid approaches")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
def test_each_diagram_is_drawn_once_and_fits_its_place(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(PAGE)
    drawn = page.locator("figure.diagram svg[role=img]:visible")
    expect(drawn).to_have_count(3)
    for picture in drawn.all():
        assert picture.bounding_box()["width"] <= width
