"""The level that was reached is said by what was ticked, and by nothing else."""

import pytest

from content.lesson_files import lessons_root
from course.interview.model import Seniority
from course.interview.outcome import records_of, scores, summarised
from course.interview.reader import read_interviews

INTERVIEW = read_interviews(lessons_root())["choreography-vs-orchestration"]
MID, SENIOR, STAFF = Seniority


def ticked(*levels, of=INTERVIEW.questions):
    """Answers in which every point of these levels was ticked."""
    return {
        one.id: {"text": "", "points": [point.key for point in one.points if point.seniority in levels]} for one in of
    }


def said(answers):
    return summarised(records_of(INTERVIEW, answers))


def count(level):
    return sum(len(one.points_of(level)) for one in INTERVIEW.questions)


def test_every_full_level_is_told_and_how_far_the_next_one_came():
    assert said(ticked()) == f"0 of {count(MID)} mid points"
    assert said(ticked(MID)) == f"all {count(MID)} mid points and 0 of {count(SENIOR)} senior points"
    every = f"all {count(MID)} mid points, all {count(SENIOR)} senior points and all {count(STAFF)} staff points"
    assert said(ticked(*Seniority)) == every


def test_a_higher_level_does_not_make_up_for_a_point_of_a_lower_one():
    assert said(ticked(SENIOR, STAFF)) == f"0 of {count(MID)} mid points"


def test_what_was_not_compared_is_neither_said_nor_missed():
    first, second, *_ = INTERVIEW.questions
    answers = ticked(MID, of=[first]) | {second.id: {"text": "Well.", "points": None}}
    assert said(answers) == (
        f"all {len(first.points_of(MID))} mid points and 0 of {len(first.points_of(SENIOR))} senior points, "
        f"in 1 of {len(INTERVIEW.questions)} questions"
    )
    record = records_of(INTERVIEW, answers)[1]
    assert (record.is_answered, record.is_compared, record.missed) == (True, False, [])
    assert said({}) == "nothing compared yet"


def test_a_tick_for_words_that_have_changed_counts_no_more():
    (first, *_) = INTERVIEW.questions
    answers = {first.id: {"text": "", "points": ["00000000"]}}
    assert {score.said for score in scores(records_of(INTERVIEW, answers))} == {0}


@pytest.mark.parametrize("question", INTERVIEW.questions, ids=lambda one: one.id)
def test_each_level_of_the_lessons_interview_is_short_enough_to_tick(question):
    for level in Seniority:
        assert all(len(point.text) <= 130 for point in question.points_of(level))
