"""What our own orchestrator commands for an order, to be compared with what another engine commands."""

import subprocess
import sys
from dataclasses import dataclass

from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
from sandbox.render.saga_code.saga_shape import stages

REFUSALS = [(saga.name, refused) for saga in SAGA.values() for refused in ("", *(s.name for s in saga.refusable))]
IDS = [f"{name}, {refused or 'nothing'} refused" for name, refused in REFUSALS]


@dataclass(frozen=True)
class Outcome:
    """The steps that were done, and those that were undone, each in order, and whether the saga completed."""

    done: tuple[str, ...]
    undone: tuple[str, ...]
    completed: bool

    @property
    def kept(self) -> set[str]:
        """Returns the steps that are in effect at the end."""
        return set(self.done) - set(self.undone)


def ours(name: str, refused: str) -> Outcome:
    """Returns how the order ends here when that step is refused."""
    record = simulate(compile_plan(SAGA[name], Style.ORCHESTRATION), fail=refused or None)
    done, undone = (
        tuple(str(fact.step) for fact in record.facts if fact.kind is kind)
        for kind in (FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED)
    )
    return Outcome(done, undone, not refused)


class Services:
    """The services of a saga: they do what they are told once, refuse one step, and undo only what they have done."""

    def __init__(self, name: str, refused: str = "") -> None:
        saga = SAGA[name]
        self.refused = refused
        self.doing = {step.do.command: step for step in saga.steps}
        self.undoing = {step.undo.command: step for step in saga.steps if step.undo}
        self.commands: list[str] = []
        self.done: list[str] = []
        self.undone: list[str] = []

    def handle(self, command: str) -> str:
        """Carries a command out; returns the name of the refusal, if it is refused."""
        self.commands.append(command)
        if step := self.undoing.get(command):
            if step.name in self.done and step.name not in self.undone:
                self.undone.append(step.name)
            return ""
        step = self.doing[command]
        if step.name == self.refused and step.refusal:
            return step.refusal.event
        if step.name not in self.done:
            self.done.append(step.name)
        return ""

    def outcome(self, *, completed: bool) -> Outcome:
        return Outcome(tuple(self.done), tuple(self.undone), completed)


def check_same(name: str, theirs: Outcome, refused: str) -> None:
    """Asserts that another engine did the same as ours, step for step; beside each other, steps have no order.

    Of a refused step and those beside it, how many began before the refusal is a matter of chance.
    """
    expected = ours(name, refused)
    stage_of = {step.name: number for number, stage in enumerate(stages(SAGA[name])) for step in stage}
    beside = {one for one, number in stage_of.items() if list(stage_of.values()).count(number) > 1}
    assert theirs.completed == expected.completed
    assert theirs.kept == expected.kept
    if refused not in beside:
        assert set(theirs.done) == set(expected.done)
    for mine, other in ((expected.done, theirs.done), (expected.undone, theirs.undone)):
        assert [one for one in other if one not in beside] == [one for one in mine if one not in beside]
    undone = [stage_of[one] for one in theirs.undone]
    assert undone == sorted(undone, reverse=True)


def check_formatted(text: str) -> None:
    """Asserts that exported Python is as a formatter leaves it, with all its names defined and used."""
    for check in (["format", "--check", "--line-length", "88"], ["check", "--select", "F"]):
        command = [sys.executable, "-m", "ruff", check[0], "--isolated", *check[1:], "-"]
        done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
