"""Markdown as authors write it becomes what they mean, without a style or a script of its own."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from course.markdown.lint_rules import lint
from course.markdown.renderer import reading_length, render


def body(text):
    page = render(text)
    assert [*page.problems, *lint(page.scan)] == []
    return page.body


def problems(text):
    page = render(text, first=9)
    return [*page.problems, *lint(page.scan)]


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_code_between_fences_is_coloured_by_classes(fence):
    html = body(f'Text:\n{fence}python title="a.py" hl_lines="1 3-4"\na = 1\nb\nc\nd\n{fence}\nMore.')
    assert '<p class="code-title">a.py</p>' in html
    assert html.count('class="hll"') == 3
    assert "<p>More.</p>" in html
    assert "style=" not in html


@pytest.mark.parametrize("lines", ["{1,3-4}", 'hl_lines="1 3-4"', '{hl_lines="1 3-4"}'])
def test_marked_lines_are_written_as_on_other_sites(lines):
    assert body(f"```py {lines}\na\nb\nc\nd\n```").count('class="hll"') == 3


@pytest.mark.parametrize("code", ["///\n/// Adds one.\n///", "/// details | x", "[[x]] **y** ![z](", "!!! nonsense"])
def test_what_means_something_in_text_means_nothing_in_code(code):
    indented = code.replace("\n", "\n   ")
    body(f"```text\n{code}\n```\n\n1. a\n\n   ~~~\n   {indented}\n   ~~~")


def test_code_in_a_list_or_a_quote_stays_there():
    html = body("1. One\n   ```sh\n   ls\n   ```\n2. Two\n\n> ```sh\n> ls\n> ```")
    assert re.search(r"<ol>\n<li>\n<p>One</p>\n<div class=\"code\".*?</div>\n</li>\n<li>\n<p>Two</p>", html, re.DOTALL)
    assert re.search(r"<blockquote>\n<div class=\"code\"", html)


@pytest.mark.parametrize(
    "code", ["`{}`", "```\n{}\n```", "    {}", "<pre><code>{}</code></pre>", "- a\n\n  ~~~\n  {}\n  ~~~"]
)
@pytest.mark.parametrize(
    "syntax", ["{{ .Values.x }}", "{% raw %}", "{# note #}", "{% now 'Y' %}", "{{ lesson.title }}"]
)
def test_template_syntax_in_code_is_no_tag(code, syntax):
    page = render(code.format(syntax))
    assert not page.tags
    assert syntax.replace("{", "&#123;").replace("}", "&#125;").replace("'", "&#x27;") in page.body.replace(
        "&#39;", "&#x27;"
    ).replace("'", "&#x27;")


def test_a_tag_in_text_is_one_with_its_line_though_there_is_code_above():
    page = render("```\n{{ a }}\n\n\n```\n\nText {% now 'Y' %}.", first=9)
    assert [(tag.text, tag.line) for tag in page.tags] == [("{% now 'Y' %}", 15)]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("~~old~~ ==new==", "<del>old</del> <mark>new</mark>"),
        ("See https://example.org/a_b.", '<a href="https://example.org/a_b">https://example.org/a_b</a>'),
        ('<div markdown="1">\n**b**\n</div>', "<div>\n<p><strong>b</strong></p>\n</div>"),
        ("- [ ] a", '<input type="checkbox" disabled aria-label="To do" lang="en"> a'),
        ("- [x] a", '<input type="checkbox" disabled checked aria-label="Done" lang="en"> a'),
        ("Costs $5 or $6, $HOME/$USER, US$5 (or 6$)", "<p>Costs $5 or $6, $HOME/$USER, US$5 (or 6$)</p>"),
        ("| a |\n| -: |\n| 1 |", '<th class="align-right" data-label="a" scope="row">1</th>'),
        ("3. c\n4. d", '<ol start="3">'),
        ("a\\\nb", "a<br />\nb"),
        (r"\$5 and $a_1$", "<p>$5 and <math"),
        ("x==1 and y==2, a[ ] and 2 ~~ 3", "<p>x==1 and y==2, a[ ] and 2 ~~ 3</p>"),
        ("- a\n---\n- b", "<hr />"),
        ("#hashtag", "<p>#hashtag</p>"),
    ],
)
def test_what_authors_know_from_elsewhere_is_understood(text, html):
    assert html in body(text)


@pytest.mark.parametrize("text", ["$a_1$", "$$\na_1\n$$", "Let $a_1$, then", "```math\na_1\n```"])
def test_a_formula_is_drawn_as_mathml(text):
    assert "<msub><mi>a</mi><mn>1</mn></msub>" in body(text)


def test_what_looks_like_a_tag_in_a_formula_is_drawn_as_it_is_written():
    assert unescape(strip_tags(body("Where $a <b / 2$."))).endswith("Where a<b/2.")


@pytest.mark.parametrize(
    "text",
    [
        "!!! warning\n    Text.",
        "!!! warning\n  Text.",
        "> [!WARNING]\n> Text.",
        "/// warning | Warning\nText.\n///",
        "Sentence.\n!!! warning\n    Text.",
    ],
)
def test_a_call_out_of_each_dialect_is_one_of_the_course(text):
    assert '<div class="admonition warning">\n<p class="admonition-title">Warning</p>\n<p>Text.</p>\n</div>' in body(
        text
    )


@pytest.mark.parametrize(
    ("title", "anchor"),
    [
        ("Sagas in C#", "sagas-in-c-sharp"),
        ("C++ ##", "c-plus-plus"),
        ("Größe", "größe"),
        ("Привет, мир", "привет-мир"),
        ("编排与协同", "编排与协同"),
        ("???", "section"),
        ("Why `{{ x }}`", "why-x"),
        ("Why {#because}", "because"),
    ],
)
def test_a_heading_has_an_anchor_that_can_be_read(title, anchor):
    (section,) = render(f"## {title}").sections
    assert section.anchor == anchor


def test_a_heading_keeps_its_last_sign_and_loses_closing_ones():
    assert [each.title for each in render("## Sagas in C#\n\n## Closed ##").sections] == ["Sagas in C#", "Closed"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("One\n\n```mermaid\ngraph TD\n```", 11, "Mermaid is not drawn here; write {% saga_diagram %}"),
        ("One\n\n```python\ncode", 11, "opens code that is not closed"),
        ('```python linenums="1"\nx\n```', 9, 'write ```python title="app.py" hl_lines="1 3-5"'),
        ("One\n\n$\\nonsense{a}$", 11, "cannot be drawn: \\nonsense is unknown"),
        ("$\\frac{a$", 9, "its braces are not in pairs"),
        ("One\n\n```math\n\\frac{a\n```", 11, "cannot be drawn: its braces are not in pairs"),
        ("$a_1_2$", 9, "cannot be drawn: DoubleSubscripts"),
        (
            "One\n\n![A](https://example.org/a.png)",
            11,
            "is of another site, which the site's policy blocks; save it in",
        ),
        ("![A](//example.org/a.png)", 9, "is of another site"),
        ('<img src="/static/icon.svg" alt="a" srcset="b.png 2x">', 9, "has srcset, which is not read here"),
        ('<video src="/static/a.mp4"></video>', 9, "<video> is blocked by the site's policy; write a link to it"),
        ('<iframe src="https://example.org"></iframe>', 9, "<iframe> is blocked by the site's policy; write a link"),
        ('One\n\n<p style="color: red">x</p>', 11, "<p> has a style of its own, which the site's policy blocks"),
        ('<p onclick="x()">x</p>', 9, "<p> has onclick, a script"),
        ("<script>x()</script>", 9, "<script> is blocked by the site's policy; leave it out"),
        ("!!! nonsense\n    Text.\n\nEnd.", 9, "'nonsense' is an unknown kind of call-out; use real-world"),
        ("<details>\n<summary>A</summary>\n\n- b\n</details>", 10, "- b is shown as it is written"),
        ("<div>\n**x**\n</div>", 9, '**x** is shown as it is written; write markdown="1" into the HTML tag around it'),
    ],
)
def test_what_cannot_be_shown_is_reported_with_its_line_and_what_to_write(text, line, says):
    ((at, message),) = problems(text)
    assert says in message
    assert at == line


def test_a_fault_below_code_has_its_own_line():
    assert problems("```\na\nb\n```\n\n- [[nonsense]]")[0][0] == 14


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("编" * 3000, 12), ("ひらがな" * 892, 10), ("word " * 2380, 10), ("编" * 255 + " word" * 238, 2), ("", 1)],
)
def test_reading_time_counts_characters_where_words_have_no_spaces(text, minutes):
    assert reading_length(f"<p>{text}</p>").minutes == minutes
