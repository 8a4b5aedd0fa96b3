"""The check of target sizes itself: what it finds, and what it lets pass."""

import pytest

from tests.browser.target_size import small_targets

STYLE = "<style>* { font: 10px/12px sans-serif } .big { display: inline-block; padding: 8px }</style>"
FOUND = {
    "two small links": '<p><a href="#a">a</a></p><p style="margin: 0"><a href="#b">b</a></p>',
    "a small link on a large one": '<a class="big" href="#a">large</a><br><a href="#b">small</a>',
    "a fold above a link": '<details style="width: 3em"><summary>x</summary></details><a href="#a">a</a>',
    "a small box without a label around it": '<input type="checkbox"><input type="checkbox">',
    "links that are the whole text of a list": '<ul><li><a href="#a">a</a></li><li><a href="#b">b</a></li></ul>',
}
PASSED = {
    "links in a sentence": '<p>Read <a href="#a">this</a> and <em>then <a href="#b">that</a></em>, please.</p>',
    "large links": '<a class="big" href="#a">large</a><a class="big" href="#b">large</a>',
    "a small link that stands apart": '<a href="#a">small</a><p style="margin-top: 40px"><a href="#b">small</a></p>',
    "boxes in large labels": '<label class="big"><input type="checkbox">a</label>' * 2,
    "what is not shown": '<a href="#a" hidden>a</a><a href="#b" hidden>b</a><input type="hidden">',
}


@pytest.mark.parametrize("html", FOUND.values(), ids=FOUND.keys())
def test_it_finds(page, html):
    page.set_content(STYLE + html)
    assert small_targets(page) != []


@pytest.mark.parametrize("html", PASSED.values(), ids=PASSED.keys())
def test_it_lets_pass(page, html):
    page.set_content(STYLE + html)
    assert small_targets(page) == []
