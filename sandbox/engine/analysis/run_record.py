"""The record of a run, from which it is judged and compared."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from sandbox.definitions.model import Order, Step
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import SETTLED, FactKind, SagaStatus
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Entry, Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board
from sandbox.engine.projection.fold import advance, fold


@dataclass(frozen=True)
class RunRecord:
    """All that is recorded of a run: its settings, its facts, and the entries of every ledger.

    With `if_final` it is judged as if nothing more happened.
    """

    plan: Plan
    settings: RunSettings
    facts: tuple[Fact, ...]
    entries: tuple[Entry, ...]
    if_final: bool = False

    @property
    def order(self) -> Order:
        """Returns what the customer ordered."""
        return self.settings.order

    @cached_property
    def board(self) -> Board:
        return fold(self.plan, self.facts)

    def with_fact(self, fact: Fact) -> Self:
        """Returns the record with one more fact, which only advances the board instead of folding all facts again."""
        record = evolve(self, facts=(*self.facts, fact))
        vars(record)["board"] = advance(self.board, fact)
        return record

    def as_of(self, seq: int) -> Self:
        """Returns the record as it was after that fact."""
        facts = tuple(fact for fact in self.facts if fact.seq <= seq)
        return evolve(self, facts=facts, entries=tuple(entry for entry in self.entries if entry.seq <= seq))

    def balance(self, service: str, account: str) -> int:
        """Returns the sum of that account's entries, in its unit."""
        return sum(e.amount for e in self.entries if (e.service, e.account) == (service, account))

    def last_moved(self, service: str, account: str) -> int | None:
        """Returns the fact of the account's newest entry, or None."""
        return max((e.seq for e in self.entries if (e.service, e.account) == (service, account)), default=None)

    def filled_by(self, step: Step) -> int:
        """Returns the balance of the step's target account, in its unit."""
        return self.balance(step.service, step.target)

    def last_filled(self, step: Step) -> int | None:
        """Returns the fact of the newest entry in the step's target account, or None."""
        return self.last_moved(step.service, step.target)

    def of_kind(self, *kinds: FactKind) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.kind in kinds)

    def seconds(self, first: Fact, last: Fact) -> float:
        """Returns the seconds from one fact to another, skipped time included."""
        return self.board.seconds_at(last.at) - self.board.seconds_at(first.at)

    @property
    def is_settled(self) -> bool:
        """Returns whether it has ended and needs no help: one that is stuck, or needs a human, does."""
        return self.if_final or self.board.status in SETTLED

    @property
    def is_stranded(self) -> bool:
        """Returns whether nothing more happens by itself although the saga is not settled."""
        return self.board.status in {SagaStatus.STUCK, SagaStatus.COMPENSATION_FAILED, SagaStatus.SANDBOX_FAILED}

    @property
    def stuck_since(self) -> int | None:
        """Returns the fact that stopped a stranded saga: a message was lost, given up, or never sent."""
        kinds = (FactKind.SANDBOX_FAILED, FactKind.MESSAGE_LOST, FactKind.MESSAGE_DEAD, FactKind.FAULT_INJECTED)
        return next((fact.seq for kind in kinds for fact in reversed(self.of_kind(kind))), None)
