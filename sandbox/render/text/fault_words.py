"""Puts faults into words."""

from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import FAULT, title
from sandbox.definitions.terms import Measure
from sandbox.render.text.format import ordinal

# The labels of the numbers of a fault: its own, by its unit, and that of the opportunity from which on it strikes.
NUMBER_LABELS = {Measure.TIMES: "How many times", Measure.SECONDS: "For how many seconds"}
FIRST_LABEL = "Starting with attempt no."


def fault_in_words(fault: Fault) -> str:
    """Returns the fault in words, or as it is written if its type does not exist any more."""
    if fault.kind not in FAULT:
        return str(fault)
    return f"{fault.type.title} at {_place_in_words(fault.at)}{_number(fault)}{_nth(fault)}"


def _place_in_words(at: str) -> str:
    return title(at) if at.islower() and "-" not in at else at


def _number(fault: Fault) -> str:
    if fault.number is None or fault.number == fault.type.number:
        return ""
    return f", for {fault.number:g} s" if fault.type.measure is Measure.SECONDS else f", {fault.number:g} times"


def _nth(fault: Fault) -> str:
    if fault.nth == 1:
        return ""
    return f", the {ordinal(fault.nth)} time" if fault.times == 1 else f", from the {ordinal(fault.nth)} time on"
