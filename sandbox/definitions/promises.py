"""What a saga can promise its customer, as data: its invariants are made of these entries and of nothing else.

`name` is what a promise is called in JSON, `title` what the verdict says of it. A step stands for the account that it
fills: its `target`. What is said of a broken promise stands beside what it is about, in the words of the business.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Charge:
    """`step` takes the customer's money: the price of the order once or, in the end, nothing."""

    name: str
    title: str
    step: str

    @property
    def steps(self) -> tuple[str, ...]:
        return (self.step,)


@dataclass(frozen=True, slots=True)
class Together:
    """In the end `step` and `other` have both taken effect, or neither has.

    `alone` says what is wrong when only `step` has, `missing` when only `other` has.
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
    """What `step` holds for the customer is handed on by a later step, or given back: in the end nothing is held.

    `left` says what is wrong when something is.
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
    """`step` tells the customer of `other`: at most once, and only when that has taken effect.

    `repeated` says what is wrong when it told more often, the number in place of {}; `untrue` when `other` had not
    taken effect.
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
