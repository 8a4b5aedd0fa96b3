"""Rule tables as rows of words, and rows as plain text."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from sandbox.definitions.registry import title
from sandbox.definitions.terms import Verb
from sandbox.engine.plan import Emission, Plan, Rule


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, in words."""

    actor: str
    hears: str
    does: str
    then_sends: str
    if_refused: str


HEADINGS = RuleRow("actor", "when it has heard", "it does", "then sends", "or, refused, sends")


def rule_rows(plan: Plan) -> tuple[RuleRow, ...]:
    """The plan's rules in words, in the plan's order."""
    return tuple(
        RuleRow(title(rule.actor), " and ".join(rule.on), _does(plan, rule), _sends(rule.emits), _sends(rule.refuses))
        for rule in plan.rules
    )


def _does(plan: Plan, rule: Rule) -> str:
    if rule.ends:
        return f"closes the saga: {rule.ends}"
    if rule.step is None:
        return "decides"
    step = plan.saga.step(rule.step)
    return step.undo.name if rule.verb is Verb.UNDO and step.undo else step.do.name


def _sends(emissions: Sequence[Emission]) -> str:
    return ", ".join(f"{e.name} to {', '.join(title(to) for to in e.to) or 'nobody'}" for e in emissions) or "-"


def as_text(rows: Sequence[RuleRow]) -> str:
    """The rows as columns of plain text, under their headings."""
    table = [astuple(row) for row in (HEADINGS, *rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )
