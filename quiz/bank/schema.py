"""From the plain values of a YAML file to records: every field is there, is known, and is of its type."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from quiz.bank.model import Asks, Bank, BankError, Kind, Option, Problem, Question, Trace

BANK = {"title": str, "objectives": dict, "questions": list}
BANK_MAY = {"own_runs": int}
QUESTION = {
    "id": str,
    "version": int,
    "objective": int,
    "kind": str,
    "asks": str,
    "prompt": str,
    "options": list,
    "paragraph": str,
}
QUESTION_MAY = {"sandbox": str, "trace": dict}
OPTION = {"id": str, "why": str}
OPTION_MAY = {"text": str, "right": bool, "misconception": str, "value": list}
TRACE = {"saga": str, "style": str, "ask": str}
TRACE_MAY = {"refused": str, "faults": list, "without": list}
WORDS = {
    str: "text; put it in quotes",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a set of fields",
}

ID = re.compile(r"[\w-]+")

Fields = Mapping[str, type]
Fault = tuple[str, str]


def _faults(entry: Any, must: Fields, may: Fields, path: str = "") -> Iterator[Fault]:
    if not isinstance(entry, dict):
        yield path.rstrip(".") or "this", "is not a set of fields, each with its name and a colon"
        return
    known = {**must, **may}
    odd = [str(name) for name in entry if name not in known]
    for name in sorted(must.keys() - entry.keys()):
        if not get_close_matches(name, odd):  # else it is only misspelt, and told as such
            yield path + name, "is missing"
    for name, value in entry.items():
        if name not in known:
            yield f"{path}{name}", f"is not a field that a bank knows; here it has {', '.join(known)}"
        elif value is None:
            yield path + name, "is empty"
        elif type(value) is not known[name]:
            yield path + name, f"is not {WORDS[known[name]]}"
        elif value == "":
            yield path + name, "is empty"


def _id_faults(entry: Any, path: str = "") -> Iterator[Fault]:
    name = entry.get("id") if isinstance(entry, dict) else None
    if isinstance(name, str) and name and not ID.fullmatch(name):
        yield f"{path}id", f"is {name!r}; use letters, numbers and hyphens"


def _list_of(entry: Any, name: str) -> list[Any]:
    value = entry.get(name) if isinstance(entry, dict) else None
    return value if isinstance(value, list) else []


def _question_faults(entry: Any) -> Iterator[Fault]:
    yield from _faults(entry, QUESTION, QUESTION_MAY)
    yield from _id_faults(entry)
    for number, option in enumerate(_list_of(entry, "options"), start=1):
        yield from _faults(option, OPTION, OPTION_MAY, f"options[{number}].")
        yield from _id_faults(option, f"options[{number}].")
    if isinstance(entry, dict) and type(entry.get("version")) is int and entry["version"] < 1:
        yield "version", f"is {entry['version']}; the first is 1"
    if isinstance(entry, dict) and "trace" in entry:
        yield from _faults(entry["trace"], TRACE, TRACE_MAY, "trace.")
    for name, words in (("kind", Kind), ("asks", Asks)):
        if isinstance(entry, dict) and name in entry and entry[name] not in list(words):
            yield name, f"is none of {', '.join(words)}"


def _name(entry: Any, number: int) -> str:
    name = entry.get("id") if isinstance(entry, dict) else None
    return str(name or f"number {number}")


def _objective_faults(objectives: Any) -> Iterator[Fault]:
    if objectives == {}:
        yield "objectives", "are none; a check draws one question for each"
    for number, text in objectives.items() if isinstance(objectives, dict) else ():
        if type(number) is not int:
            yield f"objectives[{number}]", "is not called by a whole number"
        if not isinstance(text, str) or not text.strip():
            yield f"objectives[{number}]", "is not a text that says what one is to know"


def _bank_faults(raw: Any) -> Iterator[Fault]:
    yield from _faults(raw, BANK, BANK_MAY)
    if isinstance(raw, dict):
        yield from _objective_faults(raw.get("objectives"))
        if raw.get("questions") == []:
            yield "questions", "are none"


def _problems(lesson: str, raw: Any) -> Iterator[Problem]:
    for field, text in _bank_faults(raw):
        yield Problem(lesson, "", field, text)
    for number, entry in enumerate(_list_of(raw, "questions"), start=1):
        for field, text in _question_faults(entry):
            yield Problem(lesson, _name(entry, number), field, text)


def _texts(entries: list[Any]) -> tuple[str, ...]:
    return tuple(str(entry) for entry in entries)


def _trace(entry: Mapping[str, Any]) -> Trace:
    lists = {name: _texts(value) for name, value in entry.items() if isinstance(value, list)}
    return Trace(**{**entry, **lists})


def _option(entry: Mapping[str, Any]) -> Option:
    value = _texts(entry["value"]) if "value" in entry else None
    spoken = ", then ".join(value or ()).replace("-", " ").capitalize()
    return Option(**{"text": spoken, **entry, "value": value})


def _options(entry: Mapping[str, Any]) -> Iterator[Option]:
    """The options; those to be put into order stand in their right order in the file, if no engine is to say it."""
    is_ordered = entry["kind"] == Kind.ORDERING and "trace" not in entry
    for place, option in enumerate(map(_option, entry["options"]), start=1):
        yield replace(option, right=True, place=place) if is_ordered else option


def _question(entry: Mapping[str, Any]) -> Question:
    made = {
        "kind": Kind(entry["kind"]),
        "asks": Asks(entry["asks"]),
        "options": tuple(_options(entry)),
        "trace": _trace(entry["trace"]) if "trace" in entry else None,
    }
    return Question(**{**entry, **made})


def bank_from(lesson: str, raw: Any) -> Bank:
    """The bank that the file's values describe. Raises BankError with every missing, unknown or mistyped field."""
    if problems := list(_problems(lesson, raw)):
        raise BankError(problems)
    questions = tuple(_question(entry) for entry in raw["questions"])
    return Bank(lesson, raw["title"], raw["objectives"], questions, raw.get("own_runs"))
