"""Models of what authors write in `check.yaml`, and turns it into a bank."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from content.schema import (
    NOT_EMPTY,
    AtLeastOne,
    AuthoredEntry,
    CountFromOne,
    Name,
    OneOrMore,
    Text,
    Texts,
    TrueOrFalse,
    WholeNumber,
    validate,
)
from content.yaml_source import Document
from quiz.bank.model import Asks, Bank, Kind, Option, Question, Trace


class OptionEntry(AuthoredEntry):
    id: Name
    why: Text
    text: Text | None = None
    right: TrueOrFalse | None = None
    misconception: Text = ""
    value: Texts | None = None


class QuestionEntry(AuthoredEntry):
    id: Name
    version: CountFromOne
    objective: WholeNumber
    kind: Kind
    asks: Asks
    prompt: Text
    options: tuple[OptionEntry, ...]
    paragraph: Text
    settings: dict[Name, OneOrMore[Text]] = {}
    trace: Text = ""
    practice_only: TrueOrFalse = False


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
    for place, option in enumerate(map(_option, entry.options), start=1):
        yield replace(option, right=True, place=place) if is_ordered else option


def _option(entry: OptionEntry) -> Option:
    default_text = ", then ".join(entry.value or ()).replace("-", " ").capitalize()
    return Option(**{**dict(entry), "text": default_text if entry.text is None else entry.text})
