"""A flag speaks of more than chance: its limits against exact sums over everything that could have come out."""

from math import comb, sqrt

import pytest

from quiz.analytics.flags import MIN_SURE_ANSWERS, flags_of
from quiz.analytics.item_statistics import MIN_ANSWERS, correlation_interval, share_interval
from quiz.analytics.model import Item, ItemStatistics, QuestionVersion
from tests.quiz.attempt_rows import LESSON, single

QUIET = {"right": 0, "said": 0, "guesses": 0, "sure": 0, "sure_wrong": 0, "discrimination": None, "compared": 0}


def raised(answers, **values):
    picks = values.pop("picks", {"a": answers, "b": answers, "c": answers})
    found = ItemStatistics(**{**QUIET, "answers": answers, "picks": picks, "wrong_orders": (), **values})
    item = Item(QuestionVersion(LESSON, "one", 1), single("one"), found, 0, True)
    return [flag.word for flag in flags_of(item)]


def chance(of, share, is_so):
    """How likely it is that `of` answers, each with this chance, come to a number of which `is_so` holds."""
    return sum(comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(of + 1) if is_so(n))


@pytest.mark.parametrize("many", [MIN_SURE_ANSWERS, 20, 30, 50, 100, 300])
def test_where_one_in_five_of_the_sure_is_wrong_chance_rarely_raises_a_flag(many):
    def is_raised(wrong):
        return "misleads the confident" in raised(many, sure=many, sure_wrong=wrong)

    assert chance(many, 0.2, is_raised) < 0.09
    assert chance(many, 0.6, is_raised) > 0.8


@pytest.mark.parametrize("many", [MIN_ANSWERS, 50, 100, 300])
@pytest.mark.parametrize(("word", "share"), [("too hard", 0.5), ("too easy", 0.95)])
def test_a_question_at_the_limit_is_rarely_called_too_hard_or_too_easy(word, share, many):
    assert chance(many, share, lambda right: word in raised(many, right=right)) < 0.09


@pytest.mark.parametrize("many", [MIN_ANSWERS, 50, 100, 300])
def test_an_option_that_one_in_twenty_picks_is_rarely_called_idle(many):
    def is_raised(times):
        return "has an idle option" in raised(many, right=many // 2, picks={"a": many, "b": times, "c": many})

    assert chance(many, 0.05, is_raised) < 0.09


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("whole", [10, 30, 100])
def test_the_interval_of_a_share_holds_it_in_about_nine_of_ten_cases(whole, share):
    def is_held(part):
        return share_interval(part, whole).least <= share <= share_interval(part, whole).most

    assert 0.84 < chance(whole, share, is_held) < 0.97


def test_the_interval_of_a_share_is_what_one_computes_by_hand():
    # 5 of 10: middle 0.5, way sqrt(0.25 / 10 + 2.706 / 400) * 1.645 / 1.2706 = 0.2307
    assert share_interval(5, 10) == pytest.approx((0.2693, 0.7307), abs=1e-4)
    # 0 of 50: 2.706 / (50 + 2.706)
    assert share_interval(0, 50) == pytest.approx((0.0, 0.0513), abs=1e-4)


def test_the_interval_of_a_correlation_is_what_one_computes_by_hand():
    # artanh 0.5 = 0.5493; 1.645 / sqrt(49) = 0.235; tanh 0.3143 = 0.3043, tanh 0.7843 = 0.6552
    assert correlation_interval(0.5, 52) == pytest.approx((0.3043, 0.6552), abs=1e-4)


@pytest.mark.parametrize("found", [-1.0, 1.0, 1.0000000000000002])
def test_a_correlation_that_could_not_be_closer_stays_what_it_is(found):
    assert correlation_interval(found, 30) == (found, found)


def test_of_nothing_everything_is_likely():
    assert share_interval(0, 0) == (0, 1)
    assert correlation_interval(0.9, 3) == (-1, 1)


@pytest.mark.parametrize("many", [30, 60, 120, 500])
def test_a_question_misleads_those_who_know_only_beyond_what_chance_makes_of_none_at_all(many):
    # Where nothing goes together, artanh r has the standard deviation 1 / sqrt(n - 3).
    edge = 1.645 / sqrt(many - 3)
    assert raised(many, right=many // 2, discrimination=-edge * 1.1, compared=many)[:1] == ["misleads those who know"]
    assert "misleads those who know" not in raised(many, right=many // 2, discrimination=-edge * 0.9, compared=many)


def test_few_answers_have_to_be_further_off_than_many():
    assert "misleads those who know" not in raised(30, discrimination=-0.2, compared=30)
    assert "misleads those who know" in raised(300, discrimination=-0.2, compared=300)


def test_the_flag_for_no_discrimination_needs_hardly_any_discrimination():
    assert "tells nobody apart" not in raised(100, right=50, discrimination=0.0, compared=100)
    assert "tells nobody apart" in raised(1000, right=500, discrimination=0.0, compared=1000)
