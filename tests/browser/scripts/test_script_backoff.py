"""A page waits longer and longer for a server that does not answer, and says so."""

import pytest

BACKOFF = """
    const clock = new Clock();
    const { Backoff } = await load("/js/sandbox/backoff.js");
    const sentence = html("<p hidden>The server does not answer</p>");
    const say = (isLost) => (sentence.hidden = !isLost);
    const backoff = new Backoff(say);
"""


def test_each_pause_is_twice_as_long_until_ten_seconds(run):
    pauses = run(BACKOFF + "return Array.from({ length: 7 }, () => backoff.fail())")
    assert pauses == [500, 1000, 2000, 4000, 8000, 10_000, 10_000]


@pytest.mark.parametrize(("chance", "pause"), [(0, 375), (0.999, 624.75)])
def test_pages_do_not_come_back_all_at_once(run, chance, pause):
    assert run(BACKOFF + f"Math.random = () => {chance}; return backoff.fail()") == pytest.approx(pause)


def test_after_a_sign_of_life_the_pauses_begin_again(run):
    assert run(BACKOFF + "backoff.fail(); backoff.fail(); backoff.succeed(); return backoff.fail()") == 500


def test_the_notice_is_shown_after_three_seconds_and_again_when_the_server_is_back(run):
    hidden = run(
        BACKOFF
        + """
        backoff.fail();
        await clock.pass(2_999);
        backoff.fail();
        const first = sentence.hidden;
        await clock.pass(1);
        const second = sentence.hidden;
        backoff.succeed();
        return [first, second, sentence.hidden];
        """
    )
    assert hidden == [True, False, True]


def test_of_those_that_share_a_sentence_only_one_that_has_lost_the_server_says_that_it_is_back(run):
    hidden = run(
        BACKOFF
        + """
        const other = new Backoff(say);
        backoff.fail();
        await clock.pass(3_000);
        other.succeed();
        return sentence.hidden;
        """
    )
    assert hidden is False
