"""Each section ends with a place for its question, and authors write nothing for it."""

import re

from course.markdown.renderer import render

ENDS = re.compile(r'{% self_check lesson\.slug "([^"]+)" %}')


def in_order(text):
    """Returns the words of the paragraphs, and the sections that end, as they follow each other."""
    return re.findall(r'<p>(\w+)</p>|{% self_check lesson\.slug "([^"]+)" %}', render(text).body)


def test_a_section_ends_before_the_next_one_and_the_last_at_the_end():
    text = "Before\n\n## One {: #one }\n\nfirst\n\n## Two {: #two }\n\nsecond"
    assert in_order(text) == [("Before", ""), ("first", ""), ("", "one"), ("second", ""), ("", "two")]


def test_a_section_holds_its_subsections_and_ends_behind_the_last_of_them():
    text = "## One {: #one }\n\nfirst\n\n### In {: #in }\n\ninner\n\n#### Deep\n\ndeep\n\n## Two {: #two }"
    assert ENDS.findall(render(text).body) == ["in", "one", "two"]
    assert in_order(text)[:5] == [("first", ""), ("inner", ""), ("deep", ""), ("", "in"), ("", "one")]


def test_a_section_without_an_anchor_of_its_own_ends_in_its_own_script():
    assert ENDS.findall(render("## Größe").body) == ["größe"]


def test_a_text_without_sections_has_no_such_place():
    assert ENDS.findall(render("Just words.").body) == []


def test_the_place_is_no_tag_of_the_author_and_no_words_to_read():
    rendered = render("## One\n\nTwo words.")
    assert rendered.tags == ()
    assert rendered.length == render("## One\n\nTwo words.\n").length
    assert rendered.length.words == 3
    assert "<!--" not in rendered.body
