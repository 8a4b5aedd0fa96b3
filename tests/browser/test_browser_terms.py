"""A term's definition is shown at hover, at focus and by touch, hidden by Escape, and never cut off."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from content.source_location import SourceLocation
from course.markdown.renderer import render
from course.model import Term
from tests.browser.check import PAGE

WORDS = "A definition that is long enough to need more than one line on a telephone, and then a little more than that."
TERMS = {"idempotent": Term("idempotent", WORDS, SourceLocation(Path("glossary.yaml"), 1))}
TEXT = f"""
{"Some words that fill the line. " * 3}[[idempotent]] and [[idempotent]] and [[idempotent]] and [[idempotent]] and
[[idempotent]] and [[words of two lines or more, maybe|idempotent]] and [[idempotent]].

- A [[idempotent]] item

| A | B |
| --- | --- |
| {"Words. " * 20} | {"Words. " * 20} [[idempotent]] |

## A [[idempotent]] heading

{"Some words that fill the page. " * 200} [[idempotent]].
"""


def without_anchors(route):
    """Answers with the style sheet as a browser reads it that does not support anchor positioning."""
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace("@supports (anchor-scope", "@supports (nonsense"))


def open_text(page):
    """Opens the shipped lesson's page with another text."""
    body = render(TEXT, TERMS).body.partition("\n")[2].replace("{% url 'glossary' %}", "/glossary/")
    html = page.request.get(PAGE).text()
    start, end = html.index('<div class="prose">'), html.index("</article>")
    page.route(
        f"**{PAGE}", lambda route: route.fulfill(body=f'{html[:start]}<div class="prose">{body}</div>{html[end:]}')
    )
    page.goto(PAGE)


def shown(page):
    return page.locator(".definition:visible")


@pytest.mark.parametrize("can_anchor", [True, False], ids=["anchored", "below the line"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_edge_cuts_a_definition_off(page, width, can_anchor):
    page.set_viewport_size({"width": width, "height": 700})
    if not can_anchor:
        page.route(re.compile(r"lesson-page.*\.css"), without_anchors)
    open_text(page)
    terms = page.locator(".term > a").all()
    assert len(terms) > 9
    for term in terms:
        term.hover()
        expect(shown(page)).to_have_count(1)
        box = shown(page).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        middle = shown(page).evaluate(
            "one => { one.scrollIntoView({ block: 'nearest' }); const box = one.getBoundingClientRect();"
            "return document.elementFromPoint(box.x + box.width - 9, box.y + box.height / 2) === one }"
        )
        assert middle
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_definition_shows_at_focus_and_describes_the_link(page):
    open_text(page)
    link = page.locator(".term > a").first
    expect(link).to_have_accessible_description(WORDS)
    expect(shown(page)).to_have_count(0)
    link.focus()
    expect(shown(page)).to_have_text(WORDS)
    expect(shown(page)).to_have_role("tooltip")


def test_the_pointer_may_move_onto_the_definition(page):
    open_text(page)
    page.locator(".term > a").first.hover()
    shown(page).hover()
    expect(shown(page)).to_have_count(1)


def test_escape_hides_a_definition_until_the_focus_returns(page):
    open_text(page)
    link = page.locator(".term > a").first
    link.focus()
    page.keyboard.press("Escape")
    expect(shown(page)).to_have_count(0)
    expect(link).to_be_focused()
    link.blur()
    link.focus()
    expect(shown(page)).to_have_count(1)


def test_a_tap_shows_the_definition_and_the_next_one_leads_to_the_entry(new_learner):
    page = new_learner(viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    open_text(page)
    link = page.locator(".term").first
    link.tap()
    expect(shown(page)).to_have_count(1)
    assert page.url.endswith(PAGE)
    link.tap()
    page.wait_for_url("**/glossary/#idempotent")


def test_it_needs_no_script_and_is_not_printed(new_learner):
    page = new_learner(viewport={"width": 1280, "height": 700}, java_script_enabled=False)
    open_text(page)
    page.locator(".term > a").first.hover()
    expect(shown(page)).to_have_count(1)
    page.emulate_media(media="print")
    expect(shown(page)).to_have_count(0)
