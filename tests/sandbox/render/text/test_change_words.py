"""What is said of a second process: never a percentage from fewer than three loads of each kind."""

import pytest

from sandbox.engine.analysis.samples import LoadComparison, Samples
from sandbox.render.text.change_words import ORDERS_A_SECOND, TIME_OF_AN_ORDER, measure_of, needed, what_changed

SLOWER = Samples("orchestration", (32.0, 33.0, 34.0), (24.0, 25.0, 26.0))


def untouched(*changed):
    return Samples("choreography", (64.0, 65.0, 66.0), changed, is_touched=False)


def said_of(*styles, helped="orchestrator", measure=ORDERS_A_SECOND):
    return what_changed(LoadComparison(helped, styles), measure)


def test_one_load_against_one_states_nothing_but_how_many_are_missing():
    one = LoadComparison("orchestrator", (Samples("orchestration", (32.5,), (24.7,)),))
    assert what_changed(one, ORDERS_A_SECOND) == []
    assert needed(one) == (
        "So far 1 load without the second process and 1 load with it. "
        "A change is stated from 3 of each kind on: 4 more are needed."
    )


@pytest.mark.parametrize(
    ("without", "changed", "ending"), [(3, 0, "no loads with it."), (3, 2, "1 more is needed."), (3, 3, "")]
)
def test_how_many_are_missing_is_said_until_none_is(without, changed, ending):
    said = needed(LoadComparison("payment", (Samples("choreography", (1.0,) * without, (1.0,) * changed),)))
    assert ending in said
    assert bool(said) == bool(ending)


def test_a_change_that_the_untouched_style_shows_too_is_called_noise():
    assert said_of(untouched(46.0, 47.0, 48.0), SLOWER) == [
        "Orchestration: 24% fewer orders per second. Choreography, which has no orchestrator, changed by as much "
        "(28% fewer orders per second): this is noise."
    ]


def test_a_change_is_stated_beside_that_of_the_control_or_alone_where_there_is_none():
    assert said_of(untouched(64.0, 65.0, 66.0), SLOWER) == [
        "Orchestration: 24% fewer orders per second with the second process, median against median. "
        "Choreography, which has no orchestrator, changed by less (no change)."
    ]
    (alone,) = said_of(SLOWER, helped="payment")
    assert alone == "Orchestration: 24% fewer orders per second with the second process, median against median."


def test_medians_in_each_others_range_are_said_to_be_no_difference_without_a_percentage():
    (said,) = said_of(Samples("orchestration", (32.0, 33.0, 35.0), (33.0, 34.0, 36.0)))
    assert said == "Orchestration: no difference to speak of, for each median lies in the range of the other."


def test_where_orders_arrive_at_a_rate_their_time_is_compared():
    assert measure_of(0) is ORDERS_A_SECOND
    assert measure_of(12) is TIME_OF_AN_ORDER
    (said,) = said_of(Samples("choreography", (1.0, 1.1, 1.2), (0.1, 0.11, 0.12)), measure=TIME_OF_AN_ORDER)
    assert said.startswith("Choreography: 90% less time for an order with the second process")


def test_few_figures_are_listed_and_from_three_on_there_is_a_median_with_its_range():
    assert ORDERS_A_SECOND.figures(()) == "nothing yet"
    assert ORDERS_A_SECOND.figures((64.7, 46.7)) == "64.7, 46.7"
    assert ORDERS_A_SECOND.figures((64.7, 46.7, 50.0)) == "50.0 (46.7 to 64.7)"
    assert TIME_OF_AN_ORDER.figures((0.12, 1.2, 0.3)) == "300 ms (120 ms to 1.2 s)"
