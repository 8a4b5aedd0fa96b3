"""Describes a question bank as plain frozen data: no database, no request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from content.problems import Problem
from content.source_location import SourceLocation
from content.yaml_source import Document
from quiz.bank.source_lines import location_of


class Kind(StrEnum):
    """What the learner does: picks one option, picks all that are right, orders them, or types an answer."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    ORDERING = "ordering"
    TRUE_FALSE = "true-false"
    TEXT = "text"
    NUMBER = "number"

    @property
    def is_choice(self) -> bool:
        """True when some options are picked and others are not."""
        return self in {Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE}

    @property
    def is_typed(self) -> bool:
        """True when the learner sees no options. They are then the answers that the author expects."""
        return self in {Kind.TEXT, Kind.NUMBER}


class Confidence(StrEnum):
    """How sure the learner is; never part of the mark."""

    GUESS = "guess"
    THINK = "think"
    SURE = "sure"


class Asks(StrEnum):
    """What a question asks for: a fact, what would happen, or why."""

    FACT = "fact"
    WHAT_IF = "what-if"
    WHY = "why"


@dataclass(frozen=True)
class Trace:
    """A question to the saga engine, whose answer is the key: what is asked about a run, and the run's settings."""

    ask: str
    settings: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Option:
    """One option of a question. `right` is None only until the engine has computed it.

    Options of an ordering question are all right; `place` counts from 1 and is None until the order is known.
    That of a number has the `number` that is expected, and by how much an answer may differ.
    """

    id: str
    text: str
    why: str
    right: bool | None = None
    misconception: str = ""
    value: tuple[str, ...] | None = None
    place: int | None = None
    number: Decimal | None = None
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True)
class Question:
    """A question. `paragraph` is an anchor of the lesson, or ""; `sandbox` a query string for the setup page, or "".

    `unit` is what a number is measured in, or "".

    `run` is the address of the learner's own run that it is about, at the moment that shows the answer; or "".
    A question that is `practice_only` is in no check, so it is never part of a mark; nor is one that the lesson asks
    at the end of the section `self_check`.
    `run_before` is that of the moment before, and `run_started_at` when the run was started. Whether it `counts` says
    if it is part of the mark.
    """

    id: str
    version: int
    objective: int
    kind: Kind
    asks: Asks
    prompt: str
    options: tuple[Option, ...]
    paragraph: str = ""
    sandbox: str = ""
    trace: Trace | None = None
    run: str = ""
    practice_only: bool = False
    self_check: str = ""
    run_before: str = ""
    run_started_at: str = ""
    counts: bool = True
    unit: str = ""

    @property
    def is_traced(self) -> bool:
        """True when its key is computed from what a saga did, not typed."""
        return self.trace is not None or bool(self.run)

    @property
    def is_about_reasons(self) -> bool:
        """True when it asks for more than a fact."""
        return self.asks is not Asks.FACT

    @property
    def key(self) -> tuple[str, ...]:
        """The ids of the right options; for an ordering question all of them, in their order."""
        right = [option for option in self.options if option.right]
        if self.kind is Kind.ORDERING:
            right.sort(key=lambda option: option.place or 0)
        return tuple(option.id for option in right)


def self_check_id(section: str) -> str:
    """Returns the anchor of the question at the end of that section."""
    return f"self-check-{section}"


@dataclass(frozen=True)
class Bank:
    """A lesson's questions. A check draws one question for each objective.

    For objective `own_runs`, it may ask about a run of the learner's own instead. `source` is its file.
    """

    lesson: str
    title: str
    objectives: Mapping[int, str]
    questions: tuple[Question, ...]
    own_runs: int | None = None
    source: Document | None = field(default=None, compare=False, repr=False)

    @property
    def check_questions(self) -> tuple[Question, ...]:
        """The questions that a check may draw."""
        return tuple(each for each in self.questions if not (each.practice_only or each.self_check))

    @property
    def self_checks(self) -> Mapping[str, Question]:
        """The questions that the lesson asks at the end of a section, by the section's anchor."""
        return {question.self_check: question for question in self.questions if question.self_check}

    def problem(self, question: str, field: str, text: str) -> Problem:
        """Returns a problem with a field, such as `options[2].why`; of the bank as a whole where `question` is ""."""
        about = f"question {question!r}: " if question else ""
        return Problem(self.location(question, field), f"{about}{field} {text}")

    def location(self, question: str, field: str) -> SourceLocation:
        """Returns the line of a field of a question, or of the bank, in the bank's file."""
        return location_of(self.source, question, field) if self.source else SourceLocation(Path(self.lesson), 1)
