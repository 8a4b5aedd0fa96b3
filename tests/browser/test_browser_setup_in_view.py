"""What counts on the setup page is in view when it opens, and what has the focus is never behind something else."""

import pytest
from playwright.sync_api import expect

from tests.browser.focus import hidden_focus
from tests.browser.runs import open_setup

SIZES = [(1280, 800), (1440, 900), (390, 844)]
# What makes the page longest: two styles, guarantees that are off, an example that is none, and the palette.
LONG = {"style": "both", "without": "inbox", "fail": "charge-customer", "at": "charge-customer"}


def opened(new_learner, width, height, **chosen):
    page = new_learner(viewport={"width": width, "height": height})
    open_setup(page, **chosen)
    return page


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_who_coordinates_who_refuses_the_pace_and_start_are_in_view_when_the_page_opens(new_learner, width, height):
    page = opened(new_learner, width, height)
    start = page.get_by_role("button", name="Start the run")
    for seen in (
        page.get_by_role("group", name="Who coordinates?"),
        page.get_by_role("group", name="Does a service refuse?"),
        page.get_by_label("How fast?"),
        page.get_by_label("Who will decide the undo?"),
        start,
    ):
        expect(seen).to_be_in_viewport(ratio=1)
        if seen is not start:
            assert bottom(seen) <= start.bounding_box()["y"]


def bottom(seen):
    box = seen.bounding_box()
    return box["y"] + box["height"]


@pytest.mark.parametrize(
    "chosen", [{"without": "inbox"}, {"style": "both"}, {"saga": "order-hybrid", "style": "hybrid"}]
)
def test_the_start_button_is_in_view_whatever_is_chosen(page, chosen):
    open_setup(page, **chosen)
    for width, height in (*SIZES, (360, 740)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_role("button", name="Start the run")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
@pytest.mark.parametrize(("chosen", "key"), [({}, "Tab"), (LONG, "Tab"), (LONG, "Shift+Tab")])
def test_what_has_the_focus_is_never_wholly_hidden(new_learner, width, height, chosen, key):
    page = opened(new_learner, width, height, **chosen)
    page.evaluate("document.querySelectorAll('.setup-form details').forEach(fold => fold.open = true)")
    passed, hidden = hidden_focus(page, key)
    assert hidden == []
    assert {"Start the run", "Place it" if "at" in chosen else "Open"} <= set(passed)
    assert len(passed) > 30
