"""The shapes of what the sandbox knows: frozen data, no behaviour beyond looking itself up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sandbox.definitions.promises import Charge, Promise
from sandbox.definitions.terms import Effect, ExperimentPage, Measure, Phase, StepKind, Style, Verb


class Unit(StrEnum):
    """How much of an account a step moves."""

    ORDER = "one for each order"
    ITEM = "one for each item"
    CENT = "the order's total, in cents"


@dataclass(frozen=True, slots=True)
class Order:
    """What the customer asks for. `quantity` in items, `unit_price` in cents."""

    quantity: int = 1
    unit_price: int = 2500

    def amount(self, unit: Unit) -> int:
        """How much of something measured in `unit` this order takes."""
        return {Unit.ORDER: 1, Unit.ITEM: self.quantity, Unit.CENT: self.quantity * self.unit_price}[unit]


@dataclass(frozen=True, slots=True)
class Account:
    """One pot in a service's own ledger; `opening` is what a new run finds there, in the account's `unit`."""

    name: str
    unit: Unit
    opening: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """A saga's participant: its queue and actor name, and the ledger that only it may touch."""

    name: str
    title: str
    icon: str
    accounts: tuple[Account, ...]

    def account(self, name: str) -> Account:
        """The account of that name. Raises KeyError for an unknown one."""
        return {account.name: account for account in self.accounts}[name]


@dataclass(frozen=True, slots=True)
class Action:
    """A local transaction and what it is called: the command that asks for it and the event that tells of it."""

    name: str
    command: str
    done: str

    @property
    def failed(self) -> str:
        """What is told when it cannot be done, however often it is tried."""
        return f"{self.command}Failed"


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a step says no: the event that tells of it, and the reason in the business's words."""

    event: str
    reason: str


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a failing step is tried. Intervals in seconds; attempts count the first one too, 0 means no limit.

    `non_retryable_error_types` names the refusals that stand at once; any other is tried again before it stands. The
    names and their meaning are those of Temporal's retry policy (docs.temporal.io/encyclopedia/retry-policies).
    """

    initial_interval: float = 0.5
    backoff_coefficient: float = 2.0
    maximum_interval: float = 4.0
    maximum_attempts: int = 4
    non_retryable_error_types: tuple[str, ...] = ()

    def delay_after(self, attempt: int) -> float | None:
        """Seconds to wait after the failed attempt of that number (from 1), or None when it was the last."""
        if self.is_last(attempt):
            return None
        return min(self.initial_interval * self.backoff_coefficient ** min(attempt - 1, 60), self.maximum_interval)

    def is_last(self, attempt: int) -> bool:
        """Whether there is no attempt after the one of that number."""
        return 0 < self.maximum_attempts <= attempt


@dataclass(frozen=True, slots=True)
class Step:
    """One local transaction of a saga: a posting from account `source` to account `target` of one service.

    `after` names the steps that must have completed first; none means the customer's order starts it.
    A step with a `refusal` is refused when `source` is short. A step with an `undo` can be compensated
    by the reversing posting. Whoever commands it waits `timeout` seconds for the answer. It begins `wait` seconds after
    it was asked for. Steps of one `group` may be choreographed among themselves inside an orchestrated saga.
    """

    do: Action
    service: str
    source: str
    target: str
    after: tuple[str, ...] = ()
    undo: Action | None = None
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
    """How a choreography keeps an order from waiting for ever.

    The service of the first step sets itself a `timer`. If it has not heard of the pivot after `seconds`, it publishes
    `event`, and the pivot's service gives its step up, unless it has done it: only there is it known for sure.
    """

    seconds: float
    timer: str
    event: str


@dataclass(frozen=True, eq=False)
class Saga:
    """A business process over several services. `trigger` is the customer's event that starts it.

    `promises` are what its runs are judged by beyond what holds for every saga. `money` is how an amount of money is
    written, the number in place of {}; a saga that moves none needs none.
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
        """The step of that name. Raises KeyError, naming the valid ones, for an unknown one."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(f"{self.name} has no step {name!r}; its steps are {', '.join(s.name for s in self.steps)}")

    @property
    def styles(self) -> tuple[Style, ...]:
        """The styles that it can run in: a hybrid needs a group of steps that is choreographed inside."""
        return tuple(style for style in Style if style is not Style.HYBRID or any(step.group for step in self.steps))

    @property
    def pivot(self) -> Step | None:
        """The step after which nothing is undone, if there is one."""
        return next((step for step in self.steps if step.kind is StepKind.PIVOT), None)

    @property
    def charge(self) -> Step | None:
        """The step that takes the customer's money, if it promises anything of one."""
        return next((self.step(one.step) for one in self.promises if isinstance(one, Charge)), None)

    @property
    def refusable(self) -> tuple[Step, ...]:
        """The steps that can be refused for a business reason."""
        return tuple(step for step in self.steps if step.refusal)

    @property
    def services(self) -> tuple[str, ...]:
        """The participants' names, in the order of their first step."""
        return tuple(dict.fromkeys(step.service for step in self.steps))


@dataclass(frozen=True, slots=True)
class FaultType:
    """What a kind of fault does, and when. `number` is what it takes when none is given; None means for good.

    `verb` is what of a step it strikes. A real one kills the worker's process; the others are simulated.
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
    """Settings to begin with, as the bench's address names them, and the `claim` that a run of them shows."""

    name: str
    title: str
    claim: str
    settings: Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Experiment:
    """A sentence of a lesson, as settings to see it with.

    `title` is what one clicks, `watch` what to look for when it runs. `settings` are named as in the address of `at`.
    """

    name: str
    title: str
    watch: str
    settings: Mapping[str, str | tuple[str, ...]]
    at: ExperimentPage = ExperimentPage.BENCH
