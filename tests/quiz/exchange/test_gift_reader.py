"""Every kind of question that GIFT knows is read, and what is not GIFT is refused with its line."""

from decimal import Decimal
from pathlib import Path

import pytest

from content.problems import ContentError
from quiz.exchange.gift_model import GiftKind, TextFormat
from quiz.exchange.gift_reader import read_gift

EVERY_KIND = Path(__file__).with_name("every_kind.gift")


@pytest.fixture
def read(tmp_path):
    def read(text):
        file = tmp_path / "questions.gift"
        file.write_text(text, encoding="utf-8")
        return read_gift(file)

    return read


@pytest.fixture
def refused(read):
    def refused(text):
        with pytest.raises(ContentError) as caught:
            read(text)
        return [(problem.location.line, problem.text) for problem in caught.value.problems]

    return refused


def by_title():
    return {question.title: question for question in read_gift(EVERY_KIND)}


def test_every_kind_is_read():
    assert [question.kind for question in read_gift(EVERY_KIND)] == [
        GiftKind.TRUE_FALSE, GiftKind.SINGLE, GiftKind.MULTIPLE, GiftKind.SHORT_ANSWER, GiftKind.SINGLE,
        GiftKind.SHORT_ANSWER, GiftKind.NUMERICAL, GiftKind.NUMERICAL, GiftKind.NUMERICAL, GiftKind.MATCHING,
        GiftKind.MATCHING, GiftKind.ESSAY, GiftKind.DESCRIPTION, GiftKind.SINGLE,
    ]  # fmt: skip


def test_ids_and_tags_are_those_of_the_comments_right_above():
    first, second, *_ = read_gift(EVERY_KIND)
    assert (first.id, first.tags) == ("stored", ("why", "version:2", "chapter one"))
    assert (second.id, second.tags) == ("", ())


def test_a_category_holds_until_the_next_one_and_its_context_is_dropped():
    questions = by_title()
    assert questions["Several"].category == ("Messaging", "3 Know delivery")
    assert questions["Essay"].category == ("Messaging", "Sagas")


def test_a_stroke_in_the_name_of_a_category_is_written_twice(read):
    (question,) = read("$CATEGORY: Pull // push/Queues\n\nIt is.{T}\n")
    assert question.category == ("Pull / push", "Queues")


def test_each_line_of_the_file_is_known():
    questions = by_title()
    assert questions["Single"].line == 11
    assert [answer.line for answer in questions["Single"].answers] == [12, 13, 14]


def test_escapes_are_resolved_in_every_text():
    questions = by_title()
    assert [answer.text.text for answer in questions["Single"].answers] == ["acks=0", "acks=1", "acks=all"]
    assert questions["Single"].general_feedback.text == "Think of the trade-off: latency."
    assert questions["Text"].prompt.text == "The next questions are about {outboxes}.\nThey are short."
    assert questions[""].prompt.text == "A question without a title: which one?"


def test_a_format_holds_for_the_whole_question_unless_a_text_names_its_own(read):
    (question,) = read("[html]<b>One</b>?{=[plain]<a> ~b#[markdown]*c*}")
    assert question.prompt.format is TextFormat.HTML
    assert [answer.text.format for answer in question.answers] == [TextFormat.PLAIN, TextFormat.HTML]
    assert question.answers[1].feedback.format is TextFormat.MARKDOWN


def test_brackets_that_name_no_format_belong_to_the_text(read):
    assert read("[1] is what?{=a ~b}")[0].prompt.text == "[1] is what?"


def test_the_feedback_of_true_and_false_goes_to_the_answer_that_it_is_about():
    true, false = by_title()["True or false"].answers
    assert (true.weight, true.feedback.text) == (0, "It may only have received it.")
    assert (false.weight, false.feedback.text) == (100, "Right: it may be in memory.")


@pytest.mark.parametrize(("word", "is_true"), [("T", True), ("TRUE", True), ("F", False), ("false", False)])
def test_true_and_false_are_written_in_full_or_as_a_letter(read, word, is_true):
    (question,) = read(f"It is so.{{{word}}}")
    assert question.kind is GiftKind.TRUE_FALSE
    assert [answer.weight == 100 for answer in question.answers] == [is_true, not is_true]


def test_weights_are_per_cent_of_the_points_and_equals_means_all():
    questions = by_title()
    assert [answer.weight for answer in questions["Several"].answers] == [50, 50, -50]
    assert [answer.weight for answer in questions["Single"].answers] == [0, 50, 100]
    assert [answer.weight for answer in questions["Missing word"].answers] == [100, 100, 50]


def test_answers_in_the_middle_leave_a_blank():
    assert by_title()["Missing word"].prompt.text == "A saga ends with a _____ message."


@pytest.mark.parametrize(
    ("answers", "number", "tolerance"),
    [
        ("#3", "3", "0"),
        ("#3:0.5", "3", "0.5"),
        ("# -2 : 1", "-2", "1"),
        ("#1..5", "3", "2"),
        ("#=7", "7", "0"),
        ("#1e3:1", "1000", "1"),
        ("#.5", "0.5", "0"),
    ],
)
def test_a_number_has_a_tolerance_or_a_range(read, answers, number, tolerance):
    (answer,) = read(f"How many?{{{answers}}}")[0].answers
    assert (answer.number, answer.tolerance) == (Decimal(number), Decimal(tolerance))


def test_the_feedback_on_all_other_numbers_is_an_answer_without_a_number():
    *_, other = by_title()["Weighted"].answers
    assert (other.number, other.weight, other.feedback.text) == (None, 0, "Count again.")


def test_pairs_have_two_halves():
    assert [(each.text.text, each.match) for each in by_title()["Pairs"].answers] == [
        ("command", "orchestrator"),
        ("event", "choreography"),
    ]


def test_a_file_of_windows_with_a_byte_order_mark_is_read(tmp_path):
    file = tmp_path / "questions.gift"
    file.write_bytes(b"\xef\xbb\xbf" + EVERY_KIND.read_bytes().replace(b"\n", b"\r\n"))
    assert len(read_gift(file)) == len(read_gift(EVERY_KIND))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("One?{=a ~b", 1, "has a { without its }; a brace that belongs to a text is written \\{ or \\}"),
        ("One?\n=a ~b}", 2, "has a } without its {"),
        ("One?{=a\n\n~b}", 1, "and an empty line in a text is written \\n"),
        ("One?{=a ~b}\nTwo?{=c ~d}", 2, "has a second {"),
        ("::One", 1, "begins a title with :: and does not end it; write ::title::"),
        ("$COURSE: One", 1, "begins with $, which only $CATEGORY: does"),
        ("One?{\n=a\n~}", 3, "has an answer without a text; write it after the = or ~"),
        ("One?{~a}", 1, "offers one answer; offer two or more, each after a = or ~"),
        ("One?{\n~%150%a\n~b}", 2, "gives an answer 150 per cent of the points; give it -100 to 100"),
        ("One?{yes}", 1, "has 'yes' before the first answer; begin with ="),
        ("One?{#many}", 1, "expects the number 'many'; write 3, 3:0.5 (with a tolerance) or 1..5 (a range)"),
        ("One?{#1e999999}", 1, "expects the number '1e999999'"),
        ("One?{#9e999999..9e999999}", 1, "expects the number '9e999999..9e999999'"),
        ("One?{=a -> b\n=c}", 2, "has a pair without its second half; write =this -> that"),
    ],
)
def test_what_is_not_gift_is_refused_with_its_line_and_what_is_allowed(refused, text, line, says):
    (found, why), *_ = refused(f"// a comment\n\n{text}\n")
    assert found == line + 2
    assert says in why


def test_everything_that_is_wrong_is_said_at_once(refused):
    assert [line for line, _ in refused("One?{=a\n\nTwo?{#x}\n\nThree?{=a ~b}\n")] == [1, 3]


def test_a_character_that_stands_for_an_escape_here_is_refused_with_its_line(refused):
    said = "holds U+F0041, a character for private use; leave it out"
    assert refused("One?{T}\n\n\U000f0041nd two?{T}") == [(3, said)]


def test_a_file_that_is_missing_or_not_in_utf_8_is_refused(tmp_path):
    file = tmp_path / "questions.gift"
    with pytest.raises(ContentError, match="cannot be read"):
        read_gift(file)
    file.write_bytes("Wörter?{=a ~b}".encode("latin-1"))
    with pytest.raises(ContentError, match="is not written in UTF-8"):
        read_gift(file)
