"""The promises that every run must keep, checked on what was recorded, and shown to the learner as the verdict."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sandbox.definitions.model import Unit
from sandbox.definitions.terms import FactKind, StepKind, StepStatus, Verb
from sandbox.engine.analysis.run_record import Evidence
from sandbox.engine.evolve import changed
from sandbox.engine.execution.handling import OUTSIDE, entries_of
from sandbox.engine.execution.messages import Fact
from sandbox.engine.plan.compensation import compensations
from sandbox.engine.projection.fold import AT_REST


@dataclass(frozen=True, slots=True)
class Breach:
    """How a law was broken, and the fact that broke it where one did."""

    text: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """One promise. `check` returns a Breach, or None when nothing breaks it.

    What `needs_end` can only be judged once the saga is settled, and is not broken before.
    """

    name: str
    title: str
    check: Callable[[Evidence], Breach | None]
    needs_end: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of checking one law on one run; `is_open` when it is too early to tell.

    `if_it_stays` is how an open one is broken if nobody comes to help.
    """

    law: Law
    breach: Breach | None
    is_open: bool = False
    if_it_stays: Breach | None = None

    @property
    def held(self) -> bool:
        return self.breach is None


def judge(evidence: Evidence) -> tuple[Finding, ...]:
    """Every law, checked on this evidence."""
    return tuple(_find(law, evidence) for law in LAWS)


def _find(law: Law, evidence: Evidence) -> Finding:
    breach = law.check(evidence)
    if breach or not law.needs_end or evidence.is_settled:
        return Finding(law, breach)
    later = law.check(changed(evidence, if_it_stays=True)) if evidence.is_stranded else None
    return Finding(law, None, is_open=True, if_it_stays=later and replace(later, seq=evidence.went_astray or later.seq))


MERCHANT, SCHEDULED = ("payment", "merchant"), ("fulfilment", "scheduled")
RESERVED, SENT = ("inventory", "reserved"), ("notification", "sent")


def _euros(cents: int) -> str:
    return f"€{cents / 100:,.2f}"


def _one_charge(evidence: Evidence) -> Breach | None:
    total, captured = evidence.order.amount(Unit.CENT), 0
    for entry in evidence.entries:
        if (entry.service, entry.account) == MERCHANT:
            captured += entry.amount
            if captured > total:
                return Breach(f"the merchant took {_euros(captured)} for an order of {_euros(total)}", entry.seq)
    whole = (0, total) if evidence.is_settled else range(total + 1)
    if captured in whole:
        return None
    return Breach(
        f"the merchant holds {_euros(captured)} of an order of {_euros(total)}", evidence.last_moved(*MERCHANT)
    )


def _told_iff_done(evidence: Evidence) -> Breach | None:
    """What an outbox promises: nothing takes effect untold (a zombie record), nothing is told that did not happen."""
    happened: set[tuple[str, Verb]] = set()
    untold: dict[str, Fact] = {}
    news = {s.do.done: (s.name, Verb.DO) for s in evidence.plan.saga.steps}
    news |= {s.undo.done: (s.name, Verb.UNDO) for s in evidence.plan.saga.steps if s.undo}
    for fact in evidence.of_kind(*TELLING, FactKind.MESSAGE_SENT):
        told = news.get(str(fact.name))
        if fact.kind in TELLING and fact.step and fact.verb:
            happened.add((fact.step, fact.verb))
            untold |= {name: fact for name, what in news.items() if what == (fact.step, fact.verb)}
        elif told and told not in happened:
            return Breach(f"{fact.name} was sent, but {told[0]} had not taken effect: a ghost message", fact.seq)
        untold.pop(str(fact.name), None)
    zombie = next(iter(untold.items()), None)
    return zombie and Breach(
        f"{zombie[1].step} took effect, but {zombie[0]} was never sent: a zombie record", zombie[1].seq
    )


TELLING = (FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED, FactKind.NOTHING_TO_UNDO)


def _charged_iff_shipped(evidence: Evidence) -> Breach | None:
    charged, shipped = evidence.balance(*MERCHANT), evidence.balance(*SCHEDULED)
    if not evidence.uses(MERCHANT, SCHEDULED) or not evidence.is_settled or bool(charged) == bool(shipped):
        return None
    if charged:
        return Breach("charged, but no delivery is scheduled", evidence.last_moved(*MERCHANT))
    return Breach("a delivery is scheduled, but not paid", evidence.last_moved(*SCHEDULED))


def _books_balance(evidence: Evidence) -> Breach | None:
    sums: dict[str, int] = {}
    running: dict[tuple[str, str], int] = {}
    for entry in sorted(evidence.entries, key=lambda e: e.seq):
        sums[entry.service] = sums.get(entry.service, 0) + entry.amount
        account = (entry.service, entry.account)
        running[account] = running.get(account, 0) + entry.amount
        if running[account] < 0 and entry.account != OUTSIDE:
            return Breach(f"{entry.service}'s account {entry.account!r} fell below zero", entry.seq)
    unbalanced = next((service for service, total in sums.items() if total), None)
    if unbalanced is None:
        return None
    last = max(entry.seq for entry in evidence.entries if entry.service == unbalanced)
    return Breach(f"the ledger of {unbalanced} does not sum to zero", last)


def _reservations_settled(evidence: Evidence) -> Breach | None:
    reserved, shipped = evidence.balance(*RESERVED), evidence.balance(*SCHEDULED)
    if not evidence.uses(RESERVED, SCHEDULED) or not evidence.is_settled or bool(reserved) == bool(shipped):
        return None
    if reserved:
        return Breach("stock is still reserved, but no delivery is scheduled", evidence.last_moved(*RESERVED))
    return Breach("a delivery of unreserved stock", evidence.last_moved(*SCHEDULED))


def _effects_once(evidence: Evidence) -> Breach | None:
    seen = set()
    for fact in evidence.of_kind(FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED):
        effect = (fact.step, fact.verb)
        if effect in seen:
            return Breach(f"{fact.step} was {'done' if fact.verb is Verb.DO else 'undone'} twice", fact.seq)
        seen.add(effect)
    booked, told = Counter(e for e in evidence.entries if e.seq > 1), Counter(entries_of(evidence.facts))
    odd = next(iter((booked - told) + (told - booked)), None)
    return Breach(f"the ledger of {odd.service} and the journal differ", odd.seq) if odd else None


def _undo_in_order(evidence: Evidence) -> Breach | None:
    done: dict[str, int] = {}
    undone: dict[str, int] = {}
    for fact in evidence.of_kind(FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED):
        if fact.verb is Verb.DO:
            done[str(fact.step)] = fact.seq
        else:
            early = _too_early(evidence, fact, done, undone)
            if early:
                return early
            undone[str(fact.step)] = fact.seq
    return None


def _too_early(evidence: Evidence, fact: Fact, done: dict[str, int], undone: dict[str, int]) -> Breach | None:
    if fact.step not in done:
        return Breach(f"{fact.step} was compensated although it never took effect", fact.seq)
    plan = evidence.plan
    meant = {one.step.name: one for one in compensations(plan.saga, str(fact.because), plan.undo_order)}
    if fact.step not in meant:
        return Breach(f"{fact.step} was compensated, which {fact.because} does not ask for", fact.seq)
    late = [s.name for s in meant[fact.step].waits_for if s.name in done and s.name not in undone]
    return Breach(f"{fact.step} was compensated before {', '.join(late)}", fact.seq) if late else None


def _nothing_past_pivot(evidence: Evidence) -> Breach | None:
    pivots = {step.name for step in evidence.plan.saga.steps if step.kind is StepKind.PIVOT}
    passed: int | None = None
    for fact in evidence.of_kind(FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED):
        if fact.verb is Verb.UNDO and passed:
            return Breach(f"{fact.step} was compensated after the pivot", fact.seq)
        passed = fact.seq if fact.step in pivots else passed
    return None


def _confirmed_once(evidence: Evidence) -> Breach | None:
    sent, shipped = evidence.balance(*SENT), evidence.balance(*SCHEDULED)
    if sent > 1:
        return Breach(f"{sent} confirmations were sent", evidence.last_moved(*SENT))
    if evidence.uses(SCHEDULED) and sent and not shipped:
        return Breach("a confirmation was sent for an order that was not scheduled", evidence.last_moved(*SENT))
    return None


def _comes_to_an_end(evidence: Evidence) -> Breach | None:
    if not evidence.if_it_stays:
        return None
    waiting = [
        view.name for view in evidence.board.steps.values() if view.status not in {*AT_REST, StepStatus.COMPLETED}
    ]
    where = f" at {', '.join(waiting)}" if waiting else ""
    return Breach(f"a lost order: it stays{where}, and nobody will act unless somebody comes to look")


LAWS: tuple[Law, ...] = (
    Law("one-charge", "The customer paid once, or not at all", _one_charge, needs_end=True),
    Law("charged-iff-shipped", "Charged if and only if a delivery is scheduled", _charged_iff_shipped, needs_end=True),
    Law("comes-to-an-end", "Every order is finished or taken back", _comes_to_an_end, needs_end=True),
    Law("books-balance", "Every posting has two sides, and no account is below zero", _books_balance),
    Law(
        "reservations-settled",
        "Stock stays reserved only for a scheduled delivery",
        _reservations_settled,
        needs_end=True,
    ),
    Law("effects-once", "Every step took effect at most once", _effects_once),
    Law("told-iff-done", "What took effect was told, and nothing else was", _told_iff_done),
    Law("undo-in-order", "Only what took effect was undone, in the plan's order", _undo_in_order),
    Law("nothing-past-pivot", "Nothing was undone past the pivot", _nothing_past_pivot),
    Law("confirmed-once", "At most one confirmation, only for a scheduled delivery", _confirmed_once),
)


def broken(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of laws that did not hold."""
    return tuple(finding for finding in findings if not finding.held)
