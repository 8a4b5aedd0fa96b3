"""Lessons are divided into passages whose words stand on the page, each at an address of its own."""

import re
from collections import Counter
from html import unescape

import pytest
from django.utils.html import strip_tags

from content.lesson_files import lessons_root
from course.ask.authored import orphans, read_all
from course.ask.passages import PassageKind, passages_in, passages_of
from course.library import current_course

LESSONS = [lesson.slug for lesson in current_course().lessons]


def plain(html):
    """Returns the words of a page, without definitions that are shown beside a term, and footnotes' numbers."""
    without = re.sub(r'<span class="definition".*?</span>|<sup.*?</sup>', "", html, flags=re.DOTALL)
    return " ".join(unescape(strip_tags(without)).split())


@pytest.mark.django_db
@pytest.mark.parametrize("slug", LESSONS)
def test_every_passage_stands_on_the_page_at_its_anchor(client, slug):
    page = client.get(f"/lessons/{slug}/").content.decode()
    words, anchors = re.sub(r"\W", "", plain(page)), Counter(re.findall(r'\sid="([^"]+)"', page))
    own = [one for one in passages_of(current_course()) if one.lesson == slug]
    assert len(own) > 20
    for passage in own:
        assert anchors[passage.address.partition("#")[2]] == 1, passage.address
        parts = [part for sentence in passage.sentences for part in sentence.split(" | ")]
        assert [part for part in parts if re.sub(r"\W", "", part) not in words] == []
        assert all(sentence in passage.text for sentence in passage.sentences)


def test_addresses_differ():
    addresses = [passage.address for passage in passages_of(current_course())]
    assert len(addresses) == len(set(addresses))


@pytest.mark.parametrize("authored", read_all(lessons_root()), ids=lambda one: one.lesson or "all lessons")
def test_what_authors_add_belongs_to_a_passage(authored):
    texts = {one.text: one for one in passages_of(current_course()) if one.lesson == authored.lesson}
    assert [str(problem) for problem in orphans(authored, texts)] == []


def passages(folder, text):
    folder.lesson(text=text)
    return passages_in(current_course().lessons[0])


def test_a_passage_knows_its_section_its_heading_and_the_experiments_it_leads_to(folder):
    (one,) = passages(folder, '## Why\n\n### Costs\n\nIt costs. {% experiment "outbox" %}\n')
    assert (one.section.title, one.heading, one.text, one.experiments) == ("Why", "Costs", "It costs.", ("outbox",))


TAGS = ["{{ x }}", "{% if x %}", '{% experiment "outbox" %}', "{% knowledge_check lesson.slug %}"]


@pytest.mark.django_db
@pytest.mark.parametrize("code", [*TAGS, "a || b", "<b>&amp;</b>"])
def test_what_inline_code_holds_is_quoted_as_the_page_shows_it_and_does_nothing(folder, client, code):
    (one,) = passages(folder, f"## Why\n\nTemplates write `{code}`\n")
    assert (one.text, one.experiments) == (f"Templates write {code}", ())
    assert one.text in plain(client.get("/lessons/outbox/").content.decode())


def test_a_row_keeps_the_bars_of_its_code_and_leaves_out_empty_cells(folder):
    table = '| Code | Sign | Run |\n| --- | --- | --- |\n| Or | `{{ a }} ||` | {% experiment "outbox" %} |\n'
    (one,) = passages(folder, f"## Why\n\n{table}")
    assert (one.text, one.experiments) == ("Or | {{ a }} ||", ("outbox",))


def test_a_heading_and_a_term_keep_their_code(folder):
    first, second = passages(folder, "## Why `{{ x }}`\n\nBecause.\n\nThe `{% if %}`\n:   A tag.\n")
    assert (first.section.title, first.heading, second.heading) == ("Why {{ x }}", "Why {{ x }}", "The {% if %}")


def test_call_outs_definitions_and_rows_are_named_by_what_stands_above_them(folder):
    text = """
    ## Why

    /// common-mistake | It is free

    It is not.

    ///

    Pivot
    :   The step without a way back.

    | Kind | Answer |
    | --- | --- |
    | Old | Young |
    """
    found = [(one.kind, one.heading, one.text) for one in passages(folder, text)]
    assert found == [
        (PassageKind.PARAGRAPH, "It is free", "It is not."),
        (PassageKind.DEFINITION, "Pivot", "The step without a way back."),
        (PassageKind.ROW, "Why", "Old | Young"),
    ]


def test_an_anchor_stays_while_the_words_stay_and_an_authors_own_is_kept(folder):
    first = [one.address for one in passages(folder, "## Why\n\nOne.\n\nTwo.\n{: #two }\n")]
    folder.lesson(text="## Other\n\nNew.\n\nOne.\n\nTwo.\n{: #two }\n")
    again = [one.address for one in passages_in(current_course().lessons[0])]
    assert first == again[1:]
    assert first[1].endswith("#two")


def test_a_footnote_before_a_passage_does_not_move_it(folder):
    def last(before, notes):
        return passages(folder, f"## Why\n\n{before}\n\nTwo.[^b]\n\n{notes}[^b]: B.\n")[-1].address

    assert last("One.[^a]", "[^a]: A.\n") == last("One.", "")


def test_what_asks_the_reader_and_sources_are_no_passages(folder):
    folder.check("")
    text = (
        "## Why\n\nTrue.[^1]\n\n## Check\n\nAnswer from memory.\n\n{% knowledge_check lesson.slug %}\n\n[^1]: A book.\n"
    )
    assert [one.text for one in passages(folder, text)] == ["True."]
