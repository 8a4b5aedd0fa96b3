"""A file in GIFT becomes a bank that can be asked, and everything without a place is named."""

from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from quiz.bank.loader import read_complete, sound_bank
from quiz.exchange.gift_import import import_questions
from quiz.exchange.gift_reader import read_gift
from tests.quiz.check_taker import LESSON

EVERY_KIND = Path(__file__).with_name("every_kind.gift")


@pytest.fixture
def lesson(write_bank, settings):
    """The folder of a lesson that has no bank yet."""
    file = write_bank({})
    file.unlink()
    return file.parent


def run(*args):
    out, err = StringIO(), StringIO()
    call_command("importgift", *map(str, args), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def imported(tmp_path):
    def imported(text):
        file = tmp_path / "questions.gift"
        file.write_text(text, encoding="utf-8")
        return import_questions(read_gift(file))

    return imported


def by_id(text):
    return {question["id"]: question for question in yaml.safe_load(text)["questions"]}


def test_every_kind_with_a_place_becomes_a_question():
    text, said = run(EVERY_KIND)
    kinds = {name: question["kind"] for name, question in by_id(text).items()}
    assert kinds == {
        "stored": "true-false",
        "Single": "single",
        "Several": "multiple",
        "Missing-word": "text",
        "Missing-word-of-a-choice": "single",
        "Short": "text",
        "Range": "number",
        "Tolerance": "number",
        "Weighted": "number",
        "In-order": "ordering",
        "question-11": "single",
    }
    assert said.endswith("11 of 14 questions have a place here.\n")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (7, "in the question “True or false”, the tags have no place: chapter one"),
        (11, "in the question “Single”, parts of a point have no place, so these are wrong here: “acks=1” (50 %)"),
        (11, "in the question “Single”, the general feedback is put with the reason of the right answer"),
        (18, "in the question “Several”, parts of a point have no place: all right answers and no other"),
        (28, "in the question “Missing word”, parts of a point have no place, so these are wrong here: “rollback”"),
        (32, "in the question “Short”, <img> has no place and is left out"),
        (32, "in the question “Short”, “Outbox.” is left out: it is read as “outbox” is"),
        (32, "in the question “Short”, “out*” stands for more than one text, and has no place; write each text"),
        (39, "in the question “Weighted”, the feedback on all other numbers has no place: “Count again.”"),
        (45, "the question “Pairs” is left out: matching has no kind here; ask one question for each pair"),
        (56, "the question “Essay” is left out: an essay is marked by somebody who reads it"),
        (58, "the question “Text” is left out: it has no answers in braces, so it is a description"),
    ],
)
def test_nothing_is_dropped_in_silence(line, says):
    _, said = run(EVERY_KIND)
    assert any(each.startswith(f"{EVERY_KIND}:{line}: ") or f"every_kind.gift:{line}: " in each for each in
               said.splitlines() if says in each), said  # fmt: skip


def test_what_is_imported_is_a_bank_that_can_be_asked(lesson):
    text, _ = run(EVERY_KIND)
    bank = sound_bank(lesson / "check.yaml", text)
    assert bank.objectives == {3: "Know delivery", 4: "Sagas"}
    assert bank.title == "Messaging"
    keys = {question.id: question.key for question in bank.questions}
    assert keys["In-order"] == ("a", "b", "c")
    assert keys["stored"] == ("false",)
    assert keys["Several"] == ("a", "b")


def test_texts_keep_their_meaning():
    questions = by_id(run(EVERY_KIND)[0])
    assert questions["Short"]["prompt"] == "Name the pattern that stores **messages** & work ."
    assert [option["text"] for option in questions["Short"]["options"]] == ["outbox", "2*2", "table"]
    assert questions["Single"]["prompt"] == "Which setting waits for *every* replica?"
    assert questions["Single"]["options"][2]["why"].endswith("in sync. Think of the trade-off: latency.")
    assert questions["Tolerance"]["options"] == [
        {"id": "a", "number": 30, "tolerance": 2.5, "right": True, "why": "About half a minute."}
    ]
    assert (questions["stored"]["version"], questions["stored"]["asks"]) == (2, "why")


@pytest.mark.parametrize(
    ("html", "said", "lost"),
    [
        ("[html]<p>One</p><p>Two<br>three</p>", "One\nTwo\nthree", []),
        ("[html]<code>a &lt; b</code> and <em>c</em>", "`a < b` and *c*", []),
        ('[html]<a href="https\\://example.org">there</a>', "there (https://example.org)", []),
        ("[html]<script>alert(1)</script>One<video></video>", "One", ["script", "video"]),
        ("A List<Order> where a < b", "A List<Order> where a < b", []),
        ("[plain]<b>as it is</b>", "<b>as it is</b>", []),
        ("[html]One<!-- a note -->", "One", ["!-- --"]),
        ("One<!-- a note -->", "One", ["!-- --"]),
        ("[html]One<?php echo 1 ?>", "One", ["?"]),
        ("What does <?php echo 1 ?> print?", "What does <?php echo 1 ?> print?", []),
        ("[html]<!DOCTYPE html>One", "One", ["!"]),
        ("What is <Order/> here?<br/>Say it.", "What is <Order/> here?\nSay it.", []),
    ],
)
def test_html_becomes_markdown_and_what_is_lost_is_named(imported, html, said, lost):
    bank = imported(html + "{\\=}{".replace("\\=}{", "=x ~y}"))
    assert bank.questions[0]["prompt"] == said
    assert [remark.text.partition(", <")[2] for remark in bank.remarks] == [
        f"{'>, <'.join(lost)}> has no place and is left out" for _ in lost[:1]
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("One?{=a =b ~c}", "2 answers are right, and one is to be picked"),
        ("One?{~%50%a ~%-50%b =c =d}", "2 answers are right"),
        ("One?{~a ~b}", "none of its answers is right"),
        ("One?{=a ~a}", "two of its answers have the same text"),
        ("[html]One?{=<b>a</b> ~**a**}", "two of its answers have the same text"),
        ("One?{=%50%a}", "no text is left that is right"),
        ("One?{#=%50%3}", "no number is right"),
        ("One?{=1 -> a}", "there is one item, and an order has two or more"),
        ("One?{=1 -> a =1 -> b}", "matching has no kind here"),
    ],
)
def test_a_question_that_no_kind_can_hold_is_left_out_with_the_reason(imported, text, says):
    bank = imported(text)
    assert bank.questions == []
    assert says in bank.remarks[0].text


def test_a_question_of_pictures_alone_is_left_out_and_the_others_are_not(imported):
    bank = imported('[html]<img src\\="a.png">{T}\n\n[html]Which?{=<img src\\="b.png"> ~c}\n\nThree?{T}')
    assert [question["prompt"] for question in bank.questions] == ["Three?"]
    left_out = [remark.line for remark in bank.remarks if "nothing is left of its text" in remark.text]
    assert left_out == [1, 3]


def test_a_category_s_number_is_no_part_of_the_title_of_the_bank(imported):
    bank = imported("$CATEGORY: 1 Rate limits\n\nOne?{T}")
    assert bank.title == "Rate limits"
    assert bank.objectives == {1: "Rate limits"}


def test_a_number_too_long_for_a_version_or_an_objective_is_none(imported):
    digits = "9" * 5_000
    bank = imported(f"$CATEGORY: A/{digits} B\n\n// [tag:version:{digits}]\nOne?{{T}}")
    assert bank.questions[0]["version"] == 1
    assert bank.objectives == {1: f"{digits} B"}
    assert "the tags have no place: version:999" in bank.remarks[0].text


def test_ids_are_names_of_their_own_and_a_changed_one_is_said(imported):
    bank = imported("// [id:a b]\nOne?{T}\n\n// [id:twice]\nTwo?{T}\n\n// [id:twice]\nThree?{T}\n\n::twice::Four?{T}")
    assert [question["id"] for question in bank.questions] == ["a-b", "twice", "twice-2", "twice-3"]
    assert [remark.text.partition(" has ")[2] for remark in bank.remarks] == [
        "the id 'a-b' here, in place of 'a b'",
        "the id 'twice-2' here, in place of 'twice'",
        "the id 'twice-3' here, in place of 'twice'",
    ]


def test_it_is_written_into_a_lesson_that_has_no_bank(lesson):
    _, said = run(EVERY_KIND, "--lesson", LESSON, "--title", "Another title")
    assert read_complete(lesson / "check.yaml").title == "Another title"
    assert "check.yaml:1" in said
    assert [file.name for file in sorted(lesson.iterdir())] == ["check.yaml", "lesson.md"]


def test_a_bank_that_is_there_is_not_overwritten(small_bank, settings):
    file = settings.LESSONS_DIR / "basics" / LESSON / "check.yaml"
    before = file.read_bytes()
    with pytest.raises(CommandError, match=r"check.yaml:1: is there. Print the bank without --lesson"):
        run(EVERY_KIND, "--lesson", LESSON)
    assert file.read_bytes() == before


def test_an_unknown_lesson_is_refused_with_those_that_are_there(lesson):
    with pytest.raises(CommandError, match=f"There is no lesson 'none-such'. There are: .*{LESSON}"):
        run(EVERY_KIND, "--lesson", "none-such")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("One?{=a ~b}\n\nTwo?{=a", r"bad.gift:3: has a \{ without its \}.*\nNothing was written."),
        ("An essay.{}", "Nothing was written: a bank holds at least one question."),
        ("", "Nothing was written: a bank holds at least one question."),
    ],
)
def test_where_anything_is_wrong_nothing_is_written(lesson, tmp_path, text, says):
    file = tmp_path / "bad.gift"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=says):
        run(file, "--lesson", LESSON)
    assert [each.name for each in lesson.iterdir()] == ["lesson.md"]
