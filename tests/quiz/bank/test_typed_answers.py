"""Typed answers are compared without case, spaces and punctuation, and never guessed at."""

from decimal import Decimal

import pytest

from quiz.bank.loader import read_complete
from quiz.bank.question_snapshot import from_json, to_json
from quiz.bank.typed_answers import NotANumberError, comparable, expected, number_in, number_text
from tests.quiz.broken_banks import refusal, remarks
from tests.quiz.fixtures import TYPED_BANK, numeric, true_false, typed


def bank_of_one(raw):
    return {**TYPED_BANK, "objectives": {1: "Know it"}, "questions": [{**raw, "asks": "why"}]}


@pytest.fixture
def read(write_bank):
    return lambda raw: read_complete(write_bank(bank_of_one(raw))).questions[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("at-least-once", "At least  once."),
        ("at\u2010least\u2010once", "at-least-once"),
        ("OrderPlaced", "order placed"),
        ("order_id", "orderId"),
        ("the customer\u2019s card", "the customer's card"),
        ("\uff41cks=1", "acks = 1"),
        ("Stra\u00dfe", "STRASSE"),
        ("(a, b)", "a b"),
        ("two\n\tlines", "two lines"),
        ("acks=\u22121", "acks=-1"),
    ],
)
def test_case_spaces_and_punctuation_do_not_matter(one, other):
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("at-least-once", "at-most-once"),
        ("saga", "sage"),
        ("acks=1", "acks=-1"),
        ("C", "C#"),
        ("C", "C++"),
        ("1.5", "15"),
        ("1-2", "12"),
        ("5 %", "5"),
        ("!", "?"),
    ],
)
def test_what_means_something_else_is_another_answer_and_typos_are_not_guessed(one, other):
    assert comparable(one) != comparable(other)


@pytest.mark.parametrize("text", ["200", " 200 ms", "200ms", "200 MS", "+200", "200.0", "2 0 0", "2\u202f00"])
def test_a_number_is_read_with_its_unit_or_without(text):
    assert number_in(text, "ms") == 200


@pytest.mark.parametrize("text", ["1,5", "1,000", "two", "1e3", "200 s", "ms", "1.2.3", "--1", "\u0662", "200-300", ""])
def test_what_could_be_read_in_two_ways_is_asked_for_again(text):
    with pytest.raises(NotANumberError, match=r"Write one number in ms in digits, with a point before decimals"):
        number_in(text, "ms")


@pytest.mark.parametrize("text", ["-3", "\u22123", "- 3"])
def test_a_number_can_be_below_zero(text):
    assert number_in(text) == -3


@pytest.mark.parametrize(
    ("given", "option"),
    [("200", "right"), ("210.5", "right"), ("210.51", None), ("189.5", "right"), ("150", "retries"), ("150.1", None)],
)
def test_a_number_may_differ_by_its_tolerance_and_no_more(read, given, option):
    match = expected(read(numeric("count", 1)), given)
    assert (match and match.id) == option


def test_a_fraction_is_taken_as_it_is_written():
    assert number_text(Decimal("0.1"), Decimal("0.20"), "s") == "0.1 ± 0.20 s"


def test_a_right_answer_is_found_before_a_wrong_one_in_its_range(read):
    raw = numeric("count", 1)
    raw["options"] = raw["options"][::-1]
    raw["options"][0]["tolerance"] = 100
    assert expected(read(raw), "200").id == "right"


@pytest.mark.parametrize(
    ("number", "tolerance", "is_refused"),
    [(200, 0, True), (210.5, 0, True), (205, 5.5, True), (211, 0, False), (205, 6, False)],
)
def test_a_wrong_number_that_a_right_one_accepts_is_refused(write_bank, number, tolerance, is_refused):
    raw = numeric("count", 1)
    raw["options"][1] |= {"number": number, "tolerance": tolerance}
    said = "options[2].number is accepted as options[1] already, so its reason is never shown"
    if is_refused:
        assert said in refusal(write_bank(bank_of_one(raw)))
    else:
        assert read_complete(write_bank(bank_of_one(raw)))


def test_a_wrong_number_within_an_earlier_wrong_one_is_refused(write_bank):
    raw = numeric("count", 1)
    raw["options"] += [{**raw["options"][1], "id": "again"}]
    assert "options[3].number is accepted as options[2] already" in refusal(write_bank(bank_of_one(raw)))


def test_a_text_that_is_right_and_wrong_is_refused(write_bank):
    raw = typed("name", 1)
    raw["options"][2]["text"] = "At least once!"
    assert "hold an answer that is right and wrong" in refusal(write_bank(bank_of_one(raw)))


@pytest.mark.parametrize(
    ("raw", "change", "says"),
    [
        (typed, {"right": False}, "hold no right one; a text question has at least one"),
        (numeric, {"number": None}, "options[1].number is empty"),
        (numeric, {"number": "many"}, "options[1].number is 'many'; use a number, such as 3 or 0.5"),
        (numeric, {"number": True}, "options[1].number is true; use a number, such as 3 or 0.5"),
        (numeric, {"tolerance": -1}, "options[1].tolerance is -1; use 0 or more"),
        (true_false, {"id": "perhaps"}, "options are not the two of a true-false question; their ids are true and"),
        (true_false, {"right": True}, "hold 2 right ones; a true-false question has exactly one"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused(write_bank, raw, change, says):
    bank = bank_of_one(raw("it", 1))
    for option in bank["questions"][0]["options"][: 2 if raw is typed else 1]:
        option.update(change)
    assert says in refusal(write_bank(bank))


def test_a_number_question_says_which_number_it_expects(write_bank):
    raw = numeric("count", 1)
    del raw["options"][0]["number"]
    raw["options"][0]["text"] = "200"
    assert "options[1].number is missing" in refusal(write_bank(bank_of_one(raw)))


@pytest.mark.parametrize("raw", [typed, numeric, true_false])
def test_no_typed_answer_can_be_computed_by_the_engine(write_bank, raw):
    assert "the engine gives one answer" in refusal(write_bank(bank_of_one({**raw("it", 1), "trace": "status"})))


def test_one_reason_is_enough_for_several_right_texts(write_bank):
    raw = typed("name", 1)
    del raw["options"][1]["why"]
    assert remarks(write_bank(bank_of_one(raw))) == ""
    del raw["options"][0]["why"]
    assert "options[1].why is missing" in remarks(write_bank(bank_of_one(raw)))


@pytest.mark.parametrize("raw", [typed, numeric, true_false])
def test_an_attempt_keeps_a_question_as_it_was_asked(read, raw):
    asked = read(raw("it", 1))
    kept = from_json(to_json(asked))
    assert (kept.options, kept.key, kept.unit) == (asked.options, asked.key, asked.unit)


def test_a_statement_is_true_or_false_in_these_words(read):
    assert [option.text for option in read(true_false("judge", 1)).options] == ["True", "False"]
