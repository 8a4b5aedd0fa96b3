"""What is exported can be read back: by our own importer, and by readers that others have written."""

from dataclasses import replace
from decimal import Decimal
from html import unescape
from io import StringIO
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from moodle_xml_parser import parser as moodle_xml_parser
from ua_exam.gift_parser import parse_gift_content

from config.settings import LESSONS_DIR, QUIZ_TRACE
from content.lesson_files import CHECK, files_of_lessons
from quiz.bank.loader import bank_of, read_complete, sound_bank
from quiz.bank.model import Bank, Kind, Option
from quiz.bank.typed_answers import expected
from quiz.exchange.bank_writer import bank_text
from quiz.exchange.formats import BANK_FORMATS
from quiz.exchange.gift_import import import_questions
from quiz.exchange.gift_reader import read_gift
from quiz.exchange.gift_writer import gift
from quiz.exchange.moodle_xml import moodle_xml
from tests.quiz.attempt_rows import LESSON, ordering, single
from tests.quiz.fixtures import numeric, true_false, typed

SITE = "https://example.org/lessons/one/"
ODD = "~ = # { } : \\ * -> <b> & %50% [html] \u201cso\u201d"


@pytest.fixture
def every_kind(write_bank):
    """A bank with every kind of question, and texts that hold every sign of the formats."""
    raw = [typed("name", 1), numeric("count", 1), true_false("judge", 1)]
    raw[0]["options"][0] |= {"text": f"star * {ODD}".replace("->", ""), "why": f"A reason: {ODD}"}
    typed_kinds = read_complete(write_bank({"title": "T", "objectives": {1: "Know it"}, "questions": raw})).questions
    odd = single("odd")
    options = tuple(replace(each, text=f"{each.id} {ODD}", why=f"{each.id}: {ODD}") for each in odd.options)
    multiple = replace(
        single("many"),
        kind=Kind.MULTIPLE,
        options=tuple(replace(each, right=each.id != "c") for each in single("many").options),
    )
    questions = (replace(odd, prompt=ODD, options=options), multiple, ordering("order"), *typed_kinds)
    return Bank("one", "A lesson", {1: "Know it"}, questions)


@pytest.fixture(params=files_of_lessons(LESSONS_DIR, CHECK), ids=lambda file: file.parent.name)
def shipped(request, settings):
    settings.LESSONS_DIR, settings.QUIZ_TRACE = LESSONS_DIR, QUIZ_TRACE
    return read_complete(request.param)


def imported(text, tmp_path):
    file = tmp_path / "questions.gift"
    file.write_text(text, encoding="utf-8")
    found = import_questions(read_gift(file))
    return sound_bank(tmp_path / "check.yaml", bank_text(found.values(), file.name)), found.remarks


def essence(bank):
    """What a question asks and accepts, without the names of its options and the run that shows the answer."""
    return [
        (each.id, each.version, each.objective, each.kind, each.asks, each.prompt, each.paragraph,
         [(one.text, one.why, bool(one.right), one.number, one.tolerance) for one in in_order(each)])
        for each in bank.questions
    ]  # fmt: skip


def in_order(question):
    if question.kind is not Kind.ORDERING:
        return question.options
    return sorted(question.options, key=lambda option: option.place)


def test_every_shipped_bank_comes_back_from_gift_as_it_was(shipped, tmp_path):
    back, remarks = imported(gift(shipped, SITE), tmp_path)
    assert remarks == []
    assert sorted(essence(back), key=str) == sorted(essence(shipped), key=str)
    assert back.objectives == shipped.objectives


def test_every_kind_and_every_sign_comes_back_from_gift(every_kind, tmp_path):
    back, remarks = imported(gift(every_kind, SITE), tmp_path)
    assert remarks == []
    asked = [replace(each, prompt=f"{each.prompt} (in ms)") if each.unit else each for each in every_kind.questions]
    options = [tuple(replace(one, text=one.text.removesuffix(" ms")) for one in each.options) for each in asked]
    asked = [replace(each, options=kept) for each, kept in zip(asked, options, strict=True)]
    assert essence(back) == essence(replace(every_kind, questions=tuple(asked)))


def test_an_arrow_in_a_typed_answer_is_no_pair(tmp_path):
    option = Option("a", "order -> payment", "Because of a -> b.", right=True)
    question = replace(single("arrow"), kind=Kind.TEXT, options=(option,))
    back, _ = imported(gift(Bank("one", "A lesson", {1: "Know it"}, (question,)), SITE), tmp_path)
    assert back.questions[0].options[0].why == option.why
    assert expected(back.questions[0], option.text).right


def test_another_reader_of_gift_finds_the_same_questions_and_keys(shipped):
    """Reads with `ua-exam`, which knows choices, statements and essays, and takes other answers for choices."""
    back = {asked["title"]: asked for asked in parse_gift_content(gift(shipped, SITE))}
    assert len(back) == len(shipped.questions)
    for asked in shipped.questions:
        found = back[f"{asked.id} v{asked.version}"]
        assert found["text"] == f"[plain]{asked.prompt}"
        if asked.kind.is_choice:
            said = [(option["text"], option["is_correct"]) for option in found["options"]]
            assert said[: len(asked.options)] == [(one.text, bool(one.right)) for one in asked.options]


def test_another_reader_of_gift_finds_the_typed_kinds(every_kind):
    back = {asked["title"]: asked for asked in parse_gift_content(gift(every_kind, SITE))}
    name, count = back["name v1"]["options"], back["count v1"]["options"]
    assert [option["is_correct"] for option in name[:3]] == [True, True, False]
    assert name[1]["text"] == "ALO"
    assert [(option["text"], option["is_correct"]) for option in count[:2]] == [("200:10.5", True), ("150:0", False)]


def test_another_reader_of_moodle_xml_finds_the_same_choices(shipped):
    """Reads with `moodle-xml-parser`, which knows multiple choice."""
    chosen = {f"{each.id} v{each.version}": each for each in shipped.questions if each.kind in {"single", "multiple"}}
    back = moodle_xml_parser.parse_string(moodle_xml(shipped, SITE))["multichoice"]
    assert [found.name for found in back] == [
        f"{each.id} v{each.version}"
        for number in sorted(shipped.objectives)
        for each in shipped.questions
        if each.objective == number and each.kind in {"single", "multiple"}
    ]
    for found in back:
        asked = chosen[found.name]
        assert (found.text_pre_parse, found.single) == (asked.prompt, asked.kind is Kind.SINGLE)
        assert [(one.answer, one.feedback, one.score_fraction > 0) for one in found.options] == [
            (one.text, one.why, bool(one.right)) for one in asked.options
        ]


def test_the_command_prints_a_bank_as_moodle_xml():
    out = StringIO()
    call_command("exportmoodlexml", LESSON, site="https://course.example.org", stdout=out)
    root = ElementTree.fromstring(out.getvalue())
    ids = {each.findtext("idnumber") for each in root if each.get("type") != "category"}
    assert ids == {question.id for question in bank_of(LESSON).questions}
    assert f"https://course.example.org/lessons/{LESSON}/" in out.getvalue()


def elements(bank):
    root = ElementTree.fromstring(moodle_xml(bank, SITE))
    return {each.findtext("idnumber"): each for each in root if each.get("type") != "category"}


def answers(element):
    return [
        (each.get("fraction"), each.findtext("text"), each.findtext("feedback/text"))
        for each in element.findall("answer")
    ]


def test_moodle_xml_has_each_kind_under_its_own_name(every_kind):
    found = elements(every_kind)
    assert {name: each.get("type") for name, each in found.items()} == {
        "odd": "multichoice", "many": "multichoice", "order": "ordering", "name": "shortanswer", "count": "numerical",
        "judge": "truefalse",
    }  # fmt: skip


def test_moodle_xml_keeps_every_sign_of_a_text(every_kind):
    odd = elements(every_kind)["odd"]
    assert unescape(odd.findtext("questiontext/text")) == ODD
    fraction, *texts = answers(odd)[0]
    assert (fraction, [unescape(text) for text in texts]) == ("100", [f"a {ODD}", f"a: {ODD}"])
    assert "<" not in "".join(texts)


MARKED = "Set `a -> b`, *not* $x_1$:\n\n```python\nif x:\n    y()\n```"
AS_HTML = ("Set <code>a -&gt; b</code>, <em>not</em> <math", "</math>:<pre><code><span")


@pytest.mark.parametrize("asked", [single("x"), ordering("x")], ids=lambda each: each.kind)
def test_moodle_xml_shows_markup_formulas_and_code_as_html(asked):
    options = tuple(replace(one, text=f"{one.id} {MARKED}", why=MARKED) for one in asked.options)
    (found,) = elements(
        Bank("one", "A lesson", {1: "Know it"}, (replace(asked, prompt=MARKED, options=options),))
    ).values()
    shown = [found.find("questiontext"), *found.findall("answer"), *found.findall("answer/feedback")]
    assert len(shown) == 7
    for each in shown:
        assert each.get("format") == "html"
        assert all(part in each.findtext("text") for part in AS_HTML)
        assert "`" not in each.findtext("text")


def test_what_is_to_be_typed_is_compared_as_it_is_written_and_only_its_reason_shown_as_html(every_kind):
    (name,) = (each for each in every_kind.questions if each.id == "name")
    options = tuple(replace(one, text=f"`{one.text}`", why=MARKED) for one in name.options)
    (found,) = elements(replace(every_kind, questions=(replace(name, options=options),))).values()
    assert all(text.startswith("`") and "<code>" in why for _, text, why in answers(found))


def test_markup_comes_back_from_gift(tmp_path):
    choice, order = single("one"), ordering("two")
    options = tuple(replace(one, text=f"{one.id} `=`", why="Because of *a* ~ `{{ b }}`.") for one in choice.options)
    order = replace(order, options=tuple(replace(one, why=f"Since `{one.id}`.") for one in order.options))
    bank = Bank("one", "A lesson", {1: "Know it"}, (replace(choice, prompt="What is `x`?", options=options), order))
    back, remarks = imported(gift(bank, SITE), tmp_path)
    assert (essence(back), remarks) == (essence(bank), [])


def test_moodle_xml_shares_the_points_among_the_right_options_and_takes_them_all_for_a_wrong_one(every_kind):
    assert [points for points, _, _ in answers(elements(every_kind)["many"])] == ["50", "50", "-100"]


def test_moodle_xml_keeps_numbers_with_tolerance_and_unit(every_kind):
    count = elements(every_kind)["count"]
    assert [
        (each.get("fraction"), each.findtext("text"), each.findtext("tolerance")) for each in count.iter("answer")
    ] == [
        ("100", "200", "10.5"),
        ("0", "150", "0"),
    ]
    assert count.findtext("units/unit/unit_name") == "ms"
    assert count.findtext("questiontext/text") == "What about count?"


def test_moodle_xml_keeps_an_order_with_the_reason_of_each_item(every_kind):
    order = elements(every_kind)["order"]
    assert order.findtext("gradingtype") == "ALL_OR_NOTHING"
    assert [text for _, text, _ in answers(order)] == ["Step a", "Step b", "Step c"]
    assert {why for _, _, why in answers(order)} == {"Because a.", "Because b.", "Because c."}


def test_moodle_xml_says_true_and_false_in_moodles_words(every_kind):
    assert [(fraction, text) for fraction, text, _ in answers(elements(every_kind)["judge"])] == [
        ("0", "true"),
        ("100", "false"),
    ]


def test_moodle_xml_keeps_ids_versions_and_what_is_asked(every_kind):
    tags = [tag.text for tag in elements(every_kind)["order"].findall("tags/tag/text")]
    assert tags == ["version:1", "what-if"]


@pytest.mark.parametrize("name", BANK_FORMATS)
def test_an_export_does_not_change_from_one_time_to_the_next(every_kind, name):
    write = BANK_FORMATS[name].write
    assert write(every_kind, SITE) == write(every_kind, SITE)


def test_a_number_is_written_in_decimals_however_small(tmp_path):
    option = Option("a", "tiny", "Because it is.", right=True, number=Decimal("1E-7"))
    question = replace(single("tiny"), kind=Kind.NUMBER, options=(option,))
    text = gift(Bank("one", "A lesson", {1: "Know it"}, (question,)), SITE)
    assert "0.0000001:0" in text
    back, _ = imported(text, tmp_path)
    assert back.questions[0].options[0].number == option.number
