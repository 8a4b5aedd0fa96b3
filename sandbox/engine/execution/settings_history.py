"""The settings of a run at each of its facts: one that was forked may have changed one of them on the way."""

from collections.abc import Sequence
from typing import Any

from sandbox.definitions.run_settings import DEFAULTS, SETTINGS, RunSettings
from sandbox.definitions.terms import FactKind
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact

# These can be changed only while nothing depends on them yet, so that they hold from the start of the run.
FROM_THE_START = {"fail", "quantity"}


def settings_at(settings: RunSettings, facts: Sequence[Fact], seq: int) -> RunSettings:
    """Returns the settings that held at fact `seq` of a run; `settings` are those at the newest of its facts."""
    for fact in reversed(facts):
        if fact.seq <= seq:
            break
        if fact.kind is FactKind.RUN_FORKED and fact.setting and fact.setting not in FROM_THE_START:
            settings = evolve(settings, **{fact.setting: _value(fact.setting, fact.old or ())})
    return settings


def texts_of(settings: RunSettings, name: str) -> tuple[str, ...]:
    """Returns the value of the setting of that name as texts, of which it can be made again."""
    value = getattr(settings, name)
    return tuple(map(str, value if isinstance(value, tuple) else (value,)))


def _value(name: str, texts: Sequence[str]) -> Any:
    return tuple(map(SETTINGS[name].load, texts)) if isinstance(DEFAULTS[name], tuple) else type(DEFAULTS[name])(*texts)
