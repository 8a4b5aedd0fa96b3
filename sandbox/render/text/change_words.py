"""Says in words what a second process has changed, or that nothing can be said of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from sandbox.definitions.registry import title
from sandbox.engine.analysis.samples import ENOUGH, Conclusion, LoadComparison, Samples
from sandbox.render.text.format import brief


@dataclass(frozen=True, slots=True)
class LoadMeasure:
    """What loads are compared by: its name, how a value is written, and how a rise and a fall of it are called."""

    name: str
    written: Callable[[float], str]
    rise: str
    fall: str

    def change(self, value: float) -> str:
        """Returns a change in words; 0.1 is ten per cent more."""
        if not round(value, 2):
            return "no change"
        return f"{abs(value):.0%} {self.rise if value > 0 else self.fall}"

    def figures(self, values: Sequence[float]) -> str:
        """Returns these values; where there are enough of them, their median and their range."""
        if not values:
            return "nothing yet"
        if len(values) < ENOUGH:
            return ", ".join(self.written(value) for value in values)
        return f"{self.written(median(values))} ({self.written(min(values))} to {self.written(max(values))})"


ORDERS_A_SECOND = LoadMeasure("Orders per second", "{:.1f}".format, "more orders per second", "fewer orders per second")
TIME_OF_AN_ORDER = LoadMeasure("Median time of an order", brief, "more time for an order", "less time for an order")


def measure_of(rate: int) -> LoadMeasure:
    """Returns what loads are compared by, whose orders arrive at this rate, or all at once with 0."""
    return TIME_OF_AN_ORDER if rate else ORDERS_A_SECOND


def what_changed(comparison: LoadComparison, measure: LoadMeasure) -> list[str]:
    """Returns what the samples say of the second process, a sentence for each style of which they say something."""
    return [
        _in_words(one, found, comparison, measure)
        for one, found in comparison.conclusions
        if found is not Conclusion.TOO_FEW and one.change is not None
    ]


def _in_words(one: Samples, found: Conclusion, comparison: LoadComparison, measure: LoadMeasure) -> str:
    style, said = one.style.capitalize(), measure.change(one.change or 0.0)
    if found is Conclusion.NOISE:
        return f"{style}: {said}. {_control(comparison, measure, 'as much')}: this is noise."
    if found is Conclusion.NO_DIFFERENCE:
        return f"{style}: no difference to speak of, for each median lies in the range of the other."
    changed = f"{style}: {said} with the second process, median against median."
    return f"{changed} {beside}." if (beside := _control(comparison, measure, "less")) else changed


def _control(comparison: LoadComparison, measure: LoadMeasure, how: str) -> str:
    """Returns by how much the style has changed that a second process cannot touch; "" if there is none."""
    control = comparison.control
    if control is None or control.change is None:
        return ""
    actor = title(comparison.helped).lower()
    return f"{control.style.capitalize()}, which has no {actor}, changed by {how} ({measure.change(control.change)})"


def needed(comparison: LoadComparison) -> str:
    """Returns how many loads of each kind there are, and how many are needed; "" when there are enough."""
    missing, (without, changed) = len(comparison.missing), comparison.counts.values()
    if not missing:
        return ""
    return (
        f"So far {_loads(without)} without the second process and {_loads(changed)} with it. "
        f"A change is stated from {ENOUGH} of each kind on: {missing} more {'is' if missing == 1 else 'are'} needed."
    )


def _loads(number: int) -> str:
    return f"{number or 'no'} {'load' if number == 1 else 'loads'}"
