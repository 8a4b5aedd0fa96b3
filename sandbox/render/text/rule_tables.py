"""Puts the rules of a plan into tables of words, and into plain text."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from sandbox.definitions.registry import title
from sandbox.definitions.terms import MessageKind, SagaStatus, Verb
from sandbox.engine.plan.model import Emission, Plan, Rule
from sandbox.render.text.format import seconds


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, in words. `or_else` says what is sent instead, and when."""

    actor: str
    hears: str
    does: str
    then_sends: str
    or_else: str


HEADINGS = RuleRow("actor", "when it has heard", "it does", "then sends", "or else")


def rule_rows(plan: Plan) -> tuple[RuleRow, ...]:
    """Returns the plan's rules in words, in the plan's order, without those for timeouts and failed undos."""
    return tuple(_row(plan, rule) for rule in plan.rules if not is_timeout_rule(plan, rule))


def timeout_rows(plan: Plan) -> tuple[RuleRow, ...]:
    """Returns the rules for timeouts and failed undos in words."""
    return tuple(_row(plan, rule) for rule in plan.rules if is_timeout_rule(plan, rule))


def is_timeout_rule(plan: Plan, rule: Rule) -> bool:
    """Returns whether the rule handles a missing answer or a failed undo."""
    return bool(rule.unless) or rule.verb is Verb.ABANDON or rule.ends is SagaStatus.COMPENSATION_FAILED


def _row(plan: Plan, rule: Rule) -> RuleRow:
    hears = " and ".join(rule.on) + (f", unless {' or '.join(rule.unless)} came" if rule.unless else "")
    sends = rule.gives_up if rule.verb is Verb.ABANDON else rule.emits
    return RuleRow(title(rule.actor), hears, _does(plan, rule), _sends(sends), _or_else(rule))


def _or_else(rule: Rule) -> str:
    given_up = rule.gives_up if rule.verb is Verb.DO else ()
    cases = {"refused": rule.refuses, "given up": given_up, "nothing to undo": rule.has_nothing}
    return "; ".join(f"{case}: {_sends(emissions)}" for case, emissions in cases.items() if emissions) or "-"


def _does(plan: Plan, rule: Rule) -> str:
    if rule.ends:
        return f"closes the saga: {rule.ends}"
    if rule.step is None:
        return "decides"
    step = plan.saga.step(rule.step)
    if rule.verb is Verb.ABANDON:
        return f"gives {step.do.name} up, unless it is done"
    return step.undo.name if rule.verb is Verb.UNDO and step.undo else step.do.name


def _sends(emissions: Sequence[Emission]) -> str:
    return ", ".join(map(_emission, emissions)) or "-"


def _emission(emission: Emission) -> str:
    if emission.kind is MessageKind.TIMER:
        return f"{emission.name} to itself in {seconds(emission.after)}"
    if emission.stands_for:
        return f"{emission.name} in place of {emission.stands_for}"
    return f"{emission.name} to {', '.join(map(title, emission.to)) or 'nobody'}"


def as_text(rows: Sequence[RuleRow]) -> str:
    """Returns the rows as columns of plain text, under their headings."""
    table = [astuple(row) for row in (HEADINGS, *rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )
