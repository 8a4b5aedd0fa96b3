"""The palette of faults: shows what can be placed where, and what is placed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from sandbox.definitions.faults import MAXIMUM, BadFault, Fault, parse_fault
from sandbox.definitions.model import FaultType
from sandbox.definitions.registry import FAULT, SAGA, title
from sandbox.definitions.run_settings import OUT_OF_RANGE, InvalidValue, RunSettings
from sandbox.definitions.terms import Measure
from sandbox.engine.evolve import evolve
from sandbox.engine.plan.compiler import plan_of
from sandbox.form_fields import whole_number
from sandbox.pages.setup.form import SetupForm
from sandbox.render.diagram.hotspots import Hotspots
from sandbox.render.text.fault_words import FIRST_LABEL, NUMBER_LABELS, fault_in_words
from sandbox.settings_checks import kinds_of_fault_at, places_of

LINK = "Place a fault at"


@dataclass(frozen=True)
class Chip:
    """A fault that is placed: in words, and the address of the setup page without it."""

    words: str
    without: str
    is_new: bool


def chips(form: SetupForm, placed: Fault | None) -> list[Chip]:
    """Returns the faults that are placed; `placed` is the one that was just added."""
    return [Chip(fault_in_words(fault), _address_without(form, fault), fault == placed) for fault in form.faults]


def _address_without(form: SetupForm, fault: Fault) -> str:
    return form.address(fault=[str(one) for one in form.faults if one != fault])


def palette_of(form: SetupForm, settings: RunSettings, problem: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Returns what can be placed at the place that is open, and what cannot and why; None when no place is open.

    `given` is what was chosen from it, if that could not be placed; `problem` says why.
    """
    at = str(form.data["at"])
    try:
        kinds = kinds_of_fault_at(settings, at) if at else {}
    except InvalidValue:
        return None
    if not kinds:
        return None
    fits = [FAULT[kind] for kind, why in kinds.items() if not why]
    return {
        "at": at,
        "does": LINK,
        "where": _where(at, settings),
        "kinds": [(kind, _usual(kind)) for kind in fits],
        "others": [(FAULT[kind], why) for kind, why in kinds.items() if why],
        "chosen": next((kind.name for kind in fits if kind.name == given.get("kind")), fits[0].name if fits else ""),
        "numbers": [(measure, label, given.get(measure, "")) for measure, label in NUMBER_LABELS.items()],
        "first_label": FIRST_LABEL,
        "first": given.get("nth", ""),
        "closed": form.address(at=""),
        "settings": hidden(form),
        "problem": problem,
    }


def chosen_fault(given: QueryDict) -> Fault:
    """Returns the fault that was chosen from the palette. Raises BadFault, which says what is allowed."""
    written = parse_fault(f"{given['at']}:{given['kind']}")
    measure = FAULT[written.kind].measure
    number = _number(given, measure, NUMBER_LABELS[measure], MAXIMUM[measure])
    return evolve(written, number=number, nth=_number(given, "nth", FIRST_LABEL, MAXIMUM[Measure.TIMES]) or 1)


def _number(given: QueryDict, name: str, label: str, most: int) -> int | None:
    """Returns the number in that field, None for an empty one. Raises BadFault."""
    text = str(given.get(name, "")).strip()
    number = whole_number(text, least=1, most=most)
    if text and number is None:
        raise BadFault(f"{label}: {OUT_OF_RANGE.format(value=text, least=1, most=most)}")
    return number


def _where(at: str, settings: RunSettings) -> str:
    """Says what kind of place that is, in a sentence."""
    step = next((step for step in plan_of(settings).saga.steps if step.name == at), None)
    if step:
        return f"A step of {title(step.service)}."
    if at in plan_of(settings).actors:
        return f"{title(at)}: whatever it handles."
    hops = [hop for hop in plan_of(settings).hops if hop.name == at]
    receivers = ", ".join(dict.fromkeys(title(hop.receiver) for hop in hops))
    return f"A message from {title(hops[0].sender)} to {receivers}."


def _usual(kind: FaultType) -> str:
    """Says how often or how long it strikes by default."""
    if kind.number is None:
        return "too long" if kind.measure is Measure.SECONDS else "each time"
    if kind.measure is Measure.SECONDS:
        return f"{kind.number:g} s"
    return "once" if kind.number == 1 else f"{kind.number:g} times"


def hidden(form: SetupForm) -> list[tuple[str, str]]:
    """Returns all settings, as the hidden fields of another form."""
    pairs = ((name, str(value)) for name, values in form.data.lists() for value in values)
    return [(name, value) for name, value in pairs if value and name != "at"]


def hotspots_of(form: SetupForm, settings: RunSettings) -> Hotspots:
    """Makes the picture's steps, actors and messages links that open the palette there, with a mark for each fault."""
    setup = reverse("sandbox:setup")
    links = {place: f"{setup}?{form.address(at=place)}" for group in places_of(settings) for place in group}
    marks: dict[str, list[str]] = {}
    for place, words in _marks(form, settings):
        marks.setdefault(place, []).append(words)
    joined = {place: words[0] if len(words) == 1 else f"⚡ {len(words)} faults" for place, words in marks.items()}
    return Hotspots(links, LINK, "palette", joined, str(form.data["at"]))


def _marks(form: SetupForm, settings: RunSettings) -> Iterator[tuple[str, str]]:
    """Yields what goes wrong at each place, in a word or two."""
    if settings.fail:
        refusal = SAGA[settings.saga].step(settings.fail).refusal
        yield settings.fail, f"✕ {refusal.reason if refusal else 'refused'}"
    for fault in form.faults:
        yield fault.at, f"⚡ {fault.kind.replace('-', ' ')}"
