"""What is wrong in a bank is reported with the line of its file, and what it refers to must exist."""

import pytest
from django.core.checks import Error
from django.core.management import call_command

from course.lint.checks import lessons_can_be_shown
from quiz.bank.checks import banks_are_sound, banks_lead_somewhere
from quiz.bank.loader import bank_of

BANK = """\
title: Outbox
objectives:
  1: Know it
questions:
  - id: first
    version: 1
    objective: 1
    kind: single
    asks: why
    prompt: Why would a service keep an outbox?
    paragraph: why
    settings: {style: choreography}
    options:
      - id: a
        text: To lose no message.
        right: true
        why: It is sent for certain, since it is committed with the work.
      - id: b
        text: To save some disk space.
        right: false
        why: It takes more of it, for each message is kept until it is sent.
      - id: c
        text: To be much faster.
        right: false
        why: It is a little slower, for each message is written down first.
"""
WHY = "why: It takes more of it, for each message is kept until it is sent."


@pytest.fixture
def bank(settings, tmp_path):
    settings.LESSONS_DIR = tmp_path

    def write(text=BANK, name="outbox"):
        file = tmp_path / "basics" / name / "check.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return write


@pytest.fixture
def outbox(settings, tmp_path):
    """A lesson for the bank, in the real course."""
    settings.ROOT_URLCONF = "config.urls"
    (tmp_path / "basics" / "outbox").mkdir(parents=True)
    (tmp_path / "glossary.yaml").write_text("outbox: A table.\n")
    (tmp_path / "basics" / "module.yaml").write_text("title: Basics\norder: 1\n")
    front = "title: T\nsummary: S\nweight: low\norder: 1\nsandbox_minutes: 0\ncheck_minutes: 0\n"
    (tmp_path / "basics" / "outbox" / "lesson.md").write_text(f"---\n{front}---\n## Why\n")


def serious_messages(check):
    return [(message.id, str(message.obj), message.msg) for message in check() if isinstance(message, Error)]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        (
            "title: Outbox",
            "titel: Outbox",
            1,
            "titel is no field here; did you mean 'title'?",
        ),
        ("    kind: single", "    kind: essay", 8, "question 'first': kind is 'essay'; use one of single"),
        ("    version: 1", "    version: one", 6, "question 'first': version is 'one'; use a whole number"),
        ("    prompt: Why", "    colour: blue\n    prompt: Why", 10, "question 'first': colour is no field here"),
        (
            WHY,
            "why: ' '",
            21,
            "question 'first': options[2].why is empty",
        ),
        ("        right: false\n", "", 18, "question 'first': options[2].right is missing"),
        ("  - id: first\n", "  - title: first\n", 5, "question number 1: id is missing"),
        ("Know it", "Know it\n  2: Use it", 4, "objectives[2] has no question"),
        ("    version: 1", "    version: 1\n    id: first", 7, "question 'first': id is given twice"),
        (
            "{style: choreography}",
            "?style=choreography",
            12,
            "question 'first': settings is '?style=choreo",
        ),
        ("title: Outbox", "title: [", 3, "did not find expected"),
        ("Know it", "Know it\n  two: Use it", 4, "objectives.two has the name 'two'; use a whole number"),
        ("Know it", "Know it\n  2: [Use it]", 4, "objectives[2] is a list; use text"),
        ("Know it", "Know it\n  2: ' '", 4, "objectives[2] is empty"),
        ("Know it", "Know it\n  1: Use it", 4, "objectives[1] is given twice"),
        ("\n  1: Know it", " {}", 2, "objectives is empty"),
        (
            "title: Outbox",
            "title: Öutbox\nown_runs: \x07",
            2,
            "holds the control character",
        ),
        ("version: 1", "version: 2026-13-01", 6, "'2026-13-01' is not a possible value"),
        ("title: Outbox", "title: &all [*all]", 1, "found unconstructable recursive"),
    ],
)
def test_a_fault_in_a_bank_is_reported_with_its_line(bank, old, new, line, says):
    file = bank(BANK.replace(old, new))
    name, location, _ = next(fault for fault in serious_messages(banks_are_sound) if fault[2].startswith(says))
    assert (name, location) == ("quiz.E001", f"{file}:{line}")


def test_a_bank_that_is_not_written_in_utf_8_is_reported_with_its_line(bank):
    file = bank()
    file.write_bytes(BANK.replace("Know it", "Könn es").encode("latin-1"))
    expected = [("quiz.E001", f"{file}:3", "is not written in UTF-8")]
    assert serious_messages(banks_are_sound) == expected


def test_a_bank_without_questions_is_reported_with_its_line(bank):
    file = bank("title: Outbox\nobjectives: {1: Know it}\nquestions: []\n")
    assert serious_messages(banks_are_sound) == [("quiz.E001", f"{file}:3", "questions is empty")]


def test_a_field_of_a_question_is_pointed_at_and_what_is_around_one_that_is_missing(bank):
    bank()
    found = bank_of("outbox")
    assert found.location("first", "prompt").line == 10
    assert found.location("first", "options[2].why").line == 21
    assert found.location("first", "trace").line == 5
    assert found.location("nobody", "prompt").line == 1
    assert found.location("", "questions").line == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("paragraph: why", "paragraph: how", 11, ("quiz.E004", "question 'first': paragraph 'how' is no anchor")),
        (": choreography", ": ballet", 12, ("quiz.E005", "question 'first': settings are refused by the setup page: ")),
        ("", "", 0, None),
    ],
)
def test_what_a_question_points_at_must_be_there(bank, outbox, old, new, line, says):
    file = bank(BANK.replace(old, new))
    found = serious_messages(banks_lead_somewhere)
    assert bool(found) is bool(says)
    for name, location, words in found:
        assert (name, location) == (says[0], f"{file}:{line}")
        assert words.startswith(says[1])


@pytest.mark.django_db
@pytest.mark.parametrize(("section", "is_there"), [("why", True), ("wy", False), ("p-0815", False)])
def test_a_question_at_the_end_of_a_section_names_one_of_the_lesson(bank, outbox, section, is_there):
    rest = BANK.split("questions:\n")[1]
    others = "".join(rest.replace("id: first", f"id: {name}") for name in ("second", "third"))
    file = bank(BANK.replace("paragraph: why", f"paragraph: why\n    self_check: {section}") + others)
    found = [each for each in serious_messages(banks_lead_somewhere) if each[0] == "quiz.E006"]
    says = f"question 'first': self_check {section!r} is no section of the lesson"
    assert [(at, words.split("; ")[0]) for _, at, words in found] == ([] if is_there else [(f"{file}:12", says)])


@pytest.mark.django_db
def test_a_bank_belongs_to_a_lesson(bank, outbox):
    file = bank(name="nonsense")
    says = ("course.E001", f"{file.with_name('lesson.md')}:1", "is missing; a lesson's folder holds the lesson")
    assert serious_messages(lessons_can_be_shown) == [says]
    assert serious_messages(banks_lead_somewhere) == []


@pytest.mark.django_db
def test_a_bank_that_is_not_sound_is_not_followed_any_further_and_the_others_are(bank, outbox):
    bank(BANK.replace("kind: single", "kind: essay").replace("paragraph: why", "paragraph: how"), "broken")
    lesson = bank().with_name("lesson.md")
    (lesson.parent.parent / "broken" / "lesson.md").write_bytes(lesson.read_bytes())
    assert serious_messages(banks_lead_somewhere) == []
    assert [message.msg for message in banks_lead_somewhere()] == ["1 question"]


def test_a_broken_bank_stops_no_start(bank):
    bank(BANK.replace("kind: single", "kind: essay"))
    assert [message.is_serious() for message in banks_are_sound()] == [False]


@pytest.mark.django_db
def test_checkcourse_prints_a_remark_as_a_warning_and_ends_well(bank, outbox, capsys):
    lesson = bank().with_name("lesson.md")
    lesson.write_text(lesson.read_text() + "\n## Check\n\n{% knowledge_check lesson.slug %}\n")
    file = bank(BANK.replace("Why would a service", "Which service would not"))
    call_command("checkcourse")
    said = capsys.readouterr().out
    assert f"{file}:10: warning: question 'first': prompt turns on 'not'; ask for what does hold" in said
    assert "all right" in said


@pytest.mark.django_db
def test_checkcourse_says_that_a_broken_bank_is_wrong(bank, outbox, capsys):
    file = bank(BANK.replace("kind: single", "kind: essay"))
    with pytest.raises(SystemExit):
        call_command("checkcourse")
    assert f"{file}:8: question 'first': kind is 'essay'" in capsys.readouterr().out
