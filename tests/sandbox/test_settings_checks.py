"""Every fault that is chosen is taken, or refused with a reason."""

import pytest

from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import Guarantee
from sandbox.services import (
    InvalidValue,
    RunSettings,
)
from sandbox.settings_checks import check_settings

pytestmark = pytest.mark.django_db


def why_not(settings):
    try:
        check_settings(settings)
    except InvalidValue as error:
        return str(error)


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize("without", [(), *((guarantee,) for guarantee in Guarantee), tuple(Guarantee)], ids=str)
def test_every_fault_at_every_step_is_taken_or_refused_with_a_reason(style, without):
    for kind in FAULT:
        for step in SAGA["order"].steps:
            settings = RunSettings(style=style, without=without, fault=(Fault(kind, step.name),))
            complaint = why_not(settings)
            assert complaint is None or "could have no effect: " in complaint


def test_the_same_fault_twice_is_refused_and_says_how_to_write_it(start):
    with pytest.raises(InvalidValue, match="placed twice; write payment:lost=2"):
        start(fault=("payment:lost", "payment:lost"))
