"""A fault as it is placed in a run, and how it is written: PLACE:KIND=N@K."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sandbox.definitions.model import FaultType
from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import Measure

FORM = "PLACE:KIND, PLACE:KIND=N, PLACE:KIND@K or PLACE:KIND=N@K; a place is a step, an actor or a message"
MAXIMUM = {Measure.TIMES: 20, Measure.SECONDS: 600}


class BadFault(ValueError):
    """Raised for a fault that is misspelt or could have no effect; the message says what is allowed, or why."""


@dataclass(frozen=True)
class Fault:
    """A fault type placed at a step, an actor, a message's name, or one message at one receiver.

    `number` says how often or for how many seconds it strikes; None is its type's default. It strikes from the `nth`
    opportunity on; `spared` counts those before, `injected` its strikes. The actor that it `shuts` is up again at
    `until`. A `repaired` fault strikes no more. `by_hand` says that the operator placed it during the run.
    """

    kind: str
    at: str
    number: float | None = None
    by_hand: bool = False
    injected: int = 0
    until: float = 0.0
    nth: int = 1
    spared: int = 0
    shuts: str = ""
    repaired: bool = False

    @property
    def type(self) -> FaultType:
        return FAULT[self.kind]

    @property
    def times(self) -> float:
        """Returns how often it strikes."""
        if self.type.measure is Measure.SECONDS:
            return 1
        given = self.type.number if self.number is None else self.number
        return float("inf") if given is None else given

    @property
    def is_spent(self) -> bool:
        return self.repaired or self.injected >= self.times

    @property
    def is_early(self) -> bool:
        """Returns whether it still spares what it could strike."""
        return self.spared < self.nth - 1

    def __str__(self) -> str:
        number = "" if self.number is None else f"={self.number:g}"
        return f"{self.at}:{self.kind}{number}" + (f"@{self.nth}" if self.nth > 1 else "")

    @classmethod
    def from_str(cls, text: str) -> "Fault":
        """Returns the fault that `str` wrote, even if its type does not exist any more."""
        at, _, rest = text.partition(":")
        rest, _, nth = rest.partition("@")
        kind, _, number = rest.partition("=")
        return cls(kind, at, float(number) if number else None, nth=int(nth or 1))

    def dump(self) -> dict[str, Any]:
        """Returns the fault as JSON: its fields by their names, without those that have their defaults."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name)) != one.default}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Fault":
        """Returns the fault that `dump` gave."""
        return cls(**data)


def parse_fault(text: str) -> Fault:
    """Returns the fault written as PLACE:KIND, with =N for how often or how long, and @K for from the K-th time on.

    For example, "orchestrator:crash-before-work@3" spares the first two messages to the orchestrator, and kills its
    worker on the third. Raises BadFault, which says what is allowed.
    """
    at, colon, rest = text.partition(":")
    rest, at_sign, nth = rest.partition("@")
    kind, equals, number = rest.partition("=")
    if not colon or not at:
        raise BadFault(f"fault {text!r}: write it as {FORM}")
    if kind not in FAULT:
        raise BadFault(f"fault {text!r}: unknown kind {kind!r}; use one of {', '.join(FAULT)}")
    measure = FAULT[kind].measure
    if equals:
        _check_number(text, number, f"N is a whole number of {measure}", MAXIMUM[measure])
    if at_sign:
        _check_number(text, nth, "K is a whole number", MAXIMUM[Measure.TIMES])
    return Fault.from_str(text)


def _check_number(text: str, number: str, what: str, maximum: int) -> None:
    if not number.isdecimal() or len(number) > len(str(maximum)) or not 1 <= int(number) <= maximum:
        raise BadFault(f"fault {text!r}: {what}, 1 to {maximum}")
