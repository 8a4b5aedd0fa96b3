"""Errors that stop the start-up, reported with file and line."""

import pytest

from course.lint.checks import lessons_can_be_shown

FIRST_LINE = 9  # the line below the front matter of a lesson in `folder`

VALID = """
## Why {: #why }

See [below](#how), [^note] and [[idempotent]]; `[[code]]`, `[^code]` and `{: .code }` are left alone.
So are ``[[ ]] ]( ][ {: ///`` and ``` `` ```, [words][place], [more][] and [^note][^note].

[place]: /lessons/
[more]: /lessons/

<dfn>first</dfn>, <br> and <img src="/static/icon.svg" alt="" role="presentation">

![Words](/static/icon.svg){: alt="" role="presentation" }

    /// nonsense
    [[code]] and # no heading

/// common-mistake | A title
**Inside** it stands [[twice|idempotent]].
///

### How

![What it shows](/static/icon.svg)

[^note]: A source.
"""
VIOLATIONS = [
    ("Text.\n\n" + "> " * 3000 + "deep", 2, "lists or quotes are in one another too deeply to be read"),
    ("Text.\n\n- one\n" + "- " * 3000 + "deep", 3, "lists or quotes are in one another too deeply to be read"),
    ("Text.\n\n" + "[" * 3000, 2, "more than 100 brackets of this paragraph are never closed"),
    ("Text.\n\n" + "[a](" * 1500, 2, "more than 100 brackets of this paragraph are never closed"),
    ("Text.\n\n# Big", 2, "heading 'Big' is of the title's level; use ## or deeper"),
    ("## Why\n\n#### Deep", 2, "heading 'Deep' skips a level; here it may have 3 # at most"),
    ("### Deep", 0, "heading 'Deep' skips a level; here it may have 2 # at most"),
    ("## One {: #a }\n\n## Two {: #a }", 2, "anchor #a is taken by line 9; give this one another: {: #name }"),
    ("## A {: #a }\n\nText.\n{: #a }", 3, "anchor #a is taken by line 9"),
    ('## A {: #a }\n\n<div>\n<p id="a">Text</p>\n</div>', 3, "anchor #a is taken by line 9"),
    ("Text and\n![](/static/icon.svg)", 1, "image /static/icon.svg has no alternative text"),
    ('<img src="/static/icon.svg">', 0, "image /static/icon.svg has no alternative text"),
    ("Text.\n\n<svg viewBox='0 0 1 1'><path d=''/></svg>", 2, "svg has no name"),
    ("<figure>\n<p>Text</p>\n</figure>", 0, "figure has no caption"),
    ("One\ntwo [](/lessons/)", 1, "link to /lessons/ has no words; say where it leads"),
    ("One\ntwo [words]()", 1, "link 'words' leads nowhere; its address is empty"),
    ("One\ntwo [[idempotant]].", 1, "[[idempotant]] is no term of the glossary; did you mean 'idempotent'?"),
    ("- One\n- [[shown|nonsense]]", 1, "[[nonsense]] is no term of the glossary"),
    ("| A |\n| --- |\n| [[shown|nonsense]] |", 2, "[[nonsense]] is no term of the glossary"),
    ("One\n[two [[idempotent]]](/lessons/)", 1, "link 'two idempotent' holds another link or a term"),
    ("<ul>\n<li>[[idempotent]]</li>\n</ul>", 1, "[[idempotent]] is no link here"),
    ("One\ntwo[^note].", 1, "footnote [^note] is not defined"),
    ("One[^a].\n\n[^a]: First.\n[^b]: Second.", 3, "footnote [^b] is defined, and nothing refers to it"),
    ("Text.\n\n/// real-wrld | Title\nText.\n///", 2, "/// real-wrld: unknown kind of call-out; use real-world,"),
    ("Text.\n\n/// try-it | Title\nText.\n", 2, "call-out 'try-it' is never closed"),
    ("//// try-it\n\n/// details\n\n////", 2, "call-out 'details' is never closed"),
    ("Text {: .wide } goes on.", 0, "{: .wide } belongs to nothing"),
    ('One\n\nTwo\n{% experiment "hard-debugging"', 3, "{% is half a template tag; write both ends in one line"),
    ("One\n\nTwo\nlesson.title }}", 3, "}} is half a template tag"),
    ("One\n\nTwo\n[[idempotent and", 3, "[[ is half a link to a term"),
    ("[[idempotent]]\n\nTwo\nidempotent]] and", 3, "]] is half a link to a term"),
    ("One\n\nTwo\n[words](/glossary/ and", 3, "]( is half a link"),
    ("One\n\nTwo\n[words][foo]", 3, "][ is half a link, its address is not given"),
    ("One\n\n```\ncode\n\nmore", 2, "opens code that is not closed"),
    ("One\n\nTwo\n{: third }", 3, "third gives no attribute; write {: #anchor .class name=value }"),
    ("One\n\n{: third }", 2, "{: third } belongs to nothing"),
    ("One\n\nTwo\n{: #anchor", 3, "{: is never closed"),
    ("One\n\n## Two {: #anchor", 2, "{: gives no attribute"),
    ("One\n\n///\n\nTwo", 2, "no call-out of as many slashes is open here"),
    ("One\n\n/// try-it | Title\n\nTwo\n\n///\n\n///", 8, "no call-out of as many slashes is open here"),
    ("One\n\n<dfn>Two", 2, "<dfn> is never closed; write </dfn> at its end"),
    ("One\n\n<div>\n<p>Two\n</div>\n\n<b>three", 6, "<b> is never closed"),
    ("One\n\nTwo and\n<dfn title='two'>Twos</dfn>", 3, "<dfn> has the title 'two', which is no term"),
    ("<dfn>Two</dfn> and\n<dfn>two</dfn>", 1, "<dfn> of 'two' stands in line 9 already; a lesson defines"),
    ("/// try-it | Title\n\nOne\n\n- two\n- [[nonsense]]\n\n///", 5, "[[nonsense]] is no term of the glossary"),
]


def check_errors():
    return [(error.id, str(error.obj), error.msg) for error in lessons_can_be_shown()]


def test_a_sound_course_passes(folder):
    folder.lesson(text=VALID)
    assert check_errors() == []


@pytest.mark.parametrize(("text", "below", "says"), VIOLATIONS)
def test_a_fault_in_a_text_is_reported_with_its_file_and_line(folder, text, below, says):
    file = folder.lesson(text=text)
    ((name, location, words),) = check_errors()
    assert (name, location) == ("course.E001", f"{file}:{FIRST_LINE + below}")
    assert words.startswith(says)


def test_all_faults_of_all_files_are_reported_at_once(folder):
    outbox = folder.lesson(text="[[one]]\n\n[[two]]")
    inbox = folder.lesson("inbox", without="title")
    assert [location for _, location, _ in check_errors()] == [f"{inbox}:1", f"{outbox}:9", f"{outbox}:11"]


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ("{% saga_digram %}", "Invalid block tag"),
        ("{% saga_diagram %}", "'saga_diagram' did not receive value(s) for the argument(s)"),
        ("{% if lesson %}", "Unclosed tag"),
        ("{{ lesson.title| }}", "Could not parse"),
        ("{% load nonsense %}", "'nonsense' is not a registered tag library"),
    ],
)
def test_every_wrong_template_tag_is_reported_with_its_line(folder, tag, says):
    file = folder.lesson(text=f"## Why\n\n/// try-it | Title\n\nA\n{tag}\n\n///\n\n{{% nonsense %}}")
    first, second = sorted(check_errors(), key=lambda each: int(each[1].rpartition(":")[2]))
    assert first[:2] == ("course.E002", f"{file}:14")
    assert says in first[2]
    assert second[:2] == ("course.E002", f"{file}:18")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("one: A.\ntwo:\n", 2, "term 'two' is empty"),
        ("one: A.\ntwo: ' '\n", 2, "term 'two' is empty"),
        ("one: A.\ntwo: [B]\n", 2, "term 'two' is a list; use text"),
        ("one: A.\n\none: B.\n", 3, "term 'one' is given twice"),
        ("dead message: A.\ndead-message: B.\n", 2, "term 'dead-message' shares the address #dead-message"),
        ("'§': A.\n", 1, "term '§' makes no address"),
        ("one: [", 1, "node content"),
        ("- one\n", 1, "the file is a list; use fields, each with its name and a colon"),
    ],
)
def test_a_fault_in_the_glossary_is_reported_with_its_line(folder, text, line, says):
    folder.lesson()
    file = folder.glossary(text)
    ((_, location, words),) = check_errors()
    assert location == f"{file}:{line}"
    assert says in words
