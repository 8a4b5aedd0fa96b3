"""A fault in words says how often it strikes."""

import pytest

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import FAULT
from sandbox.render.text.fault_words import fault_in_words


@pytest.mark.parametrize("kind", FAULT)
def test_only_what_strikes_more_than_once_does_so_from_some_time_on(kind):
    fault = parse_fault(f"payment:{kind}@3")
    assert fault_in_words(fault).endswith("the 3rd time" if fault.times == 1 else "from the 3rd time on")
    assert "time" not in fault_in_words(parse_fault(f"payment:{kind}")).partition(" at ")[2]


def test_a_fault_that_is_to_strike_several_times_says_so():
    assert fault_in_words(parse_fault("payment:transient=2@3")).endswith("2 times, from the 3rd time on")
