"""Tells a change from noise: figures of loads that were measured without a second process and with one. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

# So many figures of each kind are needed before a change is stated.
ENOUGH = 3


class Conclusion(StrEnum):
    """What samples say about a change."""

    TOO_FEW = "too few"
    NOISE = "noise"
    NO_DIFFERENCE = "no difference"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Samples:
    """A figure of one style, measured `without` a change and `changed` by it.

    A style that the change cannot touch is a control: it shows how much figures differ by themselves.
    """

    style: str
    without: tuple[float, ...] = ()
    changed: tuple[float, ...] = ()
    is_touched: bool = True

    @property
    def change(self) -> float | None:
        """Returns the change of the median, 0.1 for ten per cent more; None while there are too few figures."""
        if min(len(self.without), len(self.changed)) < ENOUGH or not median(self.without):
            return None
        return median(self.changed) / median(self.without) - 1

    @property
    def is_in_spread(self) -> bool:
        """Tells whether the median of each kind lies in the range of the other, so that one could be the other.

        A single figure that lies far off, as on a machine that had other things to do, does not hide a change.
        """
        return _is_between(self.without, median(self.changed)) and _is_between(self.changed, median(self.without))


def conclusion(touched: Samples, control: Samples | None = None) -> Conclusion:
    """Returns what the samples say of a style that a change touches, beside a control, if there is one.

    Where the control changed by as much or more, whichever way, the change is noise. For example, a second process for
    the orchestrator, and orders per second:

        orchestration  32, 33, 34 without  and 25, 24, 26 with: -24 %
        choreography   64, 65, 66 without  and 46, 47, 48 with: -28 %, though it has no orchestrator. NOISE
    """
    if touched.change is None:
        return Conclusion.TOO_FEW
    if control and control.change is not None and abs(control.change) >= abs(touched.change):
        return Conclusion.NOISE
    return Conclusion.NO_DIFFERENCE if touched.is_in_spread else Conclusion.CHANGED


def _is_between(figures: tuple[float, ...], value: float) -> bool:
    return min(figures) <= value <= max(figures)


@dataclass(frozen=True, slots=True)
class LoadComparison:
    """Loads that differ in one thing: whether the actor that is `helped` has a second process."""

    helped: str
    styles: tuple[Samples, ...]

    @property
    def control(self) -> Samples | None:
        """Returns the style that a second process for that actor cannot touch, if there is one."""
        return next((one for one in self.styles if not one.is_touched), None)

    @property
    def conclusions(self) -> list[tuple[Samples, Conclusion]]:
        """Returns each style that the change touches, and what its samples say."""
        return [(one, conclusion(one, self.control)) for one in self.styles if one.is_touched]

    @property
    def counts(self) -> dict[str, int]:
        """Counts the loads without and with the second process, by who has it: "" is nobody."""
        return {
            "": min(len(one.without) for one in self.styles),
            self.helped: min(len(one.changed) for one in self.styles),
        }

    @property
    def missing(self) -> list[str]:
        """Returns who has the second process in the loads that are still needed: by turns, since machines drift."""
        lacks = {helped: ENOUGH - count for helped, count in self.counts.items()}
        return [helped for turn in reversed(range(ENOUGH)) for helped, lack in lacks.items() if turn < lack]
