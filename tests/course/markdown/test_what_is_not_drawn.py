"""Markdown that readers would see as it is written, or not at all, is a mistake with its line."""

import pytest

from content.inline_markdown import inline
from course.markdown.lint_rules import lint
from course.markdown.renderer import render


def mistakes(text):
    rendered = render(text)
    return sorted({*rendered.problems, *lint(rendered.scan)})


TABLE = "below its first row write a dash for each column: | --- | --- |"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("Text:\n\n| a | b |\n| -- | x |\n| 1 | 2 |", 3, TABLE),
        ("| a | b |\n| --- |\n| 1 | 2 |", 1, TABLE),
        ("Text:\n\na | b\n--- | --- | ---\n1 | 2", 3, TABLE),
        ("- item\n\n  | a | b |\n  | c | d |", 3, TABLE),
        ("> | a | b |\n> | c | d |", 1, TABLE),
        ("| a | b |\n| - | - |\n| 1 | 2 |\n| 1 | 2 | [[3 |", 4, "this row has 3 cells, and the table has 2 columns"),
        ("- item\n\n  | a | b |\n  | - | - |\n  | 1 | 2 | 3 |", 5, "write \\| for a | within a cell"),
        ("Text\n\n!!! note\nnot indented", 3, "this call-out has no text; write it below, indented by four spaces"),
        ('!!! note "Title"\n\nText', 1, "this call-out has no text"),
        ("??? note\nnot indented", 1, "this call-out has no text"),
        ("Text\n\n/// note\n\n///", 3, "this call-out has no text"),
        ("It costs $$x + 1\n\nand more", 1, "$$ opens or closes no formula"),
        ("Text\n\n$$\nx + 1\n\nend", 3, "write $$ at both ends, with no empty line between them"),
        (r"Now \(x + 1\) is", 1, "formula 'x + 1' is not drawn; write $x + 1$"),
        ("Now\n\\[\nx = 1\n\\]", 2, "formula 'x = 1' is not drawn; write $$x = 1$$"),
        (r"\[x\]", 1, "formula 'x' is not drawn; write $$x$$"),
        ("Text\n\nWell done :smile:", 3, ":smile: is shown as it is written; write the sign itself"),
    ],
)
def test_what_would_be_shown_as_it_is_written_or_dropped_is_a_mistake_with_its_line(text, line, says):
    first = mistakes(text)[0]
    assert first[0] == line
    assert says in first[1]


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n| :-- | --: |\n| 1 | 2 |\n| `x|y` | x \\| y |\n| 1 |",
        "| a |\n| - |\n| 1 |",
        "    | a | b |\n    | c | d |\n\nText",
        "```text\n| a | b |\n| c | d |\n!!! note\n:smile: \\(x\\)\n```",
        "`| a | b |` and `:smile:` and `\\(x\\)` and `$$`",
        '!!! note "Title"\n    Text\n\n!!! tip\n\n    Text\n\n??? note\n  Text',
        "/// note | Title\n\nText\n\n///",
        r"An \[aside\], \[1\], \\(x) and a price of \$5",
        "From 10:30:20 on, a::b::c, key:value: text, and https://example.com/a:b:c/ too",
        "$$\nx + 1\n$$\n\nand $$y$$",
        "```json\n" + "[" * 3000 + "\n```\n\nText (one) [1] " + "a) " * 200,
    ],
)
def test_what_is_drawn_or_is_code_is_no_mistake(text):
    assert mistakes(text) == []


@pytest.mark.parametrize("shown", [inline, lambda text: render(text).body])
def test_raised_and_lowered_letters_are_drawn(shown):
    html = shown("H~2~O, x^2^, ~~gone~~, 2^10 and a^b, ~/x and ~y")
    assert "H<sub>2</sub>O, x<sup>2</sup>, <del>gone</del>, 2^10 and a^b, ~/x and ~y" in html
