"""The promises that every run must keep, checked on what was recorded, and shown to the learner as the verdict."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from sandbox.definitions.records import Order, Unit
from sandbox.definitions.terms import FactKind, SagaStatus, StepKind, Verb
from sandbox.engine.board import Board, fold
from sandbox.engine.messages import Entry, Fact
from sandbox.engine.plan import Plan, compensations
from sandbox.engine.turn import OUTSIDE


@dataclass(frozen=True)
class Evidence:
    """All that is recorded of a run: its facts, and the entries of every ledger."""

    plan: Plan
    order: Order
    facts: tuple[Fact, ...]
    entries: tuple[Entry, ...]

    @cached_property
    def board(self) -> Board:
        return fold(self.plan, self.facts)

    def balance(self, service: str, account: str) -> int:
        """The sum of that account's entries, in its unit."""
        return sum(e.amount for e in self.entries if (e.service, e.account) == (service, account))

    def of_kind(self, *kinds: FactKind) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.kind in kinds)

    @property
    def has_ended(self) -> bool:
        """Ended for good: a saga that is stuck still waits for someone."""
        return self.board.status in {SagaStatus.COMPLETED, SagaStatus.COMPENSATED}


@dataclass(frozen=True, slots=True)
class Breach:
    """How a law was broken, and the fact that broke it where one did."""

    text: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """One promise. `check` returns a Breach, or None when the promise was kept."""

    name: str
    title: str
    check: Callable[[Evidence], Breach | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of checking one law on one run."""

    law: Law
    breach: Breach | None

    @property
    def held(self) -> bool:
        return self.breach is None


def judge(evidence: Evidence) -> tuple[Finding, ...]:
    """Every law, checked on this evidence."""
    return tuple(Finding(law, law.check(evidence)) for law in LAWS)


def _one_charge(evidence: Evidence) -> Breach | None:
    captured, total = evidence.balance("payment", "merchant"), evidence.order.amount(Unit.CENT)
    whole = (0, total) if evidence.has_ended else range(total + 1)
    return None if captured in whole else Breach(f"the merchant holds {captured} cents of an order of {total}")


def _charged_iff_shipped(evidence: Evidence) -> Breach | None:
    charged, shipped = evidence.balance("payment", "merchant"), evidence.balance("fulfilment", "scheduled")
    if not evidence.has_ended or bool(charged) == bool(shipped):
        return None
    return Breach("charged, but no delivery is scheduled" if charged else "a delivery is scheduled, but not paid")


def _books_balance(evidence: Evidence) -> Breach | None:
    sums: dict[str, int] = {}
    running: dict[tuple[str, str], int] = {}
    for entry in sorted(evidence.entries, key=lambda e: e.seq):
        sums[entry.service] = sums.get(entry.service, 0) + entry.amount
        account = (entry.service, entry.account)
        running[account] = running.get(account, 0) + entry.amount
        if running[account] < 0 and entry.account != OUTSIDE:
            return Breach(f"{entry.service}'s account {entry.account!r} fell below zero", entry.seq)
    unbalanced = [service for service, total in sums.items() if total]
    return Breach(f"the ledger of {', '.join(unbalanced)} does not sum to zero") if unbalanced else None


def _reservations_settled(evidence: Evidence) -> Breach | None:
    reserved, shipped = evidence.balance("inventory", "reserved"), evidence.balance("fulfilment", "scheduled")
    if not evidence.has_ended or bool(reserved) == bool(shipped):
        return None
    return Breach(
        "stock is still reserved, but no delivery is scheduled" if reserved else "a delivery of unreserved stock"
    )


def _effects_once(evidence: Evidence) -> Breach | None:
    seen = set()
    for fact in evidence.of_kind(FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED):
        effect = (fact.step, fact.verb)
        if effect in seen:
            return Breach(f"{fact.step} was {'done' if fact.verb is Verb.DO else 'undone'} twice", fact.seq)
        seen.add(effect)
    entries = {(e.service, e.seq) for e in evidence.entries if e.seq > 1}
    told = {(f.posting.service, f.seq) for f in evidence.facts if f.posting}
    return None if entries == told else Breach("the ledgers and the journal tell of different postings")


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
    for one in compensations(plan.saga, str(fact.because), plan.undo_order):
        late = [step.name for step in one.waits_for if step.name in done and step.name not in undone]
        if one.step.name == fact.step and late:
            return Breach(f"{fact.step} was compensated before {', '.join(late)}", fact.seq)
    return None


def _nothing_past_pivot(evidence: Evidence) -> Breach | None:
    pivots = {step.name for step in evidence.plan.saga.steps if step.kind is StepKind.PIVOT}
    passed: int | None = None
    for fact in evidence.of_kind(FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED):
        if fact.verb is Verb.UNDO and passed:
            return Breach(f"{fact.step} was compensated after the pivot", fact.seq)
        passed = fact.seq if fact.step in pivots else passed
    return None


def _confirmed_once(evidence: Evidence) -> Breach | None:
    sent, shipped = evidence.balance("notification", "sent"), evidence.balance("fulfilment", "scheduled")
    if sent > 1:
        return Breach(f"{sent} confirmations were sent")
    return Breach("a confirmation was sent for an order that was not scheduled") if sent and not shipped else None


LAWS: tuple[Law, ...] = (
    Law("one-charge", "The customer paid once, or not at all", _one_charge),
    Law("charged-iff-shipped", "Charged if and only if a delivery is scheduled", _charged_iff_shipped),
    Law("books-balance", "Every posting has two sides, and no account is below zero", _books_balance),
    Law("reservations-settled", "Stock stays reserved only for a scheduled delivery", _reservations_settled),
    Law("effects-once", "Every step took effect at most once", _effects_once),
    Law("undo-in-order", "Only what took effect was undone, in the plan's order", _undo_in_order),
    Law("nothing-past-pivot", "Nothing was undone past the pivot", _nothing_past_pivot),
    Law("confirmed-once", "At most one confirmation, only for a scheduled delivery", _confirmed_once),
)


def broken(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of laws that did not hold."""
    return tuple(finding for finding in findings if not finding.held)
