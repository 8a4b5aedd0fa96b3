"""The settings of a run: one schema for its address, its form, the command line, its row and the engine.

Adding a setting is one more field of `RunSettings`. Its name is the same everywhere: `?quantity=3`, `--quantity 3`, the
form's field, the key in the row, and `run_state.settings.quantity` in the engine.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from sandbox.definitions.faults import Fault, parse_fault
from sandbox.definitions.model import Order
from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import Guarantee, Pace, Stock, Style, UndoOrder

MAX_QUANTITY, MAX_FAULTS = 100, 8
# The longest number that is parsed.
MAX_DIGITS = 9
# What is wrong with a number, and what is allowed.
OUT_OF_RANGE = "“{value}” is out of range; enter a whole number, {least} to {most}"
# The value of `style` that asks for two runs, and their styles.
BOTH = "both"
BOTH_STYLES = (Style.CHOREOGRAPHY, Style.ORCHESTRATION)

Value = str | int | tuple[Any, ...]
Pairs = tuple[tuple[str, str], ...]


class InvalidValue(ValueError):
    """Raised for a value that is not allowed; the message says what is."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The label, help and allowed values of one setting.

    `options` are its values, each with its label; without any, `parse` makes a value of a text, or raises ValueError,
    and `load` makes it of what a row holds, where `str` wrote it. A number goes from `least` to `most`. A setting with
    `own_column` has a column of its own in the run's row; one that is set `by_program` is in no form and no command
    line.
    """

    label: str
    help: str
    options: Mapping[str, str] = field(default_factory=dict)
    parse: Callable[[str], Any] = str
    load: Callable[[str], Any] = str
    least: int = 1
    most: int = 0
    metavar: str | None = None
    own_column: bool = False
    by_program: bool = False

    def read(self, values: Sequence[str], default: Value) -> Any:
        """Returns the value that these texts give, or the default for none. Raises InvalidValue."""
        if isinstance(default, tuple):
            return tuple(dict.fromkeys(self._option(value) for value in values if value)) if values else default
        if isinstance(default, int):
            return self._number(values[-1]) if values else default
        return self._option(values[-1]) if values and values[-1] else default

    def _option(self, value: str) -> Any:
        if self.options and value not in self.options:
            raise InvalidValue(f"“{value}” is unknown; use one of {', '.join(self.options)}")
        try:
            return self.parse(value)
        except ValueError as error:
            raise InvalidValue(str(error)) from error

    def _number(self, value: str) -> int:
        if not value.isdecimal() or len(value) > MAX_DIGITS or not self.least <= int(value) <= self.most:
            raise InvalidValue(OUT_OF_RANGE.format(value=value, least=self.least, most=self.most))
        return int(value)


def setting(default: Value, label: str, **details: Any) -> Any:
    """Returns a dataclass field with its `Setting`. Raises TypeError for a default that no text could give."""
    if isinstance(default, bool):
        raise TypeError(f"“{label}” is true or false by default; give it two options, each with its label")
    return field(default=default, metadata={"setting": Setting(label, **details)})


def schema_of(settings: Any) -> dict[str, Setting]:
    """Returns the settings of a dataclass by their names."""
    return {one.name: one.metadata["setting"] for one in fields(settings)}


def defaults_of(settings: Any) -> dict[str, Any]:
    """Returns the defaults of a dataclass of settings by their names."""
    return {one.name: one.default for one in fields(settings)}


def check_values(settings: Any) -> None:
    """Raises InvalidValue for a value that its setting does not allow."""
    for one in fields(settings):
        value = getattr(settings, one.name)
        texts = [str(each) for each in (value if isinstance(value, tuple) else (value,))]
        one.metadata["setting"].read(texts, one.default)


def _refusals() -> dict[str, str]:
    """Returns every step that can be refused in some saga, with the reason."""
    steps = (step for saga in SAGA.values() for step in saga.refusable if step.refusal)
    return {step.name: step.refusal.reason for step in steps if step.refusal}


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """The settings of a run or, with the style `both`, of two."""

    saga: str = setting(
        "order",
        "Saga",
        help="what to run",
        options={saga.name: saga.title for saga in SAGA.values()},
        own_column=True,
    )
    style: str = setting(
        str(Style.CHOREOGRAPHY),
        "Who coordinates?",
        help="who decides what comes next",
        options={
            Style.CHOREOGRAPHY: "Services react to each other's events. Nobody is in charge.",
            Style.ORCHESTRATION: "An orchestrator commands each step and hears every reply.",
            Style.HYBRID: "Orchestrated, with a part inside that is choreographed.",
            BOTH: "The same order, the same fault, in both styles at once: then see what differs.",
        },
        own_column=True,
    )
    fail: str = setting(
        "", "Does a service refuse?", help="the step that is refused", options=_refusals(), metavar="STEP"
    )
    pace: str = setting(
        str(Pace.FOLLOW),
        "How fast?",
        help="how fast messages travel",
        options={
            Pace.FOLLOW: "Slow enough to follow",
            Pace.STEP: "Step by step: you deliver each message",
            Pace.FAST: "Full speed",
        },
        own_column=True,
    )
    quantity: int = setting(1, "Items", help="items ordered", most=MAX_QUANTITY)
    undo: str = setting(
        str(UndoOrder.SEQUENTIAL),
        "Compensation",
        help="how compensations follow each other",
        options={
            UndoOrder.SEQUENTIAL: "One by one, last step first",
            UndoOrder.PARALLEL: "All at once",
        },
    )
    stock: str = setting(
        str(Stock.OWN),
        "Stock",
        help="what is in stock for two orders side by side",
        options={
            Stock.OWN: "Enough for every order",
            Stock.SHARED: "Enough for one order, and two want it",
            Stock.LOCKED: "Enough for one order, and two want it; a semantic lock marks what an open order holds",
        },
    )
    fault: tuple[Fault, ...] = setting(
        (),
        "Faults",
        help="what goes wrong at a step, an actor or a message, N times or for N seconds, from the K-th time on; "
        f"KIND is one of {', '.join(FAULT)}",
        metavar="PLACE:KIND[=N][@K]",
        parse=parse_fault,
        load=Fault.from_str,
    )
    without: tuple[str, ...] = setting(
        (),
        "Guarantees",
        help="a guarantee to switch off",
        options={
            Guarantee.OUTBOX: "messages are committed with the work that sends them",
            Guarantee.INBOX: "a second copy of a message is recognised",
            Guarantee.LATE_ACK: "a message is acknowledged only when it is handled",
            Guarantee.TIMEOUTS: "somebody notices when an answer does not come",
        },
    )
    experiment: str = setting("", "Experiment", help="the claim of a lesson that this is to show", by_program=True)

    @classmethod
    def read(cls, given: Mapping[str, Sequence[str]]) -> "RunSettings":
        """Returns the settings that these texts give, with defaults for the rest. Raises InvalidValue."""
        return cls(**{name: one.read(given.get(name, ()), DEFAULTS[name]) for name, one in SETTINGS.items()})

    @classmethod
    def from_pairs(cls, pairs: Mapping[str, str | tuple[str, ...]]) -> "RunSettings":
        """Returns the settings of a preset or an experiment. Raises InvalidValue."""
        return cls.read({name: [value] if isinstance(value, str) else value for name, value in pairs.items()})

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "RunSettings":
        """Returns the settings that `as_json` gave. A setting that is missing there has its default."""
        values: dict[str, Any] = {}
        for name, one in stored.items():
            if name in SETTINGS:
                values[name] = tuple(map(SETTINGS[name].load, one)) if isinstance(one, list) else one
        return cls(**values)

    def as_json(self) -> dict[str, Any]:
        """Returns the settings as JSON for a run's row, without those that have a column of their own."""
        values = {name: getattr(self, name) for name, one in SETTINGS.items() if not one.own_column}
        return {name: list(map(str, value)) if isinstance(value, tuple) else value for name, value in values.items()}

    def pairs(self) -> Pairs:
        """Returns names and values for an address or for hidden fields of a form."""
        return tuple(self._pairs())

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for name in SETTINGS:
            value = getattr(self, name)
            for one in value if isinstance(value, tuple) else (value,):
                if one != "":
                    yield name, str(one)

    @property
    def each(self) -> tuple["RunSettings", ...]:
        """Returns the settings of each single run: two with the style `both`, otherwise one."""
        return tuple(replace(self, style=str(style)) for style in BOTH_STYLES) if self.style == BOTH else (self,)

    @property
    def order(self) -> Order:
        """Returns what the customer orders."""
        return Order(quantity=self.quantity)

    @cached_property
    def off(self) -> frozenset[Guarantee]:
        """Returns the guarantees that are switched off."""
        return frozenset(map(Guarantee, self.without))


SETTINGS, DEFAULTS = schema_of(RunSettings), defaults_of(RunSettings)
