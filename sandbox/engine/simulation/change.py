"""The one thing that a forked run does differently from the run that it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sandbox.definitions.faults import Fault, parse_fault
from sandbox.definitions.run_settings import InvalidValue, RunSettings
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.messages import Delivery
from sandbox.engine.projection.board import delivery_key


class ChangeKind(StrEnum):
    """What can be changed: a setting of the run, or what becomes of one message that is on its way."""

    NOTHING = ""
    FAIL = "fail"
    STRIKE = "strike"
    FAULT = "fault"
    NO_FAULT = "no-fault"
    WITHOUT = "without"
    WITH = "with"
    QUANTITY = "quantity"
    STYLE = "style"


@dataclass(frozen=True, slots=True)
class Change:
    """A change, written as "kind=value": "fail=" for no refusal, "without=inbox", "strike=7-payment:lost"."""

    kind: ChangeKind = ChangeKind.NOTHING
    value: str = ""

    def __str__(self) -> str:
        return f"{self.kind}={self.value}" if self.kind else ""

    @classmethod
    def read(cls, text: str) -> "Change":
        """Returns the change that `str` wrote. Raises InvalidValue for a kind of change that does not exist."""
        kind, _, value = text.partition("=")
        if kind not in list(ChangeKind):
            kinds = ", ".join(filter(None, ChangeKind))
            raise InvalidValue(f"“{text[:40]}” is no change; write it as KIND=VALUE, where KIND is one of {kinds}")
        return cls(ChangeKind(kind), value)

    @classmethod
    def striking(cls, delivery: Delivery, fault: str) -> "Change":
        """Returns the change that strikes this message on its way with a fault of that kind."""
        return cls(ChangeKind.STRIKE, f"{delivery_key(*delivery.key)}:{fault}")

    @property
    def fault(self) -> str:
        """Returns the kind of the fault that strikes or is placed."""
        return self.value.rpartition(":")[2]

    @property
    def setting(self) -> str:
        """Returns the name of the setting that it changes, or ""."""
        return CHANGED_BY[self.kind][0] if self.kind in CHANGED_BY else ""

    def applied_to(self, settings: RunSettings) -> RunSettings:
        """Returns the settings after the change. Raises BadFault for a fault that cannot be read."""
        if not self.setting:
            return settings
        value = CHANGED_BY[self.kind][1](getattr(settings, self.setting), self.value)
        return evolve(settings, **{self.setting: value})


NO_CHANGE = Change()


def _with_fault(faults: tuple[Fault, ...], text: str) -> tuple[Fault, ...]:
    return (*faults, parse_fault(text))


def _without(values: tuple[Any, ...], text: str) -> tuple[Any, ...]:
    return tuple(value for value in values if str(value) != text)


# The setting that a kind of change is about, and its value afterwards.
CHANGED_BY: dict[ChangeKind, tuple[str, Callable[[Any, str], Any]]] = {
    ChangeKind.FAIL: ("fail", lambda _, step: step),
    ChangeKind.FAULT: ("fault", _with_fault),
    ChangeKind.NO_FAULT: ("fault", _without),
    ChangeKind.WITHOUT: ("without", lambda off, guarantee: (*off, guarantee)),
    ChangeKind.WITH: ("without", _without),
    ChangeKind.QUANTITY: ("quantity", lambda _, number: int(number)),
}
