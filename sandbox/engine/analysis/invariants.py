"""Checks the invariants on the record of a run; the page shows the findings as its verdict.

The invariants of every saga are defined here; those of one saga are made of its promises.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sandbox.definitions.model import Saga
from sandbox.definitions.registry import SAGA, by_name
from sandbox.definitions.terms import FactKind, StepKind, StepStatus, Verb
from sandbox.engine.analysis.invariant_model import Invariant, Violation
from sandbox.engine.analysis.promised import promised
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.handling import OUTSIDE, entries_of
from sandbox.engine.plan.compensation import compensations
from sandbox.engine.projection.fold import AT_REST


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of checking one invariant on one run: kept, broken by `violation`, or `is_open`.

    An open one can still be kept or broken as the run goes on. `if_final` is its violation if the run stays as it is.
    """

    invariant: Invariant
    violation: Violation | None
    is_open: bool = False
    if_final: Violation | None = None

    @property
    def is_kept(self) -> bool:
        return self.violation is None


def judge(record: RunRecord) -> tuple[Finding, ...]:
    """Returns the finding of every invariant of the run's saga, those of its own promises first."""
    return tuple(_find(invariant, record) for invariant in invariants_of(record.plan.saga))


def invariants_of(saga: Saga) -> tuple[Invariant, ...]:
    """Returns the invariants of the saga's promises, then the general ones that apply to it."""
    return (*promised(saga), *(invariant for invariant in INVARIANTS if invariant.applies(saga)))


def _find(invariant: Invariant, record: RunRecord) -> Finding:
    violation = invariant.check(record)
    if violation or not invariant.needs_end or record.is_settled:
        return Finding(invariant, violation)
    later = invariant.check(evolve(record, if_final=True)) if record.is_stranded else None
    return Finding(
        invariant, None, is_open=True, if_final=later and replace(later, seq=record.stuck_since or later.seq)
    )


# What a message reports: the step, what was asked of it, and what became of it.
Report = tuple[str, Verb, FactKind]
REPORTED = {
    (Verb.DO, FactKind.STEP_COMPLETED): "taken effect",
    (Verb.DO, FactKind.STEP_REJECTED): "been refused",
    (Verb.ABANDON, FactKind.STEP_REJECTED): "been abandoned",
    (Verb.UNDO, FactKind.STEP_COMPENSATED): "been undone",
    (Verb.UNDO, FactKind.NOTHING_TO_UNDO): "been found without effect",
}


def _sent_iff_done(record: RunRecord) -> Violation | None:
    """Checks that all that happened was reported (else it is a zombie record), and nothing else (a ghost message)."""
    reports = dict(_reports(record.plan.saga))
    happened: set[Report] = set()
    untold: dict[Report, Fact] = {}
    for fact in record.of_kind(*(kind for _, kind in REPORTED), FactKind.MESSAGE_SENT):
        if fact.step and fact.verb:
            happened.add((fact.step, fact.verb, fact.kind))
            untold[fact.step, fact.verb, fact.kind] = fact
        elif report := reports.get(str(fact.name)):
            if report not in happened:
                text = f"{fact.name} was sent, but {report[0]} had not {REPORTED[report[1:]]}: a ghost message"
                return Violation(text, fact.seq)
            untold.pop(report, None)
    for name, report in reports.items():
        if report in untold:
            text = f"{report[0]} had {REPORTED[report[1:]]}, but {name} was never sent: a zombie record"
            return Violation(text, untold[report].seq)
    return None


def _reports(saga: Saga) -> Iterator[tuple[str, Report]]:
    """Yields each message by which a service reports what became of a step, with what it reports."""
    for step in saga.steps:
        yield step.do.done, (step.name, Verb.DO, FactKind.STEP_COMPLETED)
        if step.refusal:
            yield step.refusal.event, (step.name, Verb.DO, FactKind.STEP_REJECTED)
            yield step.refusal.abandoned, (step.name, Verb.ABANDON, FactKind.STEP_REJECTED)
        if step.undo:
            yield step.undo.done, (step.name, Verb.UNDO, FactKind.STEP_COMPENSATED)
            yield step.undo.nothing, (step.name, Verb.UNDO, FactKind.NOTHING_TO_UNDO)


def _ledgers_balance(record: RunRecord) -> Violation | None:
    sums: dict[str, int] = {}
    running: dict[tuple[str, str], int] = {}
    for entry in sorted(record.entries, key=lambda e: e.seq):
        sums[entry.service] = sums.get(entry.service, 0) + entry.amount
        account = (entry.service, entry.account)
        running[account] = running.get(account, 0) + entry.amount
        if running[account] < 0 and entry.account != OUTSIDE:
            return Violation(f"{entry.service}'s account {entry.account!r} fell below zero", entry.seq)
    unbalanced = next((service for service, total in sums.items() if total), None)
    if unbalanced is None:
        return None
    last = max(entry.seq for entry in record.entries if entry.service == unbalanced)
    return Violation(f"the ledger of {unbalanced} does not sum to zero", last)


def _effects_once(record: RunRecord) -> Violation | None:
    seen = set()
    for fact in record.of_kind(FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED):
        effect = (fact.step, fact.verb)
        if effect in seen:
            return Violation(f"{fact.step} was {'done' if fact.verb is Verb.DO else 'undone'} twice", fact.seq)
        seen.add(effect)
    ledger, journal = Counter(e for e in record.entries if e.seq > 1), Counter(entries_of(record.facts))
    differing = next(iter((ledger - journal) + (journal - ledger)), None)
    return Violation(f"the ledger of {differing.service} and the journal differ", differing.seq) if differing else None


def _undo_in_order(record: RunRecord) -> Violation | None:
    done: dict[str, int] = {}
    undone: dict[str, int] = {}
    for fact in record.of_kind(FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED):
        if fact.verb is Verb.DO:
            done[str(fact.step)] = fact.seq
        else:
            early = _too_early(record, fact, done, undone)
            if early:
                return early
            undone[str(fact.step)] = fact.seq
    return None


def _too_early(record: RunRecord, fact: Fact, done: dict[str, int], undone: dict[str, int]) -> Violation | None:
    if fact.step not in done:
        return Violation(f"{fact.step} was compensated although it never took effect", fact.seq)
    plan = record.plan
    meant = {one.step.name: one for one in compensations(plan.saga, str(fact.because), plan.undo_order)}
    if fact.step not in meant:
        return Violation(f"{fact.step} was compensated, which {fact.because} does not ask for", fact.seq)
    late = [s.name for s in meant[fact.step].waits_for if s.name in done and s.name not in undone]
    return Violation(f"{fact.step} was compensated before {', '.join(late)}", fact.seq) if late else None


def _nothing_past_pivot(record: RunRecord) -> Violation | None:
    pivots = {step.name for step in record.plan.saga.steps if step.kind is StepKind.PIVOT}
    passed: int | None = None
    for fact in record.of_kind(FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED):
        if fact.verb is Verb.UNDO and passed:
            return Violation(f"{fact.step} was compensated after the pivot", fact.seq)
        passed = fact.seq if fact.step in pivots else passed
    return None


def _comes_to_an_end(record: RunRecord) -> Violation | None:
    if not record.if_final:
        return None
    waiting = [view.name for view in record.board.steps.values() if view.status not in {*AT_REST, StepStatus.COMPLETED}]
    where = f" at {', '.join(waiting)}" if waiting else ""
    what = "an error of the sandbox" if record.board.sandbox_failure else "a lost order"
    return Violation(f"{what}: it stays{where}, and nobody will act unless somebody comes to look")


def _has_undos(saga: Saga) -> bool:
    return any(step.undo for step in saga.steps)


def _has_pivot(saga: Saga) -> bool:
    return saga.pivot is not None


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("comes-to-an-end", "Every order is finished or taken back", _comes_to_an_end, needs_end=True),
    Invariant("books-balance", "Every posting has two sides, and no account is below zero", _ledgers_balance),
    Invariant("effects-once", "Every step took effect at most once", _effects_once),
    Invariant("told-iff-done", "What happened was told, and nothing else was", _sent_iff_done),
    Invariant(
        "undo-in-order", "Only what took effect was undone, in the plan's order", _undo_in_order, applies=_has_undos
    ),
    Invariant("nothing-past-pivot", "Nothing was undone past the pivot", _nothing_past_pivot, applies=_has_pivot),
)
# Fails at import when a saga's promise has the name of one of these.
for _saga in SAGA.values():
    by_name(f"{_saga.name} law", invariants_of(_saga))


def broken(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Returns the findings of broken invariants."""
    return tuple(finding for finding in findings if not finding.is_kept)
