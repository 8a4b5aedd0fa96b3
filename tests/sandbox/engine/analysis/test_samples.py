"""What samples say: no change from fewer than three of each kind, and none where a control changed by as much."""

import pytest

from sandbox.engine.analysis.samples import Conclusion, LoadComparison, Samples, conclusion

SLOWER = Samples("orchestration", (32.0, 33.0, 34.0), (24.0, 25.0, 26.0))
NO_ACTOR = {"style": "choreography", "is_touched": False}


@pytest.mark.parametrize(
    ("without", "changed"),
    [((), ()), ((64.7,), (46.7,)), ((64.7, 65.0), (46.7, 47.0, 48.0)), ((64.7, 65.0, 66.0), (46.7, 47.0))],
)
def test_fewer_than_three_of_each_kind_say_nothing(without, changed):
    samples = Samples("orchestration", without, changed)
    assert samples.change is None
    assert conclusion(samples) is Conclusion.TOO_FEW


def test_from_three_of_each_kind_on_the_medians_are_compared():
    samples = Samples("orchestration", (90.0, 30.0, 33.0), (25.0, 24.0, 1.0))
    assert samples.change == pytest.approx(24.0 / 33.0 - 1)
    assert conclusion(SLOWER) is Conclusion.CHANGED


@pytest.mark.parametrize("changed", [(46.0, 47.0, 48.0), (82.0, 83.0, 84.0), (48.0, 49.0, 50.0)])
def test_a_control_that_changed_by_as_much_either_way_makes_it_noise(changed):
    control = Samples(without=(64.0, 65.0, 66.0), changed=changed, **NO_ACTOR)
    assert conclusion(SLOWER, control) is Conclusion.NOISE


@pytest.mark.parametrize("changed", [(60.0, 61.0, 62.0), (46.0, 47.0)])
def test_a_control_that_changed_by_less_or_has_too_few_samples_takes_nothing_back(changed):
    control = Samples(without=(64.0, 65.0, 66.0), changed=changed, **NO_ACTOR)
    assert conclusion(SLOWER, control) is Conclusion.CHANGED


def test_medians_in_each_others_range_are_no_difference():
    assert conclusion(Samples("orchestration", (32.0, 33.0, 35.0), (33.0, 34.0, 36.0))) is Conclusion.NO_DIFFERENCE


def test_one_figure_that_lies_far_off_hides_no_change():
    assert conclusion(Samples("choreography", (1.1, 1.2, 1.3), (0.14, 0.16, 3.0))) is Conclusion.CHANGED


def test_the_style_that_cannot_be_touched_is_the_control_and_is_not_judged_itself():
    control = Samples(without=(64.0, 65.0, 66.0), changed=(46.0, 47.0, 48.0), **NO_ACTOR)
    comparison = LoadComparison("orchestrator", (control, SLOWER))
    assert comparison.control is control
    assert comparison.conclusions == [(SLOWER, Conclusion.NOISE)]
    assert LoadComparison("payment", (SLOWER,)).control is None


@pytest.mark.parametrize(
    ("without", "changed", "missing"),
    [
        (0, 0, ["", "payment", "", "payment", "", "payment"]),
        (1, 1, ["", "payment", "", "payment"]),
        (3, 1, ["payment", "payment"]),
        (1, 0, ["payment", "", "payment", "", "payment"]),
        (3, 3, []),
        (7, 4, []),
    ],
)
def test_the_missing_loads_are_those_of_each_kind_by_turns(without, changed, missing):
    samples = Samples("choreography", (1.0,) * without, (1.0,) * changed)
    assert LoadComparison("payment", (samples,)).missing == missing


def test_a_style_that_fewer_loads_had_decides_how_many_are_missing():
    full, new = Samples("choreography", (1.0,) * 3, (1.0,) * 3), Samples("orchestration", (1.0,) * 3, (1.0,))
    comparison = LoadComparison("payment", (full, new))
    assert comparison.counts == {"": 3, "payment": 1}
    assert comparison.missing == ["payment", "payment"]
