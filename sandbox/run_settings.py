"""How runs are to go, and whether they can."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox.definitions.model import Order
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import Guarantee, Pace, Style, UndoOrder
from sandbox.engine.analysis.predictions import BadPrediction, check_prediction
from sandbox.engine.execution.faults import BadFault, parse_fault
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.plan.model import Plan
from sandbox.engine.simulation.fault_reach import applicable, check_placements, palette, places
from sandbox.render.text.words import STYLE_NAMES

MAX_QUANTITY, MAX_FAULTS = 100, 8
# What stands for a style where a run is asked for in two of them, and which two.
BOTH = "both"
BOTH_STYLES = (Style.CHOREOGRAPHY, Style.ORCHESTRATION)


class BadRequest(ValueError):
    """A setting that makes no sense; the message says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How a run, or with the style BOTH two, are to go.

    `refused` names the step that is to be refused for want of stock, money or a courier.

    `faults` are written as PLACE:KIND[=N][@K]; `without` names the guarantees to switch off; `undo` says
    whether compensations follow each other or set out at once; `prediction` is what the learner expects, an answer for
    each question. `experiment` names the claim of a lesson that they are to show, if they are.
    """

    saga: str = "order"
    style: str = Style.CHOREOGRAPHY
    refused: str = ""
    pace: str = Pace.FOLLOW
    quantity: int = 1
    undo: str = UndoOrder.SEQUENTIAL
    faults: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    prediction: Mapping[str, str] = field(default_factory=dict)
    experiment: str = ""

    def check(self) -> None:
        """Raises BadRequest for the first setting that names nothing, is out of range, or could have no effect."""
        one_of("saga", self.saga, tuple(SAGA))
        one_of("style", self.style, tuple(Style))
        if self.style not in SAGA[self.saga].styles:
            styles = ", ".join(SAGA[self.saga].styles)
            raise BadRequest(f"{self.saga} has no part that is choreographed inside; run it as one of {styles}")
        one_of("pace", self.pace, tuple(Pace))
        one_of("undo", self.undo, tuple(UndoOrder))
        for guarantee in self.without:
            one_of("guarantee", guarantee, tuple(Guarantee))
        if self.refused:
            one_of("step that can be refused", self.refused, tuple(step.name for step in SAGA[self.saga].refusable))
        if not 1 <= self.quantity <= MAX_QUANTITY:
            raise BadRequest(f"quantity {self.quantity} is out of range; order 1 to {MAX_QUANTITY} items")
        self._check_faults()
        try:
            check_prediction(self.plan, self.prediction)
        except BadPrediction as error:
            raise BadRequest(str(error)) from error

    def check_each(self) -> None:
        """As `check`, for every run that is asked for; the message says which of two could not go so."""
        check_both(self) if self.style == BOTH else self.check()

    def _check_faults(self) -> None:
        if len(self.faults) > MAX_FAULTS:
            raise BadRequest(f"{len(self.faults)} faults are too many; place at most {MAX_FAULTS}")
        twice = next((fault for fault in self.faults if self.faults.count(fault) > 1), None)
        if twice:
            raise BadRequest(f"fault {twice!r} is placed twice; write {twice.partition('=')[0]}=2 to have it twice")
        try:
            faults = tuple(parse_fault(text) for text in self.faults)
            check_placements(self.plan, faults, order=Order(self.quantity), refused=self.refused, without=self.off)
        except BadFault as error:
            raise BadRequest(str(error)) from error

    @property
    def off(self) -> frozenset[Guarantee]:
        """The guarantees that are switched off."""
        return frozenset(map(Guarantee, self.without))

    def applicable_faults(self) -> tuple[str, ...]:
        """Those of the faults that can each have an effect beside the others, in every run that is asked for."""
        faults, order = self.faults, Order(self.quantity)
        for one in self.each:
            faults = applicable(one.plan, faults, order=order, refused=self.refused, without=self.off)
        return faults

    @property
    def each(self) -> tuple["RunSettings", ...]:
        """The settings of each run that they ask for."""
        styles = BOTH_STYLES if self.style == BOTH else (self.style,)
        return tuple(replace(self, style=style) for style in styles)

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """The steps, the actors and the messages at which a fault can be placed, in every run that is asked for."""
        first, *others = (places(one.plan) for one in self.each)
        common = {place for found in others for group in found for place in group}
        return tuple(tuple(place for place in group if not others or place in common) for group in first)

    def palette(self, at: str) -> dict[str, str]:
        """Every kind of fault, with why it could have no effect there; "" if it could. Raises BadRequest."""
        order = Order(self.quantity)
        try:
            found = [
                palette(one.plan, at, self.faults, order=order, refused=self.refused, without=self.off)
                for one in self.each
            ]
        except BadFault as error:
            raise BadRequest(str(error)) from error
        return {kind: next(filter(None, (one[kind] for one in found)), "") for kind in found[0]}

    @property
    def plan(self) -> Plan:
        """The rules that will run; of two runs, those of the first."""
        timeouts = Guarantee.TIMEOUTS not in self.off
        style = Style(self.each[0].style)
        return compile_plan(SAGA[self.saga], style, UndoOrder(self.undo), timeouts=timeouts)


def one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raises BadRequest, which says what is allowed, for any other value."""
    if value not in allowed:
        raise BadRequest(f"unknown {what} {value!r}; use one of {', '.join(allowed)}")


def check_both(settings: RunSettings) -> None:
    """Raises BadRequest unless the run could go so in both styles; says which of them could not have it, and why."""
    said = {one.style: complaint for one in settings.each if (complaint := _complaint(one))}
    if len(set(said.values())) == 1 and len(said) == len(BOTH_STYLES):
        raise BadRequest(next(iter(said.values())))
    if said:
        why = "; ".join(f"as {STYLE_NAMES[Style(style)]}, {complaint}" for style, complaint in said.items())
        raise BadRequest(f"Side by side, both runs have the same settings, and that is not possible here: {why}")


def _complaint(settings: RunSettings) -> str:
    try:
        settings.check()
    except BadRequest as error:
        return str(error)
    return ""
