"""The key of a trace question comes from the engine; the draw gives one question for each objective."""

from copy import deepcopy
from random import Random

import pytest

from config.settings import QUIZ_TRACE
from content.problems import ContentError
from quiz.attempts.selection import select_questions
from quiz.bank.answer_keys import with_keys
from quiz.bank.checks import banks_are_sound
from quiz.bank.loader import bank_files, bank_of, read_bank

LESSON = "choreography-vs-orchestration"


def key_of(bank):
    trace = next(question for question in bank.questions if question.trace)
    return [option.id for option in trace.options if option.right]


def test_the_bank_itself_holds_no_key_for_a_trace_question():
    trace = next(question for question in bank_of(LESSON).questions if question.trace)
    assert [option.right for option in trace.options] == [None] * 4


def test_the_engine_decides_which_option_is_right(settings, raw, write_bank):
    del raw["questions"][1]["options"][1]["misconception"]
    file = write_bank(raw)
    assert key_of(with_keys(read_bank(file))) == ["backwards"]
    settings.QUIZ_TRACE = "tests.quiz.stub_rooms.trace_that_runs_forwards"
    assert key_of(with_keys(read_bank(file))) == ["forwards"]


def test_an_engine_that_agrees_with_no_option_refuses_the_bank(raw, write_bank):
    raw["questions"][1]["options"][0]["value"] = ["refund-customer", "cancel-order"]
    says = r"options hold 0 right ones; .* The engine answers \[refund-customer, release-inventory, cancel-order\]"
    with pytest.raises(ContentError, match=f"question 'undo-without-courier': {says}"):
        with_keys(read_bank(write_bank(raw)))


def test_an_unknown_saga_is_reported_with_the_question(settings):
    settings.QUIZ_TRACE = "tests.quiz.stub_rooms.trace_that_knows_nothing"
    with pytest.raises(
        ContentError, match="'undo-without-courier': trace is refused by the engine: no saga named 'order'"
    ):
        with_keys(read_bank(bank_files()[LESSON]))


def test_a_trace_question_takes_no_typed_key(raw, write_bank):
    raw["questions"][1]["options"][0]["right"] = True
    with pytest.raises(ContentError, match=r"options\[1\].right does not belong here"):
        read_bank(write_bank(raw))


def test_start_up_names_the_bank_that_breaks_a_rule(raw, write_bank):
    assert banks_are_sound() == []
    raw["questions"][0]["options"][0]["right"] = False
    write_bank(raw)
    assert [(message.id, "hold 0 right ones" in message.msg) for message in banks_are_sound()] == [("quiz.E001", True)]


def test_start_up_reports_an_engine_that_is_not_there(settings):
    settings.QUIZ_TRACE = "tests.quiz.stub_rooms.no_such_function"
    assert [message.id for message in banks_are_sound()] == ["quiz.E002"]


def test_each_objective_is_drawn_once_in_order():
    drawn = select_questions(with_keys(bank_of(LESSON)), Random(1))
    assert [question.objective for question in drawn] == [1, 2, 3, 4, 5]


def test_options_are_shuffled_and_none_is_lost():
    bank = with_keys(bank_of(LESSON))
    orders = {tuple(option.id for option in select_questions(bank, Random(seed))[0].options) for seed in range(40)}
    assert len(orders) > 5
    assert {frozenset(order) for order in orders} == {frozenset(option.id for option in bank.questions[0].options)}


def test_adding_a_question_is_one_entry(raw, write_bank):
    raw["questions"].append(dict(deepcopy(raw["questions"][0]), id="one-more"))
    bank = with_keys(read_bank(write_bank(raw)))
    drawn = {select_questions(bank, Random(seed))[0].id for seed in range(40)}
    assert drawn == {"charged-event", "one-more"}
    assert len(select_questions(bank, Random(1))) == 5


def test_every_draw_holds_a_trace_question_where_that_rules_no_other_question_out(raw, write_bank):
    typed = dict(deepcopy(raw["questions"][2]), id="typed", objective=2)
    traced = dict(deepcopy(raw["questions"][1]), id="traced", objective=1)
    raw["questions"] += [typed, traced]
    bank = with_keys(read_bank(write_bank(raw)))
    assert all(any(question.trace for question in select_questions(bank, Random(seed))) for seed in range(40))


def test_a_trace_may_ask_about_an_order_that_goes_well(raw, write_bank):
    del raw["questions"][1]["settings"]["fail"]
    assert key_of(with_keys(read_bank(write_bank(raw)))) == ["backwards"]


def test_the_engine_that_runs_the_sandbox_agrees_with_the_bank(settings):
    settings.QUIZ_TRACE = QUIZ_TRACE
    assert key_of(with_keys(bank_of(LESSON))) == ["backwards"]


def ordered(question, *names):
    why = "It stands where the engine has it, which is here: "
    options = [{"id": name, "text": name.capitalize(), "value": [name], "why": why + name} for name in names]
    question.update(kind="ordering", options=options)


def test_the_engine_says_the_order_of_an_ordering_question(raw, write_bank):
    ordered(raw["questions"][1], "cancel-order", "refund-customer", "release-inventory")
    question = with_keys(read_bank(write_bank(raw))).questions[1]
    assert question.key == ("refund-customer", "release-inventory", "cancel-order")


def test_an_ordering_question_shows_only_what_the_engine_answers(raw, write_bank):
    ordered(raw["questions"][1], "cancel-order", "refund-customer", "bake-cake")
    with pytest.raises(ContentError, match="options are not all in the engine's answer"):
        with_keys(read_bank(write_bank(raw)))


def test_options_to_be_put_into_order_stand_in_their_order_in_the_file(raw, write_bank):
    question = raw["questions"][0]
    question["kind"] = "ordering"
    for option in question["options"]:
        del option["right"]
        option.pop("misconception", None)
    ids = tuple(option["id"] for option in question["options"])
    assert with_keys(read_bank(write_bank(raw))).questions[0].key == ids
