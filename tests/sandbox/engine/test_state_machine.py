"""Random events in random order happen to the messages of a saga: every promise holds after each of them."""

from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import CUSTOMER, FAULT, ORCHESTRATOR, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import SETTLED, DeliveryState, FactKind, SagaStatus, Style, UndoOrder
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.handling import opening_balances
from sandbox.engine.execution.replay import replay
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.projection.fold import advance, fold
from sandbox.engine.simulation.simulator import Simulator

CASES = {
    f"{saga.name}, {style}, {undo}, refused: {refused}": (compile_plan(saga, style, undo), refused)
    for saga in SAGA.values()
    for style in saga.styles
    for undo in UndoOrder
    for refused in (None, *(step.name for step in saga.refusable))
}
TOO_MANY = 50
MOST_STRIKES, MOST_LOSSES, MOST_AT_RANDOM = 8, 3, 60
MOST_FACTS = 2_000
FAULT_KINDS = [kind for kind in FAULT if kind != "lost"]
POSITIONS = st.integers(0, 15)


def drawn(plan):
    """Returns every arrow of the plan's picture, and every timer of an actor."""
    hops = {(hop.sender, hop.receiver, hop.name) for hop in plan.hops}
    return hops | {(actor, actor, timer.name) for actor, timer in plan.timers}


def stored_and_read(fact):
    return Fact.recall(kind=fact.kind, actor=fact.actor, seq=fact.seq, at=fact.at, details=fact.details())


def placed_at_random(plan, dice):
    names = [hop.name for hop in plan.hops if hop.sender != CUSTOMER]
    kinds = ["lost", "lost", *FAULT]
    return tuple(Fault(dice.choice(kinds), dice.choice(names), dice.randrange(1, 5)) for _ in range(dice.randrange(3)))


def nth(deliveries, position):
    return deliveries[position % len(deliveries)]


class AnyOrderOfEvents(RuleBasedStateMachine):
    """One order whose messages are delivered, struck, lost and repaired at random.

    `page` follows the facts one by one, as a learner's page does, after they were stored and read.
    """

    run = None

    @initialize(
        case=st.sampled_from(list(CASES)),
        quantity=st.sampled_from([1, 7, TOO_MANY]),
        seed=st.none() | st.integers(0, 2**32),
    )
    def place_an_order(self, case, quantity, seed):
        self.plan, self.refused = CASES[case]
        settings = RunSettings(quantity=quantity, fail=self.refused or "")
        self.dice = None if seed is None else Random(seed)
        faults = placed_at_random(self.plan, self.dice) if self.dice else ()
        self.run = Simulator(RunState(self.plan, settings, faults=faults))
        self.opened = opening_balances(self.plan, settings)
        self.drawn = drawn(self.plan)
        self.page = fold(self.plan, ())
        self.replayed = {}
        self.strikes = self.losses = 0

    @property
    def on_their_way(self):
        """Returns what the operator can strike: everything but timers."""
        return [delivery for delivery in self.run.in_flight if not delivery.is_timer]

    @property
    def missed(self):
        """Returns the messages that an actor would miss; nobody misses the customer's order."""
        return [delivery for delivery in self.on_their_way if delivery.message.sender != CUSTOMER]

    @property
    def dead(self):
        return [delivery for delivery in self.run.deliveries.values() if delivery.state is DeliveryState.DEAD]

    @property
    def record(self):
        """Returns the record; folding all facts again each time would be most of the test's work."""
        for fact in self.run.facts[self.page.seq :]:
            self.page = advance(self.page, stored_and_read(fact))
        record = self.run.record
        vars(record)["board"] = self.page
        return record

    @property
    def can_strike(self):
        return self.strikes < MOST_STRIKES and self.on_their_way

    @property
    def can_lose(self):
        return self.losses < MOST_LOSSES and self.missed

    @precondition(lambda self: self.run.in_flight)
    @rule(position=POSITIONS)
    def deliver(self, position):
        self.run.deliver(nth(self.run.in_flight, position))

    @precondition(lambda self: self.can_strike)
    @rule(position=POSITIONS, kind=st.sampled_from(FAULT_KINDS))
    def strike(self, position, kind):
        self.strikes += 1
        self.run.strike(nth(self.on_their_way, position), kind)

    @precondition(lambda self: self.can_lose)
    @rule(position=POSITIONS)
    def lose(self, position):
        self.losses += 1
        self.run.strike(nth(self.missed, position), "lost")

    @precondition(lambda self: self.dead)
    @rule(position=POSITIONS)
    def repair(self, position):
        self.run.repair(nth(self.dead, position))

    @precondition(lambda self: not self.run.in_flight)
    @rule()
    def see_nothing_on_its_way(self):
        assert not self.record.board.in_flight

    @invariant()
    def every_promise_holds(self):
        if self.page.seq == len(self.run.facts):
            return
        self.every_law_holds()
        self.facts_are_numbered_without_a_gap()
        self.the_page_shows_what_is_in_flight()
        self.every_hop_is_drawn()
        self.nobody_waits_for_what_has_come()
        self.what_an_actor_remembers_is_what_the_journal_tells()

    def every_law_holds(self):
        assert not broken(judge(self.record))

    def facts_are_numbered_without_a_gap(self):
        assert [fact.seq for fact in self.run.facts] == list(range(1, len(self.run.facts) + 1))

    def the_page_shows_what_is_in_flight(self):
        shown = {(delivery.message, delivery.receiver, delivery.copy) for delivery in self.record.board.in_flight}
        assert shown == {delivery.key for delivery in self.run.in_flight}

    def every_hop_is_drawn(self):
        deliveries = self.record.board.deliveries.values()
        assert {(a.sender, a.receiver, a.name) for a in deliveries if a.receiver} <= self.drawn

    def nobody_waits_for_what_has_come(self):
        for timer in filter(lambda delivery: delivery.is_timer, self.run.in_flight):
            heard = {name for name, _ in self.run.memories[timer.receiver].heard}
            rules = [rule for rule in self.plan.rules_of(timer.receiver) if timer.message.name in rule.on]
            assert any(heard.isdisjoint(rule.unless) for rule in rules), timer.message.name

    def what_an_actor_remembers_is_what_the_journal_tells(self):
        for actor, memory in self.run.memories.items():
            if self.replayed.get(actor) is not memory:
                replayed = replay(
                    self.plan, self.run.run_state.settings, actor, self.run.facts, balances=self.opened.get(actor)
                )
                assert replayed == memory, actor
                self.replayed[actor] = memory

    def teardown(self):
        if self.run is None:
            return
        if self.dice:
            self.goes_on_at_random(self.dice)
        self.goes_on_to_an_end()
        while self.dead and self.record.board.status not in SETTLED:
            for delivery in self.dead:
                self.run.repair(delivery)
            self.goes_on_to_an_end()
        status = self.record.board.status
        assert status in self.ends_without_help

    def goes_on_at_random(self, dice):
        """Far more happens to an order in the same time than when every choice is drawn."""
        harm, loss, repair = dice.choice([0, 0.1, 0.3]), dice.choice([0, 0.05, 0.2]), dice.choice([0, 0.2])
        haste = dice.random()
        for _ in range(dice.randrange(MOST_AT_RANDOM)):
            position = dice.randrange(16)
            if self.can_strike and dice.random() < harm:
                self.strike(position=position, kind=dice.choice(FAULT_KINDS))
            elif self.can_lose and dice.random() < loss:
                self.lose(position=position)
            elif self.dead and dice.random() < repair:
                self.repair(position=position)
            elif self.run.in_flight:
                self.deliver(position=position if dice.random() < haste else 0)
            self.every_promise_holds()

    def chosen(self, flying):
        assert len(self.run.facts) < MOST_FACTS, "it goes on and on"
        return self.dice.randrange(len(flying)) if self.dice else 0

    @property
    def ends_without_help(self):
        """How an order may end of which no message is dead: nobody watches where a human has taken over."""
        unwatched = self.plan.style is Style.CHOREOGRAPHY or self.was_repaired
        if unwatched and self.run.record.of_kind(FactKind.MESSAGE_LOST):
            return {*self.possible_ends, SagaStatus.STUCK}
        return self.possible_ends

    @property
    def was_repaired(self):
        return bool(self.run.record.of_kind(FactKind.OPERATOR_RETRIED))

    @property
    def statuses_it_cannot_know(self):
        """Returns the status that stays when a retry succeeds and its answer to the orchestrator is lost."""
        is_lost = self.run.record.of_kind(FactKind.MESSAGE_LOST)
        return {SagaStatus.COMPENSATION_FAILED} if self.was_repaired and is_lost else set()

    @property
    def possible_ends(self):
        """Returns how an order may end if nothing gets lost for good."""
        is_hopeless = self.refused or self.run.run_state.order.quantity == TOO_MANY
        return {SagaStatus.COMPENSATED} if is_hopeless else SETTLED

    def goes_on_to_an_end(self):
        status = self.run.run(self.chosen).board.status
        assert self.run.run(self.chosen).board.status is status
        self.every_promise_holds()
        assert fold(self.plan, self.run.facts) == self.record.board
        if status is SagaStatus.COMPENSATION_FAILED:
            assert self.dead
        if ORCHESTRATOR in self.plan.actors and status in SETTLED:
            assert self.run.memories[ORCHESTRATOR].closed in {status, *self.statuses_it_cannot_know}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("orders", [100, pytest.param(3000, marks=pytest.mark.proof)])
def test_no_delivery_no_fault_and_no_repair_in_any_order_breaks_a_promise(orders):
    run_state_machine_as_test(
        AnyOrderOfEvents, settings=settings(max_examples=orders, stateful_step_count=6, deadline=None)
    )
