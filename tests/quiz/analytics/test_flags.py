"""Which questions an author should look at, why, and which first."""

import random

import pytest

from quiz.analytics.flags import FLAGS, flags_of, worst_first
from quiz.analytics.model import Item, ItemStatistics, QuestionVersion
from tests.quiz.attempt_rows import LESSON, single


def item(*, right=60, answers=100, name="one", version=1, is_current=True, reports=0, **more):
    usual = {"said": 0, "guesses": 0, "sure": 0, "sure_wrong": 0, "discrimination": 0.3, "wrong_orders": ()}
    usual["compared"] = answers
    picks = {"a": right, "b": answers // 5, "c": answers // 5}
    statistics = ItemStatistics(answers=answers, right=right, **{"picks": picks, **usual, **more})
    return Item(QuestionVersion(LESSON, name, version), single(name, version), statistics, reports, is_current)


def words(one):
    return [flag.text(one) for flag in flags_of(one)]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (item(), []),
        (item(reports=1), ["reported once"]),
        (item(reports=2), ["reported twice"]),
        (item(reports=3), ["reported 3 times"]),
        (item(discrimination=-0.17), ["misleads those who know"]),
        (item(discrimination=-0.16), ["tells nobody apart"]),
        (item(discrimination=-0.06), []),
        (item(sure=100, sure_wrong=27), ["misleads the confident"]),
        (item(sure=9, sure_wrong=9), []),
        (item(sure=100, sure_wrong=26), []),
        (item(right=41), ["too hard"]),
        (item(right=42), []),
        (item(right=99), ["too easy"]),
        (item(right=98), []),
        (item(picks={"a": 98, "b": 1, "c": 1}), ["has an idle option"]),
        (item(picks={"a": 96, "b": 2, "c": 2}), []),
        (item(picks={"a": 1, "b": 48, "c": 48}), []),
        (item(right=0, answers=29, discrimination=None, picks={}), []),
        (item(right=0, is_current=False, discrimination=-1.0), []),
        (item(right=0, is_current=False, reports=1), ["reported once"]),
    ],
)
def test_an_author_reads_in_words_why_to_look(one, expected):
    assert words(one) == expected


def test_worst_comes_first():
    order = [
        item(reports=2, right=10),
        item(reports=3),
        item(reports=1, name="older", is_current=False),
        item(discrimination=-0.2),
        item(sure=10, sure_wrong=9, right=20),
        item(sure=10, sure_wrong=9),
        item(discrimination=-0.1),
        item(right=20),
        item(right=100),
        item(version=2),
        item(version=1, is_current=False),
    ]
    shuffled = random.Random(4).sample(order, len(order))
    assert worst_first(shuffled) == order


def test_every_flag_gives_a_reason_for_its_limit():
    assert all(len(flag.why) > 60 for flag in FLAGS)
    assert len({flag.word for flag in FLAGS}) == len(FLAGS)
