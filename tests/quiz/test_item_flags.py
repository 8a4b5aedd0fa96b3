"""Why an author is told to look at a question, and at which one first."""

import random

import pytest

from quiz.authors.flags import FLAGS, flags_of, worst_first
from quiz.authors.records import Edition, Figures, Item
from tests.quiz.sittings import LESSON, single


def item(*, right=60, answers=100, name="one", version=1, is_current=True, reports=0, **more):
    usual = {"said": 0, "guesses": 0, "sure": 0, "sure_wrong": 0, "discrimination": 0.3, "wrong_orders": ()}
    picks = {"a": right, "b": answers // 5, "c": answers // 5}
    told = Figures(answers=answers, right=right, **{"picks": picks, **usual, **more})
    return Item(Edition(LESSON, name, version), single(name, version), told, reports, is_current)


def words(one):
    return [flag.says(one) for flag in flags_of(one)]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (item(), []),
        (item(reports=1), ["reported once"]),
        (item(reports=2), ["reported twice"]),
        (item(reports=3), ["reported 3 times"]),
        (item(discrimination=-0.01), ["misleads those who know"]),
        (item(discrimination=0.0), ["tells nobody apart"]),
        (item(discrimination=0.1), []),
        (item(sure=10, sure_wrong=2), ["misleads the confident"]),
        (item(sure=9, sure_wrong=9), []),
        (item(sure=11, sure_wrong=2), []),
        (item(right=34), ["too hard"]),
        (item(right=35), []),
        (item(right=95), ["too easy"]),
        (item(right=94), []),
        (item(picks={"a": 90, "b": 4, "c": 6}), ["has an idle option"]),
        (item(picks={"a": 4, "b": 48, "c": 48}), []),
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
        item(discrimination=0.05),
        item(right=20),
        item(right=97),
        item(version=2),
        item(version=1, is_current=False),
    ]
    shuffled = random.Random(4).sample(order, len(order))
    assert worst_first(shuffled) == order


def test_every_flag_gives_a_reason_for_its_limit():
    assert all(len(flag.why) > 60 for flag in FLAGS)
    assert len({flag.word for flag in FLAGS}) == len(FLAGS)
