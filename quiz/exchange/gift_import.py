"""Makes a bank of what was read from GIFT, with a remark on everything that has no place in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape as as_html
from html import unescape
from typing import Any

from quiz.bank.model import Asks, Kind
from quiz.exchange.gift_conversion import CONVERSIONS, Found, NoPlaceError
from quiz.exchange.gift_model import GiftQuestion, GiftText, TextFormat
from quiz.exchange.gift_prose import prose

VERSION_TAG = re.compile(r"version:(\d{1,9})")
VERSION_IN_TITLE = re.compile(r" v(\d+)$")
NUMBERED = re.compile(r"(\d{1,9}) (.+)")
# What our own export adds to the general feedback.
OWN_LINK = re.compile(r'<p><a href="[^"]*#([^"]*)">Read the paragraph</a></p>')
OWN_REASONS = re.compile(r"<ol>.*</ol>", re.DOTALL)


@dataclass(frozen=True)
class ImportRemark:
    """Something on a line of the file that has no place in a bank, or has changed on the way."""

    line: int
    text: str


@dataclass
class ImportedBank:
    """A bank as plain values, as they are written in a `check.yaml`, and what is to be said about it."""

    title: str
    objectives: dict[int, str] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[ImportRemark] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        return {"title": self.title, "objectives": self.objectives, "questions": self.questions}


def import_questions(questions: Sequence[GiftQuestion], title: str = "") -> ImportedBank:
    """Returns the bank. Each category becomes an objective; a question that has no place is left out, with a remark."""
    bank = ImportedBank(title or _common_title(questions))
    for question in questions:
        try:
            entry = _entry(question, bank)
        except NoPlaceError as why:
            bank.remarks.append(ImportRemark(question.line, f"{_named(question)} is left out: {why}"))
            continue
        entry["objective"] = _objective(question, bank)
        bank.questions.append(entry)
    return bank


def _named(question: GiftQuestion) -> str:
    return f"the question “{question.title or question.prompt.text[:40]}”"


def _common_title(questions: Sequence[GiftQuestion]) -> str:
    roots = {question.category[0] for question in questions if question.category}
    return _without_number(roots.pop()) if len(roots) == 1 else "Imported questions"


def _without_number(category: str) -> str:
    numbered = NUMBERED.fullmatch(category)
    return numbered[2] if numbered else category


def _objective(question: GiftQuestion, bank: ImportedBank) -> int:
    """Returns the number of the objective for the question's category, which keeps a number that it begins with."""
    name = question.category[-1] if question.category else bank.title
    numbered = NUMBERED.fullmatch(name)
    sentence = numbered[2] if numbered else name
    known = {text: number for number, text in bank.objectives.items()}
    if sentence in known:
        return known[sentence]
    wanted = int(numbered[1]) if numbered else 0
    number = wanted if wanted and wanted not in bank.objectives else max(bank.objectives, default=0) + 1
    bank.objectives[number] = sentence
    return number


def _entry(question: GiftQuestion, bank: ImportedBank) -> dict[str, Any]:
    """Returns the question as an entry of a bank. Raises NoPlaceError."""
    found = CONVERSIONS[question.kind](question)
    tags = _Tags(question)
    feedback, paragraph, reasons = _general_feedback(question, found)
    prompt = _text(question.prompt, question, bank)
    options = [_option(each, found, question, bank) for each in found.options]
    _require_texts(prompt, options, found)
    entry: dict[str, Any] = {
        "id": _free_id(question, bank),
        "version": tags.version,
        "objective": 0,
        "kind": str(found.kind),
        "asks": str(tags.asks),
        "prompt": prompt,
    }
    if paragraph:
        entry["paragraph"] = paragraph
    entry["options"] = options
    _put_reasons(entry, reasons, feedback, question, bank)
    bank.remarks += [
        ImportRemark(question.line, f"in {_named(question)}, {each}") for each in (*found.remarks, *tags.lost())
    ]
    return entry


def _require_texts(prompt: str, options: Sequence[dict[str, Any]], found: Found) -> None:
    """Raises NoPlaceError where pictures and other elements were all that a text had, or all that told two apart."""
    texts = [said.get("text", "") for said, option in zip(options, found.options, strict=True) if "text" in option]
    if not prompt or not all(texts):
        raise NoPlaceError("nothing is left of its text, or of that of an answer")
    if found.kind is not Kind.TEXT and len(set(texts)) < len(texts):
        raise NoPlaceError("two of its answers have the same text")


def _option(option: dict[str, Any], found: Found, question: GiftQuestion, bank: ImportedBank) -> dict[str, Any]:
    """Returns the option with its texts as prose, without those that are empty."""
    texts = {name: _text(value, question, bank) for name, value in option.items() if isinstance(value, GiftText)}
    return {name: value for name, value in {**option, **texts}.items() if value != ""}


def _text(text: GiftText, question: GiftQuestion, bank: ImportedBank) -> str:
    said, lost = prose(text)
    if lost:
        elements = ", ".join(f"<{name}>" for name in lost)
        bank.remarks.append(
            ImportRemark(question.line, f"in {_named(question)}, {elements} has no place and is left out")
        )
    return said


def _general_feedback(question: GiftQuestion, found: Found) -> tuple[GiftText, str, list[str]]:
    """Returns the general feedback without what our own export adds to it: the paragraph, and reasons of an order."""
    feedback = question.general_feedback
    link = OWN_LINK.search(feedback.text) if feedback.format is TextFormat.HTML else None
    if link is None:
        return feedback, "", []
    rest = OWN_LINK.sub("", feedback.text)
    reasons = list(_own_reasons(rest, found))
    if reasons:
        rest = OWN_REASONS.sub("", rest)
    return GiftText(rest.strip(), TextFormat.HTML), unescape(link[1]), reasons


def _own_reasons(html: str, found: Found) -> Iterator[str]:
    """Yields the reason of each option of an ordering question, as our own export lists them."""
    for item, option in zip(re.findall(r"<li>(.*?)</li>", html, re.DOTALL), found.options, strict=False):
        if found.kind is Kind.ORDERING:
            why = item.removeprefix(f"{as_html(option['text'].text)}: ")
            yield prose(GiftText(why, TextFormat.HTML))[0]


def _put_reasons(
    entry: dict[str, Any], reasons: Sequence[str], feedback: GiftText, question: GiftQuestion, bank: ImportedBank
) -> None:
    """Puts reasons with their options, and general feedback with the reason of the first right one."""
    for option, reason in zip(entry["options"], reasons, strict=False):
        if reason:
            option["why"] = reason
    if said := _text(feedback, question, bank):
        right = next((option for option in entry["options"] if option.get("right")), entry["options"][0])
        right["why"] = " ".join(filter(None, (right.get("why", ""), said)))
        text = "the general feedback is put with the reason of the right answer"
        bank.remarks.append(ImportRemark(question.line, f"in {_named(question)}, {text}"))


def _free_id(question: GiftQuestion, bank: ImportedBank) -> str:
    """Returns a name for the question that no other one has: its id, or else made of its title."""
    taken = {entry["id"] for entry in bank.questions}
    wanted = question.id or VERSION_IN_TITLE.sub("", question.title) or f"question-{len(taken) + 1}"
    name = re.sub(r"[^\w-]+", "-", wanted).strip("-") or f"question-{len(taken) + 1}"
    free = next(each for each in _numbered(name) if each not in taken)
    if free != wanted and (question.id or free != name):
        bank.remarks.append(
            ImportRemark(question.line, f"{_named(question)} has the id {free!r} here, in place of {wanted!r}")
        )
    return free


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


@dataclass(frozen=True)
class _Tags:
    """What the tags of a question say: those that our own export writes have a place, others have none."""

    question: GiftQuestion

    @property
    def asks(self) -> Asks:
        return next((Asks(tag) for tag in self.question.tags if tag in set(Asks)), Asks.FACT)

    @property
    def version(self) -> int:
        found = [int(match[1]) for tag in self.question.tags if (match := VERSION_TAG.fullmatch(tag))]
        return max(1, *found) if found else 1

    def lost(self) -> list[str]:
        lost = [tag for tag in self.question.tags if tag not in set(Asks) and not VERSION_TAG.fullmatch(tag)]
        return [f"the tags have no place: {', '.join(lost)}"] if lost else []
