"""A summary is taken from the lesson's own text; each part that is not there is told with its line."""

import pytest

from course.library import find_lesson
from course.lint.checks import lessons_can_be_shown, lessons_lead_somewhere
from course.summary.blocks import BlockKind, blocks_of, without_empty_columns

TEXT = """
## Why {: #why }

First, [[idempotent]] <b>&amp;</b> more.[^a]
{: #first }

- One `a < b`
- Two

### Deep

| A | B | See it |
| --- | --- | --- |
| **a** | b | {% experiment "stops" %} |

{% saga_diagram "order" "choreography" %}

## Other

Last.

[^a]: A source.
"""
SUMMARY = "sections:\n  - title: Short\n    parts:\n"
ADDRESS = "/lessons/outbox/summary/"


def written(folder, *parts, text=TEXT):
    folder.lesson(text=text)
    folder.experiments(
        "stops:\n  title: Stop\n  watch: It.\n  settings: {pace: step}\n  goal: nobody-knows-where-the-order-is\n"
    )
    return folder.raw(
        SUMMARY + "".join(f"      - {{take: {take}, at: {at}}}\n" for take, at in parts), name="summary.yaml"
    )


def test_blocks_hold_the_words_of_the_lesson_and_nothing_that_needs_its_page(folder):
    written(folder, ("paragraph", "first"))
    first, listed, table, figure, last = blocks_of(find_lesson("outbox").lesson)[:5]
    assert (first.kind, first.source) == (BlockKind.PARAGRAPH, "<p>First, idempotent &amp; more.</p>")
    assert first.anchors == {"first", "why"}
    assert listed.source == "<ul>\n<li>One <code>a &lt; b</code></li>\n<li>Two</li>\n</ul>"
    assert table.anchors == {"why", "deep"}
    assert "See it" not in table.source
    assert "experiment" not in table.source
    assert '<td data-label="B">b</td>' in table.source
    assert (figure.kind, figure.source) == (BlockKind.FIGURE, '{% saga_diagram "order" "choreography" %}')
    assert last.anchors == {"other"} | {one for one in last.anchors if one.startswith("p-")}


def test_a_table_without_an_empty_column_keeps_them_all():
    table = "<table><thead><tr><th>A</th></tr></thead><tbody><tr><th>a</th></tr></tbody></table>"
    assert without_empty_columns(table).count("<th ") == 2


def test_the_label_of_a_cell_is_the_words_of_its_head():
    head = '<thead><tr><th>A</th><th>The <code>a &lt; "b"</code></th></tr></thead>'
    table = without_empty_columns(f"<table>{head}<tbody><tr><td>a</td><td>b</td></tr></tbody></table>")
    assert '<td data-label="The a &lt; &quot;b&quot;">b</td>' in table


def test_the_page_shows_what_the_lesson_says_and_links_back_to_it(folder, client, db):
    written(folder, ("table", "deep"), ("paragraph", "first"), ("figure", "why"))
    page = client.get(ADDRESS).content.decode()
    assert "First, idempotent" in page
    assert "Last." not in page
    assert 'id="diagram-order-choreography"' in page
    assert 'href="/lessons/outbox/#deep"' in page
    assert ADDRESS in client.get("/lessons/outbox/").content.decode()


def test_an_edit_of_the_lesson_is_an_edit_of_the_summary(folder, client, db):
    written(folder, ("paragraph", "first"))
    assert "First, idempotent" in client.get(ADDRESS).content.decode()
    folder.lesson(text=TEXT.replace("First,", "Now,"))
    assert "Now, idempotent" in client.get(ADDRESS).content.decode()


def test_a_lesson_without_the_file_has_no_summary_and_no_link_to_one(folder, client, db):
    folder.lesson()
    assert client.get(ADDRESS).status_code == 404
    assert ADDRESS not in client.get("/lessons/outbox/").content.decode()


@pytest.mark.parametrize(
    ("take", "at", "says"),
    [
        ("tabel", "why", "section 'Short': parts[1].take is 'tabel'; use one of figure, table, list, paragraph"),
        ("table", "", "is empty"),
    ],
)
def test_a_part_of_no_kind_stops_the_start(folder, take, at, says):
    file = written(folder, (take, at))
    (error,) = lessons_can_be_shown()
    assert (error.id, str(error.obj)) == ("course.E001", f"{file}:4")
    assert says in error.msg.replace("section number 1", "section 'Short'")


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (("table", "wyh"), "at: the lesson has no anchor #wyh; did you mean 'why'?"),
        (("table", "other"), "at: the lesson has no table at #other or below that heading"),
    ],
)
def test_a_part_that_the_lesson_does_not_have_is_told_by_checkcourse(folder, db, part, says):
    file = written(folder, ("list", "why"), part)
    (error,) = [message for message in lessons_lead_somewhere() if message.is_serious()]
    assert (error.id, str(error.obj), error.msg) == ("course.E007", f"{file}:5", says)
