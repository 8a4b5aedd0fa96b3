"""Lists, tables and what is nested in them may be laid out as CommonMark allows it."""

import pytest

from course.markdown.block_layout import laid_out


@pytest.mark.parametrize(
    ("written", "laid"),
    [
        ("Text:\n- a\n- b", "Text:\n\n- a\n- b"),
        ("- a\n  - b\n    - c\n- d", "- a\n    - b\n        - c\n- d"),
        ("1. a\n   - b", "1. a\n    - b"),
        ("- a\n    - b", "- a\n    - b"),
        ("In\n1986. a year", "In\n1986. a year"),
        ("Steps:\n1) a\n2) b", "Steps:\n\n1. a\n2. b"),
        ("- a\n1. b", "- a\n\n1. b"),
        ("- a\n\n  more\n\nend", "- a\n\n    more\n\nend"),
        ("- a\n\n      code\n        in", "- a\n\n        code\n          in"),
        ("- a\n\n        code\n          in", "- a\n\n        code\n          in"),
        ("- a\n  goes on\n{: #x }", "- a\n  goes on\n{: #x }"),
        ("- a\n## Title", "- a\n\n## Title"),
        ("Text\n| a | b |\n| - | - |", "Text\n\n| a | b |\n| - | - |"),
        ("> Text:\n> - a\n>   - b", "> Text:\n>\n> - a\n>     - b"),
        ("!!! note\n  Text:\n  - a", "!!! note\n    Text:\n\n    - a"),
        ("Term\n:   Text:\n    - a", "Term\n:   Text:\n\n    - a"),
        ("[^1]: Text:\n    - a", "[^1]: Text:\n\n    - a"),
        ("- a\n\n  one\n  two", "- a\n\n    one\n    two"),
        ("- a:\n  | b |\n  | - |\n  | c |\n- d", "- a:\n\n    | b |\n    | - |\n    | c |\n\n- d"),
        ("- a\n  !!! note\n      b\n- c", "- a\n\n    !!! note\n        b\n\n- c"),
        ("- a\n  > b\n  > c", "- a\n\n    > b\n    > c"),
        ("- a\n---\n- b", "- a\n\n---\n\n- b"),
        ("1. a\n\n   more\n2. b", "1. a\n\n    more\n\n2. b"),
        ("- a\n\n  more:\n  - b", "- a\n\n    more:\n\n    - b"),
        ("<pre>\nText:\n- a\n</pre>\nText:\n- a", "<pre>\nText:\n- a\n</pre>\nText:\n\n- a"),
        ("A `<pre>` and `<!--`\n- a", "A `<pre>` and `<!--`\n\n- a"),
        ("Text\n- - -\nText", "Text\n- - -\nText"),
        ("    code:\n    - a", "    code:\n    - a"),
        ("1. a\n   - b\n\n     - c\n   - d\n2. e", "1. a\n    - b\n\n        - c\n\n    - d\n\n2. e"),
    ],
)
def test_blocks_get_the_empty_lines_and_the_indentation_that_they_need(written, laid):
    assert "\n".join(laid_out(written.split("\n"))) == laid


def test_what_is_laid_out_already_stays_as_it_is():
    text = "- a\n\n    more\n\n    - b\n\n        code\n\n1. c\n\n2. d\n\n| a |\n| - |\n| b |\n\n> q\n>\n> - a"
    assert "\n".join(laid_out(text.split("\n"))) == text
