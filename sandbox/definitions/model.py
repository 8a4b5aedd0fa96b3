"""The records that define sagas, services, faults and presets: frozen data that can only look itself up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.definitions.promises import Charge, Promise
from sandbox.definitions.terms import Effect, Measure, Phase, PresetGroup, StepKind, Style, Verb


class Unit(StrEnum):
    """The unit of an account, which says how much of it a step moves."""

    ORDER = "one for each order"
    ITEM = "one for each item"
    CENT = "the order's total, in cents"


@dataclass(frozen=True, slots=True)
class Order:
    """The customer's order. `quantity` in items, `unit_price` in cents."""

    quantity: int = 1
    unit_price: int = 2500

    def amount(self, unit: Unit) -> int:
        """Returns how much this order takes from an account of that unit."""
        return {Unit.ORDER: 1, Unit.ITEM: self.quantity, Unit.CENT: self.quantity * self.unit_price}[unit]


@dataclass(frozen=True, slots=True)
class Account:
    """One account in a service's own ledger. `opening` is its balance when a run starts, in its `unit`.

    From a `scarce` one, two orders can be made to take together what is enough for one (see `Stock`).
    """

    name: str
    unit: Unit
    opening: int = 0
    scarce: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A participant of sagas. `name` also names its actor and its queue; only it may write to its `accounts`."""

    name: str
    title: str
    icon: str
    accounts: tuple[Account, ...]

    def account(self, name: str) -> Account:
        """Returns the account of that name. Raises KeyError for an unknown one."""
        return {account.name: account for account in self.accounts}[name]


@dataclass(frozen=True, slots=True)
class Action:
    """A local transaction by its names: its own, its command's, and its event's once it is `done`.

    `phrase` says it in a sentence: "Payment refused to charge the customer". Without one, it is made of the name.
    """

    name: str
    command: str
    done: str
    phrase: str = field(default="", kw_only=True)

    @property
    def in_words(self) -> str:
        """Returns what is done, for a sentence: "charge the customer"."""
        return self.phrase or self.name.replace("-", " the ", 1)

    @property
    def failed(self) -> str:
        """Returns the name of the event that says that every attempt has failed."""
        return f"{self.command}Failed"


@dataclass(frozen=True, slots=True)
class Undo(Action):
    """The action that undoes a step. `nothing` is its event when there was nothing to undo.

    Whoever listens for `done` hears `nothing` as well: either way, the step is not in effect.
    """

    nothing: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step's refusal: the event that reports it, and the reason in the words of the business.

    A step that may be refused may also be abandoned, because the order has expired or its attempts are used up. Its
    event is then `abandoned`. Whoever listens for `event` hears it as well: either way, the step is not done.
    `otherwise` says in a clause what holds when it is not refused: "the card works".
    """

    event: str
    reason: str
    abandoned: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Says how often a failing step is tried. Intervals in seconds; attempts include the first, 0 means no limit.

    `non_retryable_error_types` names refusals that are final at once; others are final after the last attempt. The
    names and their meaning are those of Temporal's retry policy (docs.temporal.io/encyclopedia/retry-policies).
    """

    initial_interval: float = 0.5
    backoff_coefficient: float = 2.0
    maximum_interval: float = 4.0
    maximum_attempts: int = 4
    non_retryable_error_types: tuple[str, ...] = ()

    def delay_after(self, attempt: int) -> float | None:
        """Returns the seconds to wait after the failed attempt of that number (from 1), or None when it was the last.

        With the defaults: 0.5 after the first, 1.0 after the second, 2.0 after the third, None after the fourth.
        """
        if self.is_last(attempt):
            return None
        return min(self.initial_interval * self.backoff_coefficient ** min(attempt - 1, 60), self.maximum_interval)

    def is_last(self, attempt: int) -> bool:
        """Returns whether no attempt follows the one of that number."""
        return 0 < self.maximum_attempts <= attempt


@dataclass(frozen=True, slots=True)
class Step:
    """One local transaction of a saga: a posting from account `source` to account `target` of one service.

    `after` names the steps that must have completed first; a step without any is started by the customer's order.
    A step with a `refusal` is refused when `source` holds too little. A step with an `undo` can be compensated
    by the reverse posting. The orchestrator waits `timeout` seconds for the answer to its command. The step begins
    `wait` seconds after it was requested. Steps of one `group` may be choreographed inside an orchestrated saga.
    """

    do: Action
    service: str
    source: str
    target: str
    after: tuple[str, ...] = ()
    undo: Undo | None = None
    refusal: Refusal | None = None
    kind: StepKind = StepKind.COMPENSABLE
    retry: RetryPolicy = RetryPolicy()
    timeout: float = 10.0
    wait: float = 0.0
    group: str = ""

    @property
    def name(self) -> str:
        return self.do.name


@dataclass(frozen=True, slots=True)
class Deadline:
    """The deadline of a choreographed saga, which keeps an order from waiting forever.

    The service of the first step sets a `timer`. If it has received no event of the pivot after `seconds`, it publishes
    `event`, and the pivot's service abandons its step unless that is done: only this service knows for sure.
    """

    seconds: float
    timer: str
    event: str


@dataclass(frozen=True, eq=False)
class Saga:
    """A business process over several services. `trigger` is the customer's event that starts it.

    Each of `promises` adds an invariant to those of every saga. `money` is the format of an amount, with {} for the
    number, such as "€{}"; a saga that moves no money needs none.
    """

    name: str
    title: str
    summary: str
    trigger: str
    steps: tuple[Step, ...]
    deadline: Deadline | None = None
    promises: tuple[Promise, ...] = ()
    money: str = ""

    def step(self, name: str) -> Step:
        """Returns the step of that name. Raises KeyError, naming the valid ones, for an unknown one."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(f"{self.name} has no step {name!r}; its steps are {', '.join(s.name for s in self.steps)}")

    @property
    def styles(self) -> tuple[Style, ...]:
        """Returns the styles that it can run in. The hybrid style needs a group of steps."""
        return tuple(style for style in Style if style is not Style.HYBRID or any(step.group for step in self.steps))

    @property
    def pivot(self) -> Step | None:
        """Returns the step after which nothing is undone, or None."""
        return next((step for step in self.steps if step.kind is StepKind.PIVOT), None)

    @property
    def charge(self) -> Step | None:
        """Returns the step that takes the customer's money, or None without a promise about a charge."""
        return next((self.step(one.step) for one in self.promises if isinstance(one, Charge)), None)

    @property
    def refusable(self) -> tuple[Step, ...]:
        """Returns the steps that can be refused for a business reason."""
        return tuple(step for step in self.steps if step.refusal)

    @property
    def services(self) -> tuple[str, ...]:
        """Returns the participants' names, in the order of their first step."""
        return tuple(dict.fromkeys(step.service for step in self.steps))


@dataclass(frozen=True, slots=True)
class FaultType:
    """A kind of fault: its effect, and the phase in which it strikes.

    `number`, in the unit of `measure`, is the default; None means without end. `verb` says whether it strikes the doing
    or the undoing of a step. A real fault kills the worker's process; the others are simulated.
    """

    name: str
    title: str
    text: str
    phase: Phase
    effect: Effect
    measure: Measure = Measure.TIMES
    number: float | None = 1
    verb: Verb = Verb.DO

    @property
    def is_real(self) -> bool:
        return self.effect is Effect.CRASH


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings to start from, named as in the setup page's address, and the `claim` that a run with them shows."""

    name: str
    title: str
    claim: str
    settings: Mapping[str, str | tuple[str, ...]]
    group: PresetGroup
