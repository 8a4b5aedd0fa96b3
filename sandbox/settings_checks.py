"""Checks whether a run is possible with its settings, and which faults it could have."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.definitions.faults import MAXIMUM, BadFault, Fault
from sandbox.definitions.registry import SAGA
from sandbox.definitions.run_settings import (
    BOTH,
    BOTH_STYLES,
    DEFAULTS,
    MAX_FAULTS,
    SETTINGS,
    InvalidValue,
    RunSettings,
    check_values,
)
from sandbox.definitions.terms import Measure, Style
from sandbox.engine.analysis.predictions import BadPrediction, check_prediction, predicted_for
from sandbox.engine.evolve import evolve
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.simulation.fault_reach import applicable, check_placements, fault_places, kinds_at
from sandbox.render.text.words import STYLE_NAMES


def with_valid_values(given: Mapping[str, Sequence[str]]) -> RunSettings:
    """Returns the given settings, with the default for each that is invalid, or invalid in this saga.

    Faults are not checked.
    """
    values = {name: _valid_value(name, given.get(name, ())) for name in SETTINGS}
    saga = SAGA[values["saga"]]
    if values["style"] not in (*saga.styles, BOTH):
        values["style"] = DEFAULTS["style"]
    if values["fail"] not in {step.name for step in saga.refusable}:
        values["fail"] = DEFAULTS["fail"]
    return RunSettings(**values)


def _valid_value(name: str, given: Sequence[str]) -> Any:
    try:
        return SETTINGS[name].read(given, DEFAULTS[name])
    except InvalidValue:
        return DEFAULTS[name]


def check_settings(settings: RunSettings, prediction: Mapping[str, str] | None = None) -> None:
    """Raises InvalidValue unless every requested run is possible; of two, the message says which is not.

    With faults, each run is simulated once: a fault that would never strike is refused.
    """
    check_values(settings)
    if settings.style != BOTH:
        _check_one(settings, prediction or {})
        return
    complaints = {one.style: complaint for one in settings.each if (complaint := _complaint(one, prediction or {}))}
    if len(set(complaints.values())) == 1 and len(complaints) == len(BOTH_STYLES):
        raise InvalidValue(next(iter(complaints.values())))
    if complaints:
        why = "; ".join(f"as {STYLE_NAMES[Style(style)]}, {complaint}" for style, complaint in complaints.items())
        raise InvalidValue(f"Side by side, both runs have the same settings, and that is not possible here: {why}")


def _complaint(settings: RunSettings, prediction: Mapping[str, str]) -> str:
    try:
        _check_one(settings, prediction)
    except InvalidValue as error:
        return str(error)
    return ""


def _check_one(settings: RunSettings, prediction: Mapping[str, str]) -> None:
    plan = plan_of(settings)
    if settings.fail:
        check_one_of("step that can be refused", settings.fail, [step.name for step in plan.saga.refusable])
    if len(settings.fault) > MAX_FAULTS:
        raise InvalidValue(f"{len(settings.fault)} faults are too many; place at most {MAX_FAULTS}")
    twice = next((fault for fault in settings.fault if settings.fault.count(fault) > 1), None)
    if twice:
        raise InvalidValue(f"fault {str(twice)!r} is placed twice; {_instead_of_two(twice)}")
    try:
        check_placements(plan, settings.fault, settings)
        check_prediction(plan, predicted_for(settings.style, prediction))
    except (BadFault, BadPrediction) as error:
        raise InvalidValue(str(error)) from error


def _instead_of_two(fault: Fault) -> str:
    twice_as_often = 2 * fault.times
    if fault.type.measure is Measure.SECONDS or twice_as_often > MAXIMUM[Measure.TIMES]:
        return "once is enough"
    return f"write {evolve(fault, number=twice_as_often)} to have it strike as often"


def check_one_of(what: str, value: str, allowed: Sequence[str]) -> None:
    """Raises InvalidValue, naming the allowed values, for any other value."""
    if value not in allowed:
        raise InvalidValue(f"unknown {what} {value!r}; use one of {', '.join(allowed)}")


def with_applicable_faults(settings: RunSettings) -> RunSettings:
    """Returns the settings without the faults that could have no effect in some requested run."""
    faults = settings.fault
    for one in settings.each:
        faults = applicable(plan_of(one), faults, settings)
    return evolve(settings, fault=faults)


def places_of(settings: RunSettings) -> tuple[tuple[str, ...], ...]:
    """Returns the steps, actors and messages at which a fault can be placed in every requested run."""
    first, *others = (fault_places(plan_of(one)) for one in settings.each)
    common = {place for found in others for group in found for place in group}
    return tuple(tuple(place for place in group if not others or place in common) for group in first)


def kinds_of_fault_at(settings: RunSettings, at: str) -> dict[str, str]:
    """Returns for every kind of fault why it could have no effect there, or "" if it could. Raises InvalidValue."""
    try:
        found = [kinds_at(plan_of(one), at, settings) for one in settings.each]
    except BadFault as error:
        raise InvalidValue(str(error)) from error
    return {kind: next(filter(None, (one[kind] for one in found)), "") for kind in found[0]}
