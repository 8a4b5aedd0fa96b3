"""A bank that is exported can be read back, whatever its texts hold."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from content.inline_markdown import plain
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_of
from quiz.bank.model import Bank, Kind, Option
from quiz.exchange.gift_writer import gift
from quiz.management.commands.exportgift import Command
from tests.quiz.attempt_rows import LESSON, ordering, single
from tests.quiz.exchange.moodle_gift import read

SITE = "https://example.org/lessons/one/"
LINE_ENDS = "".join(chr(code) for code in (0, 10, 11, 12, 13, 28, 29, 30, 133, 8232, 8233))
TEXTS = st.text(st.characters(exclude_characters=LINE_ENDS, exclude_categories=["Cs"]), min_size=1).map(str.strip)


@pytest.fixture(autouse=True)
def engine(settings):
    settings.QUIZ_TRACE = "sandbox.public.plan_traces.trace"


def exported(*questions):
    return read(gift(Bank("one", "A lesson", {1: "Know it"}, questions), SITE))


def multiple(*rights):
    options = tuple(Option(f"o{at}", f"Text {at}", "Why.", right) for at, right in enumerate(rights))
    return replace(single("many"), kind=Kind.MULTIPLE, options=options)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS.filter(bool))
@example("~ = # { } : \\ \\n \\\\: -> ::x:: // %50% [html] ####")
@example("%50%half")
@example("[html]<b>")
@example("//no comment")
@example("a\\")
def test_every_text_comes_back_as_it_was_written(text):
    asked = single("x")
    options = tuple(replace(option, text=text + option.id, why=text) for option in asked.options)
    (back,) = exported(replace(asked, prompt=text, options=options))
    assert back.prompt == text
    assert [answer[0] for answer in back.answers] == [text + one for one in "abc"]
    assert {answer[2] for answer in back.answers} == {text}
    assert [answer[1] for answer in back.answers] == [100, 0, 0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS.filter(bool))
@example("a -> b = c")
@example("[html] ")
def test_what_is_to_be_ordered_comes_back_as_it_was_written(text):
    asked = ordering("x")
    (back,) = exported(replace(asked, options=tuple(replace(one, text=text + one.id) for one in asked.options)))
    assert back.answers == [(str(at), plain(text + one)) for at, one in enumerate("abc", start=1)]


MARKED = "Set `acks=0`, *not* **1**; see [here](/glossary/)"


def written(question):
    return gift(Bank("one", "A lesson", {1: "Know it"}, (question,)), SITE)


def test_a_text_with_markup_says_that_it_is_markdown_and_its_neighbours_that_they_are_not():
    asked = replace(single("x"), prompt=MARKED)
    first, *others = asked.options
    text = written(replace(asked, options=(replace(first, why=MARKED), *others)))
    escaped = MARKED.replace("=", "\\=")
    assert f"::[markdown]{escaped}{{" in text
    assert f"[plain]{first.text}#[markdown]{escaped}\n" in text
    assert f"~[plain]{others[0].text}#[plain]{others[0].why}\n" in text


def test_a_text_without_markup_has_no_format_that_a_simple_reader_would_show():
    text = written(single("x"))
    assert "[markdown]" not in text
    assert text.count("[plain]") == 1


def test_an_order_has_no_place_for_markup_in_its_items_and_shows_it_in_its_reasons():
    asked = ordering("x")
    options = tuple(replace(one, text=f"`{one.id}`", why=MARKED) for one in asked.options)
    (back,) = exported(replace(asked, options=options))
    assert back.answers == [("1", "a"), ("2", "b"), ("3", "c")]
    assert back.feedback.count(": Set <code>acks=0</code>, <em>not</em> <strong>1</strong>") == 3


def test_an_order_shuffled_in_its_attempt_is_exported_in_the_right_one():
    asked = ordering("x")
    (back,) = exported(replace(asked, options=asked.options[::-1]))
    assert back.kind == "match"
    assert back.answers == [("1", "Step a"), ("2", "Step b"), ("3", "Step c")]


def test_a_text_of_several_lines_keeps_them():
    (back,) = exported(replace(single("x"), prompt="One:\n\n// two\nthree"))
    assert back.prompt == "One:\n\n// two\nthree"


@pytest.mark.parametrize("rights", [(True, False, False), (True, True, False), (True, True, True, False), (True,) * 4])
def test_the_right_options_share_all_points_and_each_wrong_one_takes_them_away(rights):
    (back,) = exported(multiple(*rights))
    points = [answer[1] for answer in back.answers]
    assert back.kind == "multiple"
    assert sum(one for one in points if one > 0) == pytest.approx(100, abs=0.001)
    assert [one > 0 for one in points] == list(rights)
    assert {one for one in points if one <= 0} <= {-100}


def test_a_question_is_named_by_its_id_and_leads_to_its_paragraph():
    (back,) = exported(single("why::so", 3))
    assert back.name == "why::so v3"
    assert back.category == "A lesson/1 Know it"
    assert f'<a href="{SITE}#choreography">' in back.feedback


def test_reasons_that_matching_has_no_place_for_stand_in_the_feedback_as_text():
    asked = ordering("x")
    (back,) = exported(replace(asked, options=tuple(replace(one, why="a < b & c") for one in asked.options)))
    assert back.feedback.count("a &lt; b &amp; c") == 3


def test_a_title_with_a_stroke_is_one_category():
    bank = Bank("one", "Pull / push", {1: "Know\n it"}, (single("x"),))
    assert read(gift(bank, SITE))[0].category == "Pull // push/1 Know it"


def test_the_command_prints_the_whole_bank_with_the_keys_of_the_engine():
    out = StringIO()
    call_command("exportgift", LESSON, site="https://example.org", stdout=out)
    back = {asked.name: asked for asked in read(out.getvalue())}
    bank = with_keys(bank_of(LESSON))
    assert len(back) == len(bank.questions)
    for asked in bank.questions:
        if asked.kind is Kind.SINGLE:
            answers = back[f"{asked.id} v{asked.version}"].answers
            assert [points == 100 for _, points, _ in answers] == [bool(option.right) for option in asked.options]
    assert f'"https://example.org/lessons/{LESSON}/#' in back[f"{asked.id} v{asked.version}"].feedback


def test_a_lesson_without_a_bank_is_refused_with_those_that_have_one():
    with pytest.raises(CommandError, match=f"'none-such' has no question bank. Those that have: .*{LESSON}"):
        call_command("exportgift", "none-such", stdout=StringIO())


def test_a_bank_that_breaks_a_rule_is_refused_with_its_place(raw, write_bank):
    raw["questions"][0]["prompt"] = ""
    write_bank(raw)
    with pytest.raises(CommandError, match=r"yaml.*prompt is empty"):
        call_command("exportgift", LESSON, stdout=StringIO())


def test_a_bank_can_be_taken_along_while_another_one_is_broken(raw, write_bank):
    write_bank(raw)
    raw["questions"][0]["prompt"] = ""
    write_bank(raw, "another")
    out = StringIO()
    call_command(Command(stdout=out), LESSON)
    assert not Command.requires_system_checks  # which would look at all banks
    assert len(read(out.getvalue())) == len(raw["questions"])


@pytest.mark.parametrize(("names", "says"), [(["x"], "1 question,"), (["x", "y"], "2 questions,")])
def test_the_first_line_counts_the_questions(names, says):
    questions = tuple(map(single, names))
    assert gift(Bank("one", "A lesson", {1: "Know it"}, questions), SITE).startswith(f"// A lesson: {says} {SITE}")
