"""`manage.py checkcourse`: what is wrong anywhere on the site, reported with file and line."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from config.settings import LESSONS_DIR
from course.ask import meaning
from course.lint.checks import lessons_lead_somewhere
from quiz.bank.checks import banks_lead_somewhere

pytestmark = pytest.mark.django_db
FIRST_LINE = 9
SETUP_PAGE = "{% url 'sandbox:setup' %}"
PATH = Path(__file__).parents[3]


def run():
    """How the command ends, and what it prints."""
    out = io.StringIO()
    try:
        call_command("checkcourse", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


VIOLATIONS = [
    ("[up](#whi)", 0, "link #whi: /lessons/outbox/ has no anchor #whi; did you mean 'why'?"),
    (
        "One\n[there](/lessons/inbox/#nowhere)",
        1,
        "link /lessons/inbox/#nowhere: /lessons/inbox/ has no anchor",
    ),
    ("One\n[there](/lessons/nonsense/)", 1, "link /lessons/nonsense/: the site answers 404. The course has no lesson"),
    ("One\n[there](../nonsense/)", 1, "link ../nonsense/: the site answers 404."),
    (
        f"One\n[run]({SETUP_PAGE}?fail=nonsense)",
        1,
        "link /sandbox/?fail=nonsense: the site answers 400. This run cannot",
    ),
    (f'<p>One</p>\n<p><a href="{SETUP_PAGE}?saga=x">run</a></p>', 1, "link /sandbox/?saga=x: the site answers 400."),
    ("One\n[file](/static/nonsense.svg)", 1, "link /static/nonsense.svg: there is no such file in a static folder"),
    ("One\n![A file](/static/nonsense.svg)", 1, "link /static/nonsense.svg: there is no such file in a static folder"),
    ("[a](https://nowhere) b", 0, "link https://nowhere: is no address of another site"),
    ("[a](javascript:alert)", 0, "link javascript:alert: leads out of the site; use http, https or mailto"),
    ("[a](//example.org/)", 0, "link //example.org/: leads out of the site"),
    ("[a](mailto:nobody)", 0, "link mailto:nobody: is no address of a mailbox"),
    ("One\n{% url 'nonsense' %}", 1, "{% url 'nonsense' %}: Reverse for 'nonsense' not found."),
    ('One\n\n{% saga_diagram "ordr" "choreography" %}', 2, '{% saga_diagram "ordr" "choreography" %}: '),
    ('/// try-it | One\n\n{% saga_diagram "order" "ballet" %}\n\n///', 2, '{% saga_diagram "order" "ballet" %}: '),
    ('## B\n\n{{ "<svg></svg>"|safe }}', 2, "svg has no name"),
    ('## B\n\n{{ "<figure></figure>"|safe }}', 2, "figure has no caption"),
    ("## B {: #main }", 0, "anchor #main is one of the page around the lesson"),
    ('## B\n\n{{ "<i id=why></i>"|safe }}', 2, "anchor #why is taken by line 9"),
]


@pytest.mark.parametrize(("text", "below", "says"), VIOLATIONS)
def test_what_leads_nowhere_is_reported_with_its_file_and_line(folder, text, below, says):
    folder.lesson("inbox", order=2)
    file = folder.lesson(text=f"## Why\n\n{text}\n\n[[idempotent]]")
    status, lines = run()
    assert status == 1
    (line,) = [line for line in lines if ": note: " not in line][:-1]
    assert line.startswith(f"{file}:{FIRST_LINE + 2 + below}: {says}")


def test_links_that_lead_somewhere_are_counted_and_nothing_else_is_said(folder):
    folder.lesson("inbox", order=2)
    here = folder.lesson(
        text=f"## Why\n\n[a](#why) [b](/lessons/inbox/#why) [c](../inbox/) [d](https://example.org/x)\n"
        f"[e](mailto:a@b) [run]({SETUP_PAGE}?saga=order) [f](/static/icon.svg) <{'https://example.org'}> "
        "[[idempotent]]\n\n"
        '{% saga_diagram "order" "choreography" %}'
    )
    status, lines = run()
    assert status == 0
    note = "note: the lesson has no knowledge check"
    assert lines[:-1] == [f"{folder.root}/basics/inbox/lesson.md:1: {note}", f"{here}:1: {note}"]
    assert lines[-1].startswith("2 lessons, ")
    assert lines[-1].endswith(" 1 term, 0 questions, 0 experiments: all right")


@pytest.mark.parametrize("anchor", ["größe", "gr%C3%B6%C3%9Fe", "привет-мир", "编排"])
def test_a_link_to_an_anchor_of_any_script_leads_there_however_it_is_written(folder, anchor):
    folder.lesson(text=f"## Größe\n\n## Привет, мир\n\n## 编排\n\n[[idempotent]] [there](#{anchor})\n")
    status, (*_, last) = run()
    assert (status, last) == (0, "1 lesson, 5 links, 1 term, 0 questions, 0 experiments: all right")


def test_a_term_that_no_lesson_links_to_is_a_warning_and_no_fault(folder):
    folder.lesson()
    status, (_, warning, _) = run()
    assert status == 0
    assert warning == f"{folder.root}/glossary.yaml:1: warning: no lesson defines or links to [[idempotent]]"


def test_code_in_an_unknown_language_is_a_warning_with_its_line_and_no_fault(folder):
    file = folder.lesson(text="## Why\n\n[[idempotent]]\n\n```pyhton\nx = 1\n```\n\n```text\nx\n```\n")
    status, lines = run()
    assert status == 0
    warnings = [line for line in lines if "warning" in line]
    says = "warning: 'pyhton' is no known language, so its code has no colours; did you mean 'python'?"
    assert warnings == [f"{file}:13: {says}"]


def test_two_lessons_of_one_order_are_a_warning_and_no_fault(folder):
    folder.lesson("inbox")
    second = folder.lesson(text="[[idempotent]]")
    status, lines = run()
    assert status == 0
    assert f"{second}:1: warning: has the order 1, as inbox has; give each lesson of a module its own" in lines


def test_a_lesson_that_cannot_be_shown_is_reported_once_and_no_page_is_asked_for(folder):
    file = folder.lesson(without="title", text="[a](#nowhere)")
    status, lines = run()
    assert (status, lines) == (1, [f"{file}:1: title is missing", "1 thing is wrong."])


def test_asking_every_page_is_no_part_of_an_ordinary_check(folder):
    folder.lesson(text="[a](#nowhere)")
    call_command("check")
    assert [message.id for message in lessons_lead_somewhere() if message.is_serious()] == ["course.E005"]


def test_what_ships_is_all_right(settings):
    settings.LESSONS_DIR = LESSONS_DIR
    status, lines = run()
    assert status == 0, "\n".join(lines)
    assert lines[-1].endswith(": all right")
    assert any(message.msg.endswith(" questions") for message in banks_lead_somewhere())


def manage(var, *arguments):
    env = {"VAR_DIR": str(var), "PATH": ""}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=PATH, env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.proof
@pytest.mark.parametrize(
    "first", [(), ("migrate", "quiz", "0001", "--skip-checks")], ids=["fresh", "of an older version"]
)
def test_it_works_before_the_copy_was_ever_started(tmp_path, first):
    if first:
        before = manage(tmp_path, *first)
        assert before.returncode == 0, before.stderr
    result = manage(tmp_path, "checkcourse")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stderr == ""
    assert "warning" not in result.stdout


def test_a_lesson_that_fails_is_not_reported_as_missing(settings, monkeypatch):
    settings.LESSONS_DIR = LESSONS_DIR

    def fail(*_, **__):
        raise RuntimeError("out of ink")

    monkeypatch.setattr("quiz.templatetags.quiz_tags.progress", fail)
    status, lines = run()
    assert status == 1
    assert any("out of ink" in line for line in lines)
    assert not any("no lesson" in line or "no knowledge check" in line for line in lines)


@pytest.mark.parametrize("is_built", [False, True])
def test_authors_are_told_when_questions_are_answered_by_words_alone(folder, tmp_path, settings, monkeypatch, is_built):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(meaning, "AT_ONCE", 0)
    folder.lesson(text="## Why\n\nA relay sends the messages.\n")
    if is_built:
        call_command("buildask", stdout=io.StringIO())
    code, lines = run()
    assert code == 0
    assert ("questions answered by words alone" in lines[-1]) is not is_built
    assert ("have no vector yet; run `manage.py buildask`" in lines[-1]) is not is_built
