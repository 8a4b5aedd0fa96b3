"""Puts into words, in groups, what can be different from a moment of a run on, and what cannot and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import FAULT, title
from sandbox.definitions.run_settings import SETTINGS
from sandbox.engine.execution.settings_history import texts_of
from sandbox.engine.simulation.change import Change, ChangeKind
from sandbox.engine.simulation.fault_reach import fault_places
from sandbox.engine.simulation.what_if import ChangeOption, Moment
from sandbox.render.text.format import listed
from sandbox.render.text.names import capital
from sandbox.render.text.what_if_words import change_in_words, strike_in_words


@dataclass(frozen=True, slots=True)
class OfferedChange:
    """A change that can be chosen: what the form sends, what it says, and a few more words."""

    value: str
    label: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What cannot change any more, for one reason."""

    what: str
    why: str


@dataclass(frozen=True)
class ChoiceGroup:
    """The changes of one kind under a heading; `now` says how that stands."""

    title: str
    now: str
    choices: tuple[OfferedChange, ...]
    fixed: tuple[Fixed, ...]


def groups_of(moment: Moment, options: Iterable[ChangeOption]) -> Iterator[ChoiceGroup]:
    """Yields the groups in which there is anything to choose or to say; faults at places have a list of their own."""
    by_kind = _by_kind(options)
    for heading, kinds in GROUPS.items():
        found = [option for kind in kinds for option in by_kind.get(kind, ())]
        if found:
            yield _group(heading, _now(moment, kinds[0]), moment, found)


def faults_at(moment: Moment, options: Iterable[ChangeOption], place: str) -> ChoiceGroup:
    """Returns the kinds of fault at that place."""
    found = [one for one in _by_kind(options).get(ChangeKind.FAULT, ()) if parse_fault(one.change.value).at == place]
    return _group(f"What goes wrong at {place}?", "", moment, found)


def open_places(moment: Moment, options: Iterable[ChangeOption]) -> list[tuple[str, list[str]]]:
    """Returns the steps, actors and messages at which some fault can strike after this moment."""
    faults = _by_kind(options).get(ChangeKind.FAULT, ())
    possible = {parse_fault(option.change.value).at for option in faults if not option.why_not}
    places = zip(("Steps", "Actors", "Messages"), fault_places(moment.run_state.plan), strict=True)
    return [(group, [at for at in found if at in possible]) for group, found in places]


def _by_kind(options: Iterable[ChangeOption]) -> Mapping[ChangeKind, list[ChangeOption]]:
    found: dict[ChangeKind, list[ChangeOption]] = {}
    for option in options:
        found.setdefault(option.change.kind, []).append(option)
    return found


# The headings, in the order of the page, each with the kinds of change under it.
GROUPS = {
    "Does a service refuse?": (ChangeKind.FAIL,),
    "What becomes of a message on its way?": (ChangeKind.STRIKE,),
    "Do the faults that were placed still strike?": (ChangeKind.NO_FAULT,),
    "Which guarantees hold?": (ChangeKind.WITHOUT, ChangeKind.WITH),
}


def _now(moment: Moment, kind: ChangeKind) -> str:
    """Says what is set up, where that is what the group changes."""
    if kind is not ChangeKind.FAIL or not moment.settings.fail:
        return ""
    step = moment.run_state.plan.saga.step(moment.settings.fail)
    return f"As it was set up: {step.refusal.reason}." if step.refusal else ""


def _group(heading: str, now: str, moment: Moment, options: list[ChangeOption]) -> ChoiceGroup:
    possible = (option.change for option in options if not option.why_not)
    choices = tuple(OfferedChange(str(one), _label(one, moment), _more(one)) for one in possible)
    return ChoiceGroup(heading, now, choices, tuple(_fixed(moment, options)))


def _fixed(moment: Moment, options: list[ChangeOption]) -> Iterator[Fixed]:
    """Yields what cannot change, together where that is for the same reason."""
    impossible = sorted((one for one in options if one.why_not), key=lambda option: option.why_not)
    for why, same in groupby(impossible, key=lambda option: option.why_not):
        yield Fixed(capital("; ".join(_short(one.change, moment) for one in same)), why)


def _label(change: Change, moment: Moment) -> str:
    """Returns the change in words; a kind of fault stands under a heading that names its place."""
    return FAULT[change.fault].title if change.kind is ChangeKind.FAULT else capital(in_words(change, moment))


def _short(change: Change, moment: Moment) -> str:
    if change.kind is ChangeKind.FAULT:
        return FAULT[change.fault].title.lower()
    words = in_words(change, moment)
    return words.removeprefix("this time ").removeprefix("from here on ")


def in_words(change: Change, moment: Moment) -> str:
    """Returns a change of this moment in words."""
    if change.kind is ChangeKind.STRIKE:
        struck = next(one for one in moment.first.new if Change.striking(one, change.fault) == change)
        return strike_in_words(struck.message.name, struck.receiver, change.fault)
    settings, name = moment.settings, change.setting
    after = change.applied_to(settings)
    return change_in_words(name, texts_of(settings, name), texts_of(after, name), moment.run_state.plan.saga)


def _more(change: Change) -> str:
    if change.kind is ChangeKind.FAULT:
        return FAULT[change.fault].text
    if change.kind in {ChangeKind.WITHOUT, ChangeKind.WITH}:
        return f"What it is for: {SETTINGS['without'].options[change.value]}."
    return ""


def on_their_way(moment: Moment) -> str:
    """Says which messages and timers are on their way at this moment; "" for none."""
    flying = [one for one in moment.first.new if one.is_open]
    messages = [f"{one.message.name} to {title(one.receiver)}" for one in flying if not one.is_timer]
    timers = [f"{title(one.receiver)}'s timer {one.message.name}" for one in flying if one.is_timer]
    return listed([*messages, *timers])
