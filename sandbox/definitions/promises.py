"""The promises that a saga can make to its customer, as data. Each becomes an invariant of the saga's runs.

`name` identifies a promise in JSON, `title` is its line in the verdict. Whether a step has taken effect is read from
its `target` account. The texts about a broken promise are part of it, in the words of the business.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Charge:
    """Promises that `step` takes the price of the order once or, in the end, nothing."""

    name: str
    title: str
    step: str

    @property
    def steps(self) -> tuple[str, ...]:
        return (self.step,)


@dataclass(frozen=True, slots=True)
class Together:
    """Promises that in the end both `step` and `other` have taken effect, or none of them.

    `alone` is the text when only `step` has, `missing` when only `other` has.
    """

    name: str
    title: str
    step: str
    other: str
    alone: str
    missing: str

    @property
    def steps(self) -> tuple[str, ...]:
        return self.step, self.other


@dataclass(frozen=True, slots=True)
class Reservation:
    """Promises that what `step` reserves is used by a later step or released: in the end nothing is reserved.

    `left` is the text when something is.
    """

    name: str
    title: str
    step: str
    left: str

    @property
    def steps(self) -> tuple[str, ...]:
        return (self.step,)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Promises that `step` confirms `other` to the customer at most once, and only when that has taken effect.

    `repeated` is the text for several confirmations, with {} for their number; `untrue` the one for a confirmation
    although `other` had not taken effect.
    """

    name: str
    title: str
    step: str
    other: str
    repeated: str
    untrue: str

    @property
    def steps(self) -> tuple[str, ...]:
        return self.step, self.other


Promise = Charge | Together | Reservation | Confirmation
