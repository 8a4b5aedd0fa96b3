"""What is known of a run when it is judged."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from sandbox.definitions.model import Order, Step
from sandbox.definitions.settings import RunSettings
from sandbox.definitions.terms import SETTLED, FactKind, Guarantee, SagaStatus
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.messages import Entry, Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board
from sandbox.engine.projection.fold import advance, fold


@dataclass(frozen=True)
class RunRecord:
    """All that is recorded of a run: how it was to go, its facts, and the entries of every ledger.

    `if_it_stays` asks what were to be said if nothing more happened.
    """

    plan: Plan
    settings: RunSettings
    facts: tuple[Fact, ...]
    entries: tuple[Entry, ...]
    if_it_stays: bool = False

    @property
    def order(self) -> Order:
        """Returns what the customer ordered."""
        return self.settings.order

    @property
    def without(self) -> frozenset[Guarantee]:
        """Returns the guarantees that were switched off."""
        return self.settings.off

    @cached_property
    def board(self) -> Board:
        return fold(self.plan, self.facts)

    def with_fact(self, fact: Fact) -> Self:
        """The record with one more fact, its board advanced by that alone."""
        record = evolve(self, facts=(*self.facts, fact))
        vars(record)["board"] = advance(self.board, fact)
        return record

    def balance(self, service: str, account: str) -> int:
        """The sum of that account's entries, in its unit."""
        return sum(e.amount for e in self.entries if (e.service, e.account) == (service, account))

    def last_moved(self, service: str, account: str) -> int | None:
        """The fact of the account's newest entry, if there is one."""
        return max((e.seq for e in self.entries if (e.service, e.account) == (service, account)), default=None)

    def filled_by(self, step: Step) -> int:
        """What the account holds that the step fills, in its unit."""
        return self.balance(step.service, step.target)

    def last_filled(self, step: Step) -> int | None:
        """The fact of the newest entry in the account that the step fills, if there is one."""
        return self.last_moved(step.service, step.target)

    def of_kind(self, *kinds: FactKind) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.kind in kinds)

    def seconds(self, first: Fact, last: Fact) -> float:
        """From one fact to another, with whatever was skipped between them."""
        skipped = (f.after or 0.0 for f in self.of_kind(FactKind.TIME_SKIPPED) if first.seq < f.seq <= last.seq)
        return last.at - first.at + sum(skipped)

    @property
    def never_came_in(self) -> bool:
        """Whether the customer's order itself was lost, so that nobody knows of it."""
        return any(fact.name == self.plan.trigger.name for fact in self.of_kind(FactKind.MESSAGE_LOST))

    @property
    def is_settled(self) -> bool:
        """Whether it ended for good: a saga that is stuck, or needs a human, still waits for someone."""
        return self.if_it_stays or self.board.status in SETTLED

    @property
    def is_stranded(self) -> bool:
        """Whether nothing more will happen by itself although the saga is not settled."""
        return self.board.status in {SagaStatus.STUCK, SagaStatus.COMPENSATION_FAILED}

    @property
    def went_astray(self) -> int | None:
        """The fact from which on a stranded saga could not go on: a message was lost, given up, or never sent."""
        kinds = (FactKind.SANDBOX_FAILED, FactKind.MESSAGE_LOST, FactKind.MESSAGE_DEAD, FactKind.FAULT_INJECTED)
        return next((fact.seq for kind in kinds for fact in reversed(self.of_kind(kind))), None)
