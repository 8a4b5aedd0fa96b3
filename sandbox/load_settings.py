"""The settings of a load: one schema for its address, its form, what authors write, and the service that starts it.

Their names are the same everywhere, and those that a run has too are spelt as there.
"""

from dataclasses import dataclass
from functools import cache

from sandbox.definitions.registry import QUEUES, SAGA, title
from sandbox.definitions.run_settings import BOTH_STYLES, InvalidValue, check_values, defaults_of, schema_of, setting
from sandbox.definitions.terms import FactKind, Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.plan.model import Plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.settings_checks import check_one_of

# A saga in which something waits for more than its worker measures that wait.
SWIFT_SAGAS = tuple(saga for saga in SAGA.values() if not any(step.wait for step in saga.steps))
ACTORS = {name: title(name) for name in QUEUES}
# Seconds in which the orders of one style arrive, and seconds of work for a slow actor: nobody else's load can start.
MAX_ARRIVAL, MAX_WORK = 60, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """The settings of a load that can be started. Raises InvalidValue for any other, and says what is allowed."""

    saga: str = setting("order", "Saga", help="what to run", options={saga.name: saga.title for saga in SWIFT_SAGAS})
    style: tuple[str, ...] = setting(
        tuple(map(str, BOTH_STYLES)),
        "Who coordinates?",
        help="the styles, one after the other",
        options={style: style.capitalize() for style in Style},
    )
    count: int = setting(50, "Orders in each style", help="orders placed in each style", most=200)
    rate: int = setting(
        0, "Orders per second", help="orders that arrive each second, evenly; 0 for all at once", least=0, most=100
    )
    slow: str = setting("", "A slow service", help="the actor that works longer on each message", options=ACTORS)
    work_ms: int = setting(
        100, "Slower by, in milliseconds", help="how much longer the slow one works on each message", most=500
    )
    helped: str = setting(
        "", "A second process for", help="the actor whose worker has a second process", options=ACTORS
    )

    def __post_init__(self) -> None:
        check_values(self)
        if not self.style or len(set(self.style)) < len(self.style):
            raise InvalidValue(f"choose at least one style, each once; use {', '.join(SAGA[self.saga].styles)}")
        actors = self.actors
        for chosen in filter(None, (self.slow, self.helped)):
            check_one_of("actor of this saga in these styles", chosen, actors)
        self._check_arrival()
        self._check_work()

    def _check_arrival(self) -> None:
        if self.rate and self.count > self.rate * MAX_ARRIVAL:
            raise InvalidValue(
                f"{self.count} orders at {self.rate} a second arrive for {self.count / self.rate:.0f} s in each style, "
                f"and {MAX_ARRIVAL} s is the most; take at most {self.rate * MAX_ARRIVAL} orders, or more a second"
            )

    def _check_work(self) -> None:
        if not self.slow:
            return
        work = self.count * self.work_ms / 1000 * max(messages_to(self.slow, plan) for plan in self.plans)
        if work > MAX_WORK:
            raise InvalidValue(
                f"{title(self.slow)} would work for {work:.0f} s on {self.count} orders of one style, "
                f"and {MAX_WORK} s is the most; take fewer orders, or fewer milliseconds for each message"
            )

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Returns the plan of each style. Raises InvalidValue for a style that the saga cannot run in."""
        return tuple(compile_plan(SAGA[self.saga], Style(style)) for style in self.style)

    @property
    def actors(self) -> tuple[str, ...]:
        """Returns the actors that handle its messages. Raises InvalidValue for a style that the saga cannot run in."""
        return tuple(name for name in QUEUES if any(name in plan.actors for plan in self.plans))


@cache
def messages_to(actor: str, plan: Plan) -> int:
    """Returns how many messages of one order the actor handles, if nothing goes wrong."""
    facts = simulate(plan).facts
    return sum(fact.kind is FactKind.MESSAGE_HANDLED and fact.actor == actor for fact in facts)


LOAD_SETTINGS, LOAD_DEFAULTS = schema_of(LoadSettings), defaults_of(LoadSettings)
