"""What labs ask and tell of a run: each measure is read from its record, as a value to compare and in words.

The questions before a run and the lines of a comparison are measures too, under their names. One that neither has is
one more entry in `OWN`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sandbox.definitions.registry import CUSTOMER, SAGA
from sandbox.definitions.terms import FactKind, Verb
from sandbox.engine.analysis.comparison import LINES, ComparisonLine, Seconds
from sandbox.engine.analysis.decisions import decisions
from sandbox.engine.analysis.detection import detect
from sandbox.engine.analysis.predictions import NOBODY, OPEN, QUESTIONS, PredictionQuestion
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.plan.compiler import plan_named
from sandbox.labs.record_queries import (
    actors_knowing_after_the_charge,
    actors_knowing_while_waiting,
    busiest,
    deciders,
    first_of,
    received_by,
    senders_before,
    taken_and_given_back,
)
from sandbox.render.text.difference import in_words
from sandbox.render.text.format import seconds, uncapitalised
from sandbox.render.text.names import named


@dataclass(frozen=True, slots=True)
class RunMeasure:
    """One thing to know of a run. `value` is OPEN while the run has not decided it; `words` are never empty."""

    name: str
    value: Callable[[RunRecord], str]
    words: Callable[[RunRecord], str]


def _at_the_end(count: Callable[[RunRecord], object]) -> Callable[[RunRecord], str]:
    return lambda record: str(count(record)) if record.board.is_ended else OPEN


def _of_line(line: ComparisonLine) -> RunMeasure:
    return RunMeasure(line.name, _at_the_end(line.of), lambda record: _line_in_words(line, record))


def _line_in_words(line: ComparisonLine, record: RunRecord) -> str:
    value = line.of(record)
    if isinstance(value, Seconds) and value.value is not None:
        return seconds(value.value)
    return uncapitalised(in_words(value, record.plan).text)


def _of_question(question: PredictionQuestion) -> RunMeasure:
    def words(record: RunRecord) -> str:
        value = question.answer(record)
        return uncapitalised(question.options(record.plan).get(value, value)) or "not decided yet"

    return RunMeasure(question.name, question.answer, words)


def _decider(action: str, step: str, verb: Verb) -> RunMeasure:
    """Returns the measure of who decided that the step is done or undone: an actor's name."""

    def value(record: RunRecord) -> str:
        return next((made.by for made in decisions(record, verb) if made.step == step), OPEN)

    return RunMeasure(f"decides-{action}", value, lambda record: named(value(record) or NOBODY).lower())


def _count(name: str, count: Callable[[RunRecord], object]) -> RunMeasure:
    return RunMeasure(name, _at_the_end(count), lambda record: str(count(record)))


def _knowing(name: str, actors: Callable[[RunRecord], list[str] | None]) -> RunMeasure:
    """Returns the measure of how many actors knew the whole state at some moment, which has to come first."""

    def value(record: RunRecord) -> str:
        return OPEN if (known := actors(record)) is None else str(len(known))

    return RunMeasure(name, value, lambda record: value(record) or "none")


def services_asked(record: RunRecord) -> int:
    """Returns how many services one asks, from the release of the stock back to the reason for it."""
    refusal = first_of(record, FactKind.STEP_REJECTED)
    asked = [actor for actor in dict.fromkeys(senders_before(record, "InventoryReleased")) if actor != CUSTOMER]
    return asked.index(refusal.actor) + 1 if refusal and refusal.actor in asked else len(asked)


def changed_listeners(record: RunRecord) -> int:
    """Returns how many services of the plain order have to listen to something new in this saga."""
    if record.plan.style not in SAGA["order"].styles:
        return 0
    before = plan_named("order", record.plan.style)
    return sum(bool(received_by(record.plan, one) - received_by(before, one)) for one in before.saga.services)


def _notice_after(record: RunRecord) -> str:
    return seconds(detect(record).after)


def _money_away(record: RunRecord) -> str:
    """Returns for how long the customer's money was away: from the charge to the refund."""
    charged, refunded = taken_and_given_back(record, "charge-customer")
    if charged is None:
        return "never charged"
    return seconds(record.seconds(charged, refunded)) if refunded else "never refunded"


def _item_held(record: RunRecord) -> str:
    """Returns for how long the order held its item: until it gave it back, if ever."""
    taken, given_back = taken_and_given_back(record, "reserve-inventory")
    if taken is None:
        return "not at all"
    return seconds(record.seconds(taken, given_back)) if given_back else "for good"


def _last_step(record: RunRecord) -> str:
    """Returns the status of the last step, in words."""
    name = record.plan.saga.steps[-1].name
    return str(record.board.steps[name].status).lower().replace("_", " ")


def _of_kind(kind: FactKind) -> Callable[[RunRecord], int]:
    return lambda record: len(record.of_kind(kind))


def _postings_of(service: str, account: str) -> Callable[[RunRecord], int]:
    return lambda record: sum((one.service, one.account) == (service, account) for one in record.entries)


OWN: tuple[RunMeasure, ...] = (
    _count("deciders", lambda record: len(set(deciders(record, Verb.DO)))),
    _count("undos", lambda record: len(record.board.compensations)),
    _count("undo-deciders", lambda record: len(set(deciders(record, Verb.UNDO)))),
    _count("asked", services_asked),
    _count("new-listeners", changed_listeners),
    _knowing("knowing-after-the-charge", actors_knowing_after_the_charge),
    _knowing("knowing-while-waiting", actors_knowing_while_waiting),
    _count("busiest-handled", lambda record: busiest(record)[0]),
    _count("copies-recognised", _of_kind(FactKind.DUPLICATE_IGNORED)),
    _count("charge-postings", _postings_of("payment", "merchant")),
    _count("bookings", lambda record: record.balance("fulfilment", "scheduled")),
    _count("confirmations", lambda record: record.balance("notification", "sent")),
    _count("last-step", _last_step),
    _count("in-stock", lambda record: record.balance("inventory", "available")),
    RunMeasure("item-held", _at_the_end(_item_held), _item_held),
    RunMeasure("money-away", _at_the_end(_money_away), _money_away),
    RunMeasure("noticed-after", _at_the_end(_notice_after), _notice_after),
)


def _all() -> Iterator[RunMeasure]:
    yield from map(_of_line, LINES)
    yield from map(_of_question, QUESTIONS)
    steps = {step.name: step for saga in SAGA.values() for step in saga.steps}
    yield from (_decider(name, name, Verb.DO) for name in steps)
    yield from (_decider(step.undo.name, name, Verb.UNDO) for name, step in steps.items() if step.undo)
    yield from OWN


MEASURES: Mapping[str, RunMeasure] = {measure.name: measure for measure in _all()}
if len(MEASURES) != len(list(_all())):
    raise ValueError("two measures have the same name")
