"""Derives what each actor can know of an order: its own work, and the messages that it handled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.definitions.model import Step
from sandbox.definitions.terms import FactKind, StepStatus
from sandbox.engine.execution.facts import Fact
from sandbox.engine.plan.model import Plan
from sandbox.engine.projection.board import Board

News = tuple[str, StepStatus]


@dataclass(frozen=True)
class LocalView:
    """The status of the steps that one actor knows anything about; `at` is when it last learnt something."""

    actor: str
    steps: Mapping[str, StepStatus] = field(default_factory=dict)
    at: float | None = None

    def wrong(self, board: Board) -> tuple[str, ...]:
        """Returns the steps that it believes to have a status which they do not have, or no longer."""
        return tuple(name for name, status in self.steps.items() if board.steps[name].status is not status)

    def is_right(self, board: Board) -> bool:
        """Returns whether it knows all that has happened, and believes nothing else."""
        happened = {name for name, step in board.steps.items() if step.status not in NOTHING_YET}
        return happened <= set(self.steps) and not self.wrong(board)


NOTHING_YET = {
    StepStatus.SCHEDULED,
    StepStatus.REQUESTED,
    StepStatus.NOT_REACHED,
    StepStatus.IN_PROGRESS,
    StepStatus.SKIPPED,
}


def actors_knowing_the_flow(plan: Plan) -> tuple[str, ...]:
    """Returns the actors whose rules mention every step, so that the whole flow can be read in that one place."""
    steps = plan.saga.steps
    return tuple(actor for actor in plan.actors if all(_mentions(plan, actor, step) for step in steps))


def _mentions(plan: Plan, actor: str, step: Step) -> bool:
    names = {name for action in (step.do, step.undo) if action for name in (action.command, action.done)}
    names |= {step.refusal.event} if step.refusal else set()
    names_by_rule = (
        {*rule.listens_for, *(emission.name for emission in rule.possible_emissions)} for rule in plan.rules_of(actor)
    )
    return any(rule.step == step.name for rule in plan.rules_of(actor)) or any(map(names.intersection, names_by_rule))


def local_views(plan: Plan, facts: Iterable[Fact]) -> tuple[LocalView, ...]:
    """Returns the view of every actor but the customer after these facts, in the order in which they are drawn."""
    news_by_message = _news_by_message(plan)
    steps = {actor: dict[str, StepStatus]() for actor in plan.actors[1:]}
    last: dict[str, float] = {}
    for fact in facts:
        learnt = _learnt(fact, news_by_message)
        if learnt and fact.actor in steps and not _is_late(learnt, steps[fact.actor]):
            steps[fact.actor][learnt[0]] = learnt[1]
            last[fact.actor] = fact.at
    return tuple(LocalView(actor, known, last.get(actor)) for actor, known in steps.items())


def _is_late(news: News, known: Mapping[str, StepStatus]) -> bool:
    """Returns whether more is known of the step: that it was undone since, or refused before it was to be undone."""
    return (known.get(news[0]), news[1]) in OUTDATED


OUTDATED = {
    (StepStatus.COMPENSATED, StepStatus.COMPLETED),
    (StepStatus.REJECTED, StepStatus.SKIPPED),
}


def _news_by_message(plan: Plan) -> dict[str, News]:
    """Returns the step and status that a message of the plan reports, by the message's name."""
    news: dict[str, News] = {}
    for step in plan.saga.steps:
        news[step.do.done] = step.name, StepStatus.COMPLETED
        if step.undo:
            news[step.undo.done] = step.name, StepStatus.COMPENSATED
            news[step.undo.nothing] = step.name, StepStatus.SKIPPED
        if step.refusal:
            news[step.refusal.event] = news[step.refusal.abandoned] = step.name, StepStatus.REJECTED
    return news


def _learnt(fact: Fact, news_by_message: Mapping[str, News]) -> News | None:
    if fact.kind is FactKind.MESSAGE_HANDLED:
        return news_by_message.get(str(fact.name))
    return (fact.step, OWN[fact.kind]) if fact.step and fact.kind in OWN else None


OWN = {
    FactKind.STEP_COMPLETED: StepStatus.COMPLETED,
    FactKind.STEP_REJECTED: StepStatus.REJECTED,
    FactKind.STEP_COMPENSATED: StepStatus.COMPENSATED,
    FactKind.STEP_SKIPPED: StepStatus.SKIPPED,
    FactKind.NOTHING_TO_UNDO: StepStatus.SKIPPED,
    FactKind.STEP_TIMED_OUT: StepStatus.TIMED_OUT,
}
