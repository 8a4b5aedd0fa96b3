"""The filters of the list of runs. A filter is one entry of FILTERS, from which form, address and query follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.http import QueryDict

from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import ENDED, SagaStatus, Style
from sandbox.engine.analysis.invariants import invariants_of
from sandbox.models import Run
from sandbox.render.text.words import REFUSED, STATUS

# Every guarantee that a run of some saga is judged by, by its name.
GUARANTEES = {one.name: one.title for saga in SAGA.values() for one in invariants_of(saga)}
# What no status of its own tells from COMPENSATED.
NOTHING_UNDONE = Q(status=SagaStatus.COMPENSATED, verdict__undone=[])

Where = Callable[[str, str], Q]


@dataclass(frozen=True, slots=True)
class ListFilter:
    """One filter: its values with their words, the first of which is the default, and what each finds for a learner.

    One that is `minor` is folded away until it is used.
    """

    name: str
    label: str
    options: Mapping[str, str]
    where: Where
    minor: bool = False


def _outcome(value: str, learner: str) -> Q:
    if value == "under-way":
        return ~Q(status__in=ENDED)
    if value == "refused":
        return NOTHING_UNDONE
    found = Q(status=value.upper())
    return found & ~NOTHING_UNDONE if value == "compensated" else found


def _fault(value: str, learner: str) -> Q:
    if value == "none":
        return Q(faults=[])
    return Q(faults_text__contains='"by_hand": true') if value == "by-hand" else _of_kind(value)


def _of_kind(kind: str) -> Q:
    return Q(faults_text__contains=f'"kind": "{kind}"')


def _broken(value: str, learner: str) -> Q:
    return Q(broken__contains='"' if value == "any" else f'"{value}"')


def _started_by(value: str, learner: str) -> Q:
    # The recordings of labs belong to nobody either; they have a key.
    own, by_command = Q(learner=learner), Q(learner=None, start_key=None)
    return {"": own, "command-line": by_command}.get(value, own | by_command)


ENDINGS = {status.lower(): STATUS[status][0] for status in SagaStatus if status in ENDED}
FILTERS = (
    ListFilter(
        "outcome",
        "Outcome",
        {"": "Any", "under-way": "Still going on", **ENDINGS, "refused": REFUSED},
        _outcome,
    ),
    ListFilter("broken", "Guarantee broken", {"": "Any or none", "any": "Any", **GUARANTEES}, _broken),
    ListFilter(
        "fault",
        "Fault",
        {
            "": "Any or none",
            "none": "No fault",
            "by-hand": "Any, placed by hand",
            **{name: kind.title for name, kind in FAULT.items()},
        },
        _fault,
    ),
    ListFilter(
        "saga",
        "Saga",
        {"": "Any", **{name: saga.title for name, saga in SAGA.items()}},
        lambda value, learner: Q(saga=value),
        minor=True,
    ),
    ListFilter(
        "style",
        "Style",
        {"": "Any", **{style: style.capitalize() for style in Style}},
        lambda value, learner: Q(style=value),
        minor=True,
    ),
    ListFilter(
        "by",
        "Started by",
        {"": "You", "command-line": "The command line", "both": "You or the command line"},
        _started_by,
        minor=True,
    ),
)


def read_choices(given: QueryDict) -> tuple[dict[str, str], list[str]]:
    """Returns what was chosen of each filter, by its name, and a sentence for each value that does not exist."""
    asked = [(one, given.get(one.name, "")) for one in FILTERS]
    chosen = {one.name: value for one, value in asked if value and value in one.options}
    return chosen, [_unknown(one, value) for one, value in asked if value not in one.options]


def _unknown(one: ListFilter, value: str) -> str:
    allowed = ", ".join(filter(None, one.options))
    return f"{one.label}: “{value[:40]}” is unknown and was ignored; use one of {allowed}."


def filter_fields(chosen: Mapping[str, str], *, without: str = "") -> list[tuple[ListFilter, str]]:
    """Returns the filters that a form offers, each with what is chosen, except for that one."""
    return [(one, chosen.get(one.name, "")) for one in FILTERS if one.name != without]


def listed_runs(learner: str, chosen: Mapping[str, str], search: str) -> QuerySet[Run]:
    """Returns the runs that a list shows of what the learner may see, newest first.

    Orders of a load are shown as its figures instead. Each word of the `search` is in what a row says of the run.
    """
    runs = Run.objects.filter(load=None).alias(
        faults_text=Cast("faults", TextField()),
        broken=KT("verdict__broken"),
        without=KT("settings__without"),
    )
    for one in FILTERS:
        value = chosen.get(one.name, "")
        if value or one.name == "by":
            runs = runs.filter(one.where(value, learner))
    for word in search.split():
        runs = runs.filter(_says(word))
    return runs.order_by("-started_at", "-pk")


def _says(word: str) -> Q:
    """Finds the word in name, learner's sentence, saga, style, refusal, faults and switched-off guarantees of a run."""
    found = Q(name__icontains=word) | Q(reflection__icontains=word)
    found |= Q(style__icontains=word) | Q(without__icontains=word)
    found |= Q(saga__in=[saga.name for saga in SAGA.values() if _is_in(word, saga.title)])
    steps = [step for saga in SAGA.values() for step in saga.refusable]
    found |= Q(settings__fail__in=[step.name for step in steps if step.refusal and _is_in(word, step.refusal.reason)])
    for kind in FAULT.values():
        if _is_in(word, kind.title):
            found |= _of_kind(kind.name)
    return found


def _is_in(word: str, text: str) -> bool:
    return word.casefold() in text.casefold()
