"""Models of what authors write in `check.yaml`, and turns it into a bank."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import AfterValidator, model_validator

from content.schema import (
    NOT_EMPTY,
    AtLeastOne,
    AuthoredEntry,
    CountFromOne,
    Name,
    Number,
    NumberFromZero,
    OneOrMore,
    Text,
    Texts,
    TrueOrFalse,
    WholeNumber,
    validate,
)
from content.yaml_source import Document
from quiz.bank.model import Asks, Bank, Kind, Option, Question, Trace
from quiz.bank.typed_answers import number_text

# What the learner reads. Spaces and line ends around it come from how YAML was written, and mean nothing.
Prose = Annotated[Text, AfterValidator(str.strip)]


class OptionEntry(AuthoredEntry):
    id: Name
    why: Prose = ""
    text: Prose | None = None
    right: TrueOrFalse | None = None
    misconception: Text = ""
    value: Texts | None = None
    number: Number | None = None
    tolerance: NumberFromZero = Decimal(0)


class QuestionEntry(AuthoredEntry):
    id: Name
    version: CountFromOne
    objective: WholeNumber
    kind: Kind
    asks: Asks
    prompt: Prose
    options: tuple[OptionEntry, ...]
    paragraph: Text = ""
    settings: dict[Name, OneOrMore[Text]] = {}
    trace: Text = ""
    practice_only: TrueOrFalse = False
    self_check: Text = ""
    unit: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _name_true_and_false(cls, values: Any) -> Any:
        """Takes `id: true` as a name, where that is what YAML makes of it and the only name that makes sense."""
        if not isinstance(values, dict) or values.get("kind") != Kind.TRUE_FALSE:
            return values
        options = values.get("options")
        named = [_named(each) for each in options] if isinstance(options, list) else options
        return {**values, "options": named}


def _named(option: Any) -> Any:
    is_named = not isinstance(option, dict) or not isinstance(option.get("id"), bool)
    return option if is_named else {**option, "id": str(option["id"]).lower()}


class BankEntry(AuthoredEntry):
    title: Text
    objectives: Annotated[dict[int, Text], NOT_EMPTY]
    questions: AtLeastOne[QuestionEntry]
    own_runs: WholeNumber | None = None


def bank_from(lesson: str, source: Document) -> Bank:
    """Returns the bank that a file describes. Raises ContentError with every missing, unknown or mistyped field."""
    entry = validate(BankEntry, source)
    questions = tuple(_question(each) for each in entry.questions)
    return Bank(lesson, entry.title, entry.objectives, questions, entry.own_runs, source)


def _question(entry: QuestionEntry) -> Question:
    fields = dict(entry)
    settings = tuple(fields.pop("settings").items())
    fields["sandbox"] = urlencode(settings, doseq=True)
    fields["options"] = tuple(_options(entry))
    fields["trace"] = Trace(entry.trace, settings) if entry.trace else None
    return Question(**fields)


def _options(entry: QuestionEntry) -> Iterator[Option]:
    """Yields the options. Those of an ordering question are in their right order in the file, unless it is a trace."""
    is_ordered = entry.kind is Kind.ORDERING and not entry.trace
    for place, each in enumerate(entry.options, start=1):
        option = _option(each, entry)
        yield replace(option, right=True, place=place) if is_ordered else option


def _option(entry: OptionEntry, question: QuestionEntry) -> Option:
    return Option(**{**dict(entry), "text": _default_text(entry, question) if entry.text is None else entry.text})


def _default_text(entry: OptionEntry, question: QuestionEntry) -> str:
    if question.kind is Kind.TRUE_FALSE:
        return entry.id.capitalize()
    if entry.number is not None:
        return number_text(entry.number, entry.tolerance, question.unit)
    return ", then ".join(entry.value or ()).replace("-", " ").capitalize()
