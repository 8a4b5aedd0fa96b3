import re

import pytest

from course.loader import load_course
from course.markdown.renderer import reading_length, render


def body(text):
    return render(text).body


def test_a_template_tag_on_its_own_line_gets_no_paragraph():
    html = body('Before.\n\n{% saga_diagram "order" "choreography" %}\n\nAfter.')
    assert '<p>Before.</p>\n{% saga_diagram "order" "choreography" %}\n<p>After.</p>' in html


def test_a_template_tag_inside_a_link_keeps_its_quotes_and_spaces():
    html = body("[Run]({% url 'sandbox:setup' %}?saga=order&style=choreography)")
    assert """<a href="{% url 'sandbox:setup' %}?saga=order&amp;style=choreography">Run</a>""" in html


def test_a_template_tag_inside_a_sentence_stays_in_its_paragraph():
    assert "<p>See {{ lesson.title }} now.</p>" in body("See {{ lesson.title }} now.")


def test_a_text_cannot_pass_itself_off_as_a_kept_tag():
    assert "tag:0" in body("\u0002tag:0\u0003 and {% now 'Y' %}")
    assert body("\u0002tag:0\u0003 and {% now 'Y' %}").count("{% now 'Y' %}") == 1


def test_the_tag_libraries_of_the_other_rooms_are_loaded():
    assert body("Text.").startswith("{% load sandbox_tags quiz_tags %}\n")


@pytest.mark.parametrize("name", ["real-world", "interview-tip", "common-mistake", "try-it"])
def test_every_call_out_becomes_a_block_with_its_title(name):
    html = body(f"/// {name} | Mind the gap\n\nText.\n\n///")
    assert f'<div class="admonition {name}">\n<p class="admonition-title">Mind the gap</p>' in html
    assert "///" not in html


def test_a_row_without_cells_is_no_error():
    body = render('<table markdown="1"><tbody><tr></tr><tr><td>One</td></tr></tbody></table>').body
    assert re.search(r'<th[^>]*scope="row"[^>]*>One</th>', body)


def test_a_table_has_row_headers_labels_and_a_frame_for_the_keyboard():
    html = body("| Kind | Meaning |\n| --- | --- |\n| Pivot | Go or no go |")
    assert '<div aria-label="Kind, Meaning" class="table-scroll" role="region" tabindex="0">' in html
    assert '<th data-label="Kind" scope="row">Pivot</th>' in html
    assert '<td data-label="Meaning">Go or no go</td>' in html


def test_only_second_level_headings_are_sections():
    sections = render("## One\n\n### Inside\n\n## Two").sections
    assert [section.title for section in sections] == ["One", "Two"]


def test_a_section_keeps_its_title_as_text_and_not_as_html():
    (section,) = render("## Yours & *ours*").sections
    assert section.title == "Yours & ours"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>It isn&rsquo;t a roll-back.</p>", 4),
        ("<p>One — two &amp; 3</p>", 3),
        ('<p>{% saga_diagram "order" "choreography" %} {{ lesson.title }}</p>', 0),
        ('<p>One.</p><div class="footnote"><p>A source nobody reads through</p></div>', 1),
    ],
)
def test_words_are_what_a_reader_reads(html, words):
    assert reading_length(html).words == words


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (238, 1), (356, 1), (358, 2), (3570, 15), (3690, 16)])
def test_reading_time_is_words_at_238_a_minute_rounded_and_never_zero(folder, words, minutes):
    folder.lesson(text="word " * words)
    (module,) = load_course(folder.root).modules
    assert module.lessons[0].read_minutes == minutes


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("## One\n\nText[^a].\n\n[^a]: A book.", ["One", "Sources"]),
        ("## One\n\nText[^a].\n\n## Literature\n\n[^a]: A book.\n    It is long.", ["One", "Literature"]),
        ("## Sources\n\n///Footnotes Go Here///\n\n## One\n\nText[^a].\n\n[^a]: A book.", ["Sources", "One"]),
        ("## One\n\n```text\n[^a]: A book.\n```", ["One"]),
    ],
)
def test_footnotes_are_a_section_of_the_page(text, titles):
    page = render(text)
    assert [section.title for section in page.sections] == titles
    assert page.problems == ()
    notes = page.body.partition('<div class="footnote">')[2]
    assert ("A book" in notes) is ("Text[^a]" in text)
    assert "Footnotes Go Here" not in page.body


@pytest.mark.parametrize("picture", ["![A](a.svg)", "[![A](a.svg)](/large/)", "- one\n\n  ![A](a.svg)"])
def test_a_picture_that_stands_alone_is_told_from_one_in_a_sentence(picture):
    assert body(picture).count('<p class="picture">') == 1
    assert "picture" not in body(f"{picture} and words")
    assert "picture" not in body("![A](a.svg) ![B](b.svg)")
