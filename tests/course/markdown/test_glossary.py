"""Terms: links to their definitions that break nothing around them."""

import re
from pathlib import Path

import pytest
from markdown.util import STX

from config.settings import LESSONS_DIR
from content.problems import ContentError
from content.source_location import SourceLocation
from course.markdown.glossary import load_glossary
from course.markdown.renderer import render
from course.model import Term

TERMS = {
    name: Term(name, text, SourceLocation(Path("glossary.yaml"), 1))
    for name, text in {
        "idempotent": "The same effect <twice> & once.",
        "saga": "HTML steps.",
        "two-phase commit": "First ask.",
    }.items()
}
LINK = '<a aria-describedby="definition-{}" href="{{% url \'glossary\' %}}#{}">{}</a>'


def body(text):
    page = render(text, TERMS)
    assert page.problems == ()
    assert STX not in page.body
    return page.body


def test_a_term_links_to_its_entry_and_is_described_by_its_definition():
    assert body("An [[Idempotent]] handler.").endswith(
        f'<p>An <span class="term" tabindex="-1">{LINK.format(1, "idempotent", "Idempotent")}'
        '<span class="definition" id="definition-1" role="tooltip">The same effect &lt;twice&gt; &amp; once.</span>'
        "</span> handler.</p>"
    )


def test_other_words_can_be_shown_also_over_two_lines_and_marked_up():
    html = body("[[*all*\nof it|two-phase commit]]")
    assert LINK.format(1, "two-phase-commit", "<em>all</em>\nof it") in html


@pytest.mark.parametrize(
    ("text", "around"),
    [
        ("| A | B |\n| --- | --- |\n| [[x|saga]] | c |", '<td data-label="B">c</td>'),
        ("| [[x|saga]] | B |\n| --- | --- |\n| b | c |", '<th data-label="x" scope="row">b</th>'),
        ("- one [[saga]]\n- two", "<li>two</li>"),
        ("One\n:   [[saga]]", "<dd>"),
        ("/// try-it | Title\n[[saga]]\n///", '<div class="admonition try-it">'),
        ("A <dfn>[[saga]]</dfn>.", "<dfn><span"),
        ("One[^1].\n\n[^1]: A [[saga]].", '<div class="footnote">'),
        ("**bold [[saga]]**", "<strong>bold <span"),
        ('{% now "Y" %} [[saga]]', '{% now "Y" %} <span'),
    ],
)
def test_a_term_breaks_nothing_around_it(text, around):
    html = body(text)
    assert around in html
    assert html.count('role="tooltip"') == 1


def test_a_term_in_a_heading_leaves_anchor_and_title_alone():
    page = render("## The [[saga]] pattern", TERMS)
    assert [(section.anchor, section.title) for section in page.sections] == [("the-saga-pattern", "The saga pattern")]
    assert '<h2 id="the-saga-pattern">The <span class="term"' in page.body


def test_code_keeps_its_brackets():
    html = body("`[[saga]]` and `[[a|saga]]`\n\n    [[a|saga]] {: .x }\n    ## no heading\n")
    assert "<code>[[saga]]</code> and <code>[[a|saga]]</code>" in html
    assert "<code>[[a|saga]] &#123;: .x &#125;\n## no heading\n</code>" in html
    assert "tooltip" not in html


def test_an_abbreviation_is_marked_in_the_text_and_not_in_a_definition():
    html = body("HTML and a [[saga]].\n\n*[HTML]: a language")
    assert html.count("<abbr") == 1
    assert ">HTML steps.</span>" in html


def test_definitions_are_not_words_to_read():
    assert render("One [[saga]] two.", TERMS).length.words == 3


def test_the_same_term_twice_has_two_definitions_with_names_of_their_own():
    assert re.findall(r'id="([^"]+)"', body("[[saga]] and [[saga]]")) == ["definition-1", "definition-2"]


def test_every_term_that_ships_says_what_it_means_in_two_sentences_at_most_or_three_short_ones():
    terms = load_glossary(LESSONS_DIR / "glossary.yaml")
    assert len(terms) >= 40
    for term in terms.values():
        assert term.definition.rstrip().endswith("."), term.name
        assert len(term.definition.split()) <= 45, term.name


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("saga: Steps.\n\noutbox: yes\n", 3, "term 'outbox' is true to YAML; put it in quotes"),
        ("saga: Steps.\noutbox: 1.5\n", 2, "term 'outbox' is 1.5 to YAML; put it in quotes"),
        ("saga: Steps.\n<<: {outbox: A table.}\n", 2, "term '<<' is a set of fields; use text"),
        ("saga: Steps.\n? [out, box]\n: A table.\n", 2, "a field has a name of several parts"),
        ("# É\nsaga: Steps.\noutbox: A\x07 table.\n", 3, "holds the control character #x07"),
        ("saga: Steps.\noutbox: 0b_\n", 2, "'0b_' is not a possible value (of the kind 'int'); a text needs quotes"),
        ("saga: Steps.\noutbox: " + "[" * 9000 + "]" * 9000 + "\n", 1, "holds things in things too deeply to be read"),
    ],
)
def test_what_yaml_does_not_take_for_a_term_is_refused_with_its_line(folder, text, line, says):
    file = folder.glossary(text)
    with pytest.raises(ContentError) as caught:
        load_glossary(file)
    assert str(caught.value) == f"{file}:{line}: {says}"


@pytest.mark.parametrize("name", ["yes", "'yes'", "1.50", "null"])
def test_a_word_that_yaml_takes_for_something_else_is_a_term_as_it_is_written(folder, name):
    assert load_glossary(folder.glossary(f"{name}: Agreed.\n"))[name.strip("'")].definition == "Agreed."


def test_the_glossary_page_lists_terms_by_name_with_the_lessons_that_use_them(client, folder):
    folder.glossary("zombie: Undead.\nAlpha: First & best.\n")
    folder.lesson(text="See [[alpha]].", title="Greek")
    html = client.get("/glossary/").content.decode()
    assert re.findall(r'<div id="([^"]+)">', html) == ["alpha", "zombie"]
    assert "First &amp; best." in html
    assert html.count('<a href="/lessons/outbox/">Greek</a>') == 1


def test_a_link_in_a_lesson_leads_to_the_entry(client, folder, db):
    folder.lesson(text="See [[idempotent]].")
    assert 'href="/glossary/#idempotent"' in client.get("/lessons/outbox/").content.decode()
    assert 'id="idempotent"' in client.get("/glossary/").content.decode()


def test_an_edited_definition_shows_without_a_restart(client, folder, db):
    folder.lesson(text="See [[idempotent]].")
    assert "Having the same effect" in client.get("/lessons/outbox/").content.decode()
    folder.glossary("idempotent: Harmless when repeated.")
    assert "Harmless when repeated." in client.get("/lessons/outbox/").content.decode()
