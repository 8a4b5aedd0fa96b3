"""Every way a bank as a whole can be wrong is refused, with the file named; and a bank that changed is read again."""

import os
from copy import deepcopy

import pytest

from config.settings import LESSONS_DIR, QUIZ_TRACE
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_files, bank_of, bank_versions, read_bank
from tests.quiz.broken_banks import refusal, remarks
from tests.quiz.fixtures import SMALL_BANK


def full(raw):
    """The bank with every question twice: so many that it is meant for more than one check."""
    raw["questions"] += [dict(question, id=f"{question['id']}-again") for question in deepcopy(raw["questions"])]
    return raw


def test_a_full_bank_of_good_questions_is_sound(raw, write_bank):
    assert len(with_keys(read_bank(write_bank(full(raw)))).questions) == 10


def test_in_a_full_bank_no_objective_hangs_on_one_question(raw, write_bank):
    full(raw)["questions"][2]["objective"] = 1
    assert "objectives[3] has one question only, so that a retake cannot differ" in remarks(write_bank(raw))


def test_three_fifths_of_the_objectives_can_ask_what_if_or_why(raw, write_bank):
    for question in raw["questions"][:3]:
        question["asks"] = "fact"
    assert "objectives ask what-if or why in 2 of 5; 3 should" in remarks(write_bank(raw))


def test_three_fifths_of_a_full_bank_ask_what_if_or_why(raw, write_bank):
    for question in full(raw)["questions"][5:]:
        question["asks"] = "fact"
    assert "questions ask what-if or why in 4 of 10; 6 should" in remarks(write_bank(raw))


def test_a_full_bank_holds_a_trace_question(raw, write_bank):
    raw["questions"][1] = dict(deepcopy(raw["questions"][0]), id="typed", objective=2)
    assert "questions hold no trace question" in remarks(write_bank(full(raw)))


def test_question_ids_are_unique(raw, write_bank):
    raw["questions"][1]["id"] = raw["questions"][0]["id"]
    assert "questions hold the id 'charged-event' 2 times" in refusal(write_bank(raw))


def test_every_objective_has_a_question(raw, write_bank):
    raw["objectives"][6] = "An objective that nobody asks about"
    assert "objectives[6] has no question" in refusal(write_bank(raw))


def test_a_question_for_practice_only_does_not_cover_an_objective(raw, write_bank):
    raw["questions"][0]["practice_only"] = True
    raw["questions"] = [each for each in raw["questions"] if each is raw["questions"][0] or each["objective"] != 1]
    assert "objectives[1] has no question that a check can draw" in refusal(write_bank(raw))


def test_a_question_names_an_objective_of_the_bank(raw, write_bank):
    raw["questions"][0]["objective"] = 9
    assert "lack number 9, which question 'charged-event' names" in refusal(write_bank(raw))


def test_own_runs_stand_for_an_objective_that_is_there(raw, write_bank):
    raw["own_runs"] = 9
    assert "own_runs names objective 9, which the bank does not have" in refusal(write_bank(raw))


def with_self_checks(raw, *sections):
    """The full bank, in which as many questions stand at the end of these sections."""
    for question, section in zip(full(raw)["questions"], sections, strict=False):
        question["self_check"] = section
    return raw


def test_a_section_asks_one_question(raw, write_bank):
    file = write_bank(with_self_checks(raw, "pivot", "pivot"))
    line = 1 + [n for n, text in enumerate(file.read_text().splitlines()) if "self_check: pivot" in text][1]
    first, second = (question["id"] for question in raw["questions"][:2])
    says = f"{file}:{line}: questions[2].self_check of '{second}' is 'pivot', the section of '{first}'"
    assert says in refusal(file)


def test_no_order_is_asked_for_at_the_end_of_a_section(write_bank):
    raw = deepcopy(SMALL_BANK)
    ordering = next(question for question in raw["questions"] if question["kind"] == "ordering")
    ordering["self_check"] = "pivot"
    assert f"question '{ordering['id']}': self_check belongs to no ordering question" in refusal(write_bank(raw))


def test_questions_of_the_text_leave_two_for_the_check_of_each_objective(raw, write_bank):
    taken = raw["questions"][0]["objective"]
    assert f"objectives[{taken}] has 1 left for the check" in refusal(write_bank(with_self_checks(raw, "pivot")))
    spare = dict(deepcopy(raw["questions"][0]), id="spare")
    del spare["self_check"]
    raw["questions"].append(spare)
    assert read_bank(write_bank(raw)).self_checks.keys() == {"pivot"}


def test_every_violation_is_reported_at_once(raw, write_bank):
    raw["questions"][0]["options"][0]["misconception"] = "the-earth-is-flat"
    raw["questions"][2]["options"] = raw["questions"][2]["options"][:1]
    message = refusal(write_bank(raw))
    assert "'charged-event'" in message
    assert "'where-is-my-order'" in message


def test_broken_yaml_is_reported_with_its_line(write_bank):
    file = write_bank({})
    file.write_text("title: one\nobjectives: {]\n", encoding="utf-8")
    assert refusal(file).startswith(f"{file}:2: ")


@pytest.mark.parametrize("content", [None, [], "text", {"title": "T", "objectives": {}, "questions": ["text"]}])
def test_a_file_of_another_shape_is_refused_not_crashed_on(write_bank, content):
    assert "is " in refusal(write_bank(content))


def test_every_shipped_bank_obeys_every_rule_without_a_remark(settings):
    settings.LESSONS_DIR, settings.QUIZ_TRACE = LESSONS_DIR, QUIZ_TRACE
    assert "choreography-vs-orchestration" in bank_files()
    assert [remarks(file) for file in bank_files().values()] == [""] * len(bank_files())


def test_most_questions_ask_why_or_what_would_happen():
    prompts = [question.prompt.lower() for question in bank_of("choreography-vs-orchestration").questions]
    assert sum("why" in prompt or "would" in prompt for prompt in prompts) >= 3


def test_a_file_that_changed_within_a_tick_of_the_disk_s_clock_is_read_again(raw, write_bank):
    files = [write_bank(raw | {"title": "Old"}), write_bank(raw, "unchanged")]
    for file in files:
        os.utime(file, (1, 1))
    versions = bank_versions()
    assert bank_of("choreography-vs-orchestration").title == "Old"
    os.utime(write_bank(raw | {"title": "Older"}), (1, 1))
    assert bank_of("choreography-vs-orchestration").title == "Older"
    assert [old == new for old, new in zip(versions, bank_versions(), strict=True)] == [False, True]


def test_a_changed_file_is_read_again(raw, write_bank):
    write_bank(raw)
    assert bank_of("choreography-vs-orchestration").title == "Choreography vs Orchestration"
    raw["title"] = "Another title, of another length"
    write_bank(raw)
    assert bank_of("choreography-vs-orchestration").title == "Another title, of another length"
