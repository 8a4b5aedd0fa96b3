"""The settings of a load: one schema for its address, its form, what authors write, and the service that starts it.

Their names are the same everywhere, and those that a run has too are spelt as there.
"""

from dataclasses import dataclass

from sandbox.definitions.registry import QUEUES, SAGA, title
from sandbox.definitions.run_settings import BOTH_STYLES, InvalidValue, check_values, defaults_of, schema_of, setting
from sandbox.definitions.terms import Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.settings_checks import check_one_of

# A saga in which something waits for more than its worker measures that wait.
SWIFT_SAGAS = tuple(saga for saga in SAGA.values() if not any(step.wait for step in saga.steps))


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
    helped: str = setting(
        "",
        "A second process for",
        help="the actor whose worker has a second process",
        options={name: title(name) for name in QUEUES},
    )

    def __post_init__(self) -> None:
        check_values(self)
        if not self.style or len(set(self.style)) < len(self.style):
            raise InvalidValue(f"choose at least one style, each once; use {', '.join(SAGA[self.saga].styles)}")
        actors = self.actors
        if self.helped:
            check_one_of("actor of this saga in these styles", self.helped, actors)

    @property
    def actors(self) -> tuple[str, ...]:
        """Returns the actors that handle its messages. Raises InvalidValue for a style that the saga cannot run in."""
        plans = [compile_plan(SAGA[self.saga], Style(style)) for style in self.style]
        return tuple(name for name in QUEUES if any(name in plan.actors for plan in plans))


LOAD_SETTINGS, LOAD_DEFAULTS = schema_of(LoadSettings), defaults_of(LoadSettings)
