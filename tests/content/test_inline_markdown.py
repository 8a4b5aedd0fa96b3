"""Prompts, options and reasons may hold code, emphasis and formulas; and nothing that a label cannot."""

import re

import pytest
from django.utils.html import strip_tags

from content.inline_markdown import inline, is_plain, plain
from quiz.bank.loader import bank_files, bank_of

STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "`acks=0` *a* **b** ~~c~~ ==d==",
            "<code>acks=0</code> <em>a</em> <strong>b</strong> <del>c</del> <mark>d</mark>",
        ),
        ("`{{ x }}` & <b>x</b>", "<code>{{ x }}</code> &amp; &lt;b&gt;x&lt;/b&gt;"),
        ("order_id of __x", "order_id of __x"),
        ("One.\n\nTwo.", "One.<br><br>Two."),
        ("- a\n- b", "- a\n- b"),
        ("# a", "# a"),
        ("[x](javascript:alert(1))", "<span>x</span>"),
        ("[x](/glossary/)", '<a href="/glossary/">x</a>'),
        ("![x](https://example.org/x.png)", "![x](https"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
    ],
)
def test_a_short_text_shows_what_has_a_place_in_it(text, html):
    assert inline(text).startswith(html)


def test_a_block_of_code_keeps_its_lines_between_the_sentences():
    html = inline("What is it?\n\n```python\nif x:\n    y()\n```\n\nAnd why?")
    assert strip_tags(html) == "What is it?if x:\n    y()And why?"
    assert '<code class="code-lines"><span class="k">if</span>' in html
    assert "style=" not in html


def test_a_formula_is_drawn():
    assert "<msub>" in inline("Is $a_1$ more than $5?")


def test_the_questions_that_ship_say_what_they_said():
    questions = [question for lesson in bank_files() for question in bank_of(lesson).questions]
    options = [option for question in questions for option in question.options]
    texts = [*(each.prompt for each in questions), *(text for each in options for text in (each.text, each.why))]
    assert len(texts) > 100
    for text in texts:
        words = strip_tags(inline(text)).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
        assert re.sub(r"\s+", " ", words.translate(STRAIGHT)) == re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("`a<b` *c* **d** ~~e~~ ==f== [g](/glossary/)", "a<b c d e f g"),
        ("<b>x</b> & 5 < 6, `{{ x }}`", "<b>x</b> & 5 < 6, {{ x }}"),
        ("One.\n\nTwo.", "One.\n\nTwo."),
        (r"Is $\frac{1}{2}$ \*more\* than $5?", r"Is $\frac{1}{2}$ *more* than $5?"),
        ("What?\n\n```python\nif x:\n    y()\n```\n\nWhy?", "What?\nif x:\n    y()\nWhy?"),
    ],
)
def test_a_short_text_has_plain_words(text, words):
    assert plain(text) == words


@pytest.mark.parametrize("text", ["a", "5 < 6 & <b>", "One.\n\nTwo.", "order_id", "2 * 3 * 4", "- a\n- b"])
def test_a_text_without_markup_is_plain(text):
    assert is_plain(text)


@pytest.mark.parametrize("text", ["`a`", "*a*", "[a](/b/)", "==a==", "$x$", r"\*a", "```\na\n```"])
def test_a_text_with_markup_is_not_plain(text):
    assert not is_plain(text)


def test_quotes_are_set_as_in_lessons_but_not_in_code():
    html = inline("The shop's \"hold\", 'released' -- `it's \"x\"`...")
    assert html == 'The shop\u2019s \u201chold\u201d, \u2018released\u2019 -- <code>it\'s "x"</code>...'
