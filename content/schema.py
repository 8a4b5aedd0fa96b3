"""Checks what authors write against a model, and says in plain words what is wrong, each with its file and line.

A model says which fields there are and of what kind. It is a subclass of `AuthoredEntry`, or of `Table` where authors
choose the names, as in a glossary.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Generic, TypeVar, get_args

import pydantic
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, RootModel, Strict, ValidationError
from pydantic_core import ErrorDetails

from content.problems import ContentError, Problem
from content.suggest import suggest
from content.yaml_source import Document, Field


def _name(text: str) -> str:
    if not re.fullmatch(r"[\w-]+", text):
        raise ValueError("use letters, numbers and hyphens")
    return text


def one_of(names: Iterable[str]) -> AfterValidator:
    """Returns a validator that refuses every text but these."""
    allowed = tuple(names)

    def check(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"use one of {', '.join(allowed)}")
        return text

    return AfterValidator(check)


def _number(value: Any) -> Any:
    """Refuses what YAML has not read as a number. A fraction is taken as it was written, in decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("use a number, such as 3 or 0.5")
    return str(value)


def _not_negative(number: Decimal) -> Decimal:
    if number < 0:
        raise ValueError("use 0 or more")
    return number


def _listed(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else (value,)


Text = Annotated[str, Strict()]
Name = Annotated[str, Strict(), AfterValidator(_name)]
WholeNumber = Annotated[int, Strict(), pydantic.Field(ge=0)]
CountFromOne = Annotated[int, Strict(), pydantic.Field(ge=1)]
TrueOrFalse = Annotated[bool, Strict()]
Number = Annotated[Decimal, BeforeValidator(_number), pydantic.Field(allow_inf_nan=False)]
NumberFromZero = Annotated[Number, AfterValidator(_not_negative)]
Day = Annotated[date, Strict()]
Texts = tuple[Text, ...]

Value = TypeVar("Value")
NOT_EMPTY = pydantic.Field(min_length=1)
AtLeastOne = Annotated[tuple[Value, ...], NOT_EMPTY]
# A single value is written without brackets.
OneOrMore = Annotated[tuple[Value, ...], NOT_EMPTY, BeforeValidator(_listed)]


class AuthoredEntry(BaseModel):
    """A set of fields with given names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Table(RootModel[dict[str, Value]], Generic[Value]):
    """Entries under names that authors choose. `entry` is what one is called."""

    entry: ClassVar[str] = "entry"


Model = TypeVar("Model", bound=BaseModel)
FIELDS = "fields, each with its name and a colon"
QUOTED = re.compile("'([^']*)'")
# Of a name without a value that is no field: most often the rest of a number or of a text in braces.
CUT_BY_A_COMMA = (
    "is no field here; in braces a comma begins the next field, so write decimals with a point, such as 1.5, and put a "
    "text that contains a comma in quotes"
)
# What to write instead, by pydantic's name of the mistake.
EXPECTED = MappingProxyType(
    {
        "string_type": "text",
        "int_type": "a whole number",
        "int_parsing": "a whole number",
        "bool_type": "true or false",
        "tuple_type": "a list, such as [one, other]",
        "date_type": "a day, such as 2026-11-25",
        "model_type": FIELDS,
        "dict_type": FIELDS,
    }
)


def validate(model: type[Model], document: Document) -> Model:
    """Returns the document's values as an instance of the model. Raises ContentError with everything that is wrong."""
    errors: list[ErrorDetails] = []
    try:
        values = model.model_validate(document.values)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    problems = [*_duplicates(model, document), *_mismatches(model, document, errors)]
    if problems:
        raise ContentError(problems)
    return values


def field_label(document: Document, field: Field, entry: str = "") -> str:
    """Names a field in an author's words, counting lists from 1: `question 'first': options[2].why`.

    Names an entry of a table by its name, and one of a list by its id.
    """
    if not field:
        return "the file"
    if entry:
        head, rest = f"{entry} {field[0]!r}", field[1:]
    elif len(field) > 1 and isinstance(document.value(field[:1]), list):
        head, rest = _entry_label(document, field), field[2:]
    else:
        head, rest = "", field
    path = "".join(_path_part(document, field[: len(field) - len(rest) + at], part) for at, part in enumerate(rest))
    return ": ".join(filter(None, (head, path.removeprefix("."))))


def _entry_label(document: Document, field: Field) -> str:
    known = document.value((*field[:2], "id"))
    return f"{field[0].removesuffix('s')} {repr(str(known)) if known else f'number {int(field[1]) + 1}'}"


def _path_part(document: Document, around: Field, part: str) -> str:
    if isinstance(value := document.value(around), list):
        return f"[{int(part) + 1}]"
    if not isinstance(value, dict):
        return ""  # a single value where a list is allowed
    return f"[{part}]" if around and part.isdecimal() else f".{part}"


def _problem(model: type[BaseModel], document: Document, field: Field, text: str) -> Problem:
    return Problem(document.location(field), f"{field_label(document, field, getattr(model, 'entry', ''))} {text}")


def _duplicates(model: type[BaseModel], document: Document) -> Iterator[Problem]:
    for field, line in document.duplicates:
        problem = _problem(model, document, field, "is given twice")
        yield replace(problem, location=replace(problem.location, line=line))


def _empty(value: Any, at: Field = ()) -> Iterator[Field]:
    """Yields every field that is there and holds nothing."""
    if value is None or (isinstance(value, str) and not value.strip()):
        yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in pairs:
        yield from _empty(inner, (*at, str(part)))


def _mismatches(model: type[BaseModel], document: Document, errors: list[ErrorDetails]) -> Iterator[Problem]:
    unknown = [_field(error) for error in errors if error["type"] == "extra_forbidden"]
    empty = tuple(_empty(document.values))
    for field in empty:
        yield _problem(model, document, field, CUT_BY_A_COMMA if field in unknown else "is empty")
    for error in errors:
        field = _field(error)
        if field not in empty and not _is_consequence(error, unknown):
            yield _problem(model, document, field, _explain(model, document, error))


def _is_consequence(error: ErrorDetails, unknown: list[Field]) -> bool:
    """Returns whether the error only follows from another one: a misspelt field, or a wrong entry of a list."""
    field = _field(error)
    if error["type"] == "missing":
        return any(each[:-1] == field[:-1] and suggest(each[-1], field[-1:]) for each in unknown)
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _field(error: ErrorDetails) -> Field:
    return tuple(str(part) for part in error["loc"] if part != "[key]")


def _explain(model: type[BaseModel], document: Document, error: ErrorDetails) -> str:
    """Says what is wrong, and what to write instead."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind in {"too_short", "too_long"}:
        return _wrong_length(value, context)
    if kind == "extra_forbidden":
        return _unknown(model, document, _field(error))
    if "[key]" in error["loc"]:
        return f"has the name {value!r}; use {_expected(error)}"
    if kind == "string_type" and not isinstance(value, list | dict):
        return f"is {_display(value)} to YAML; put it in quotes"
    if kind == "value_error":
        return f"is {_display(value)}; {context['error']}"
    if kind == "greater_than_equal":
        return f"is {_display(value)}; use a whole number of {context['ge']} or more"
    return f"is {_display(value)}; use {_expected(error)}"


def _wrong_length(value: Sized, context: Mapping[str, int]) -> str:
    if not value:
        return "is empty"
    allowed = f"{context['min_length']} or more" if "min_length" in context else f"{context['max_length']} at most"
    return f"has {len(value)} {'entry' if len(value) == 1 else 'entries'}; use {allowed}"


def _expected(error: ErrorDetails) -> str:
    """Says what to write instead, in pydantic's words for a mistake that has none here."""
    if expected := error.get("ctx", {}).get("expected"):
        return f"one of {', '.join(QUOTED.findall(expected))}"
    return EXPECTED.get(error["type"], f"something else: {error['msg']}")


def _unknown(model: type[BaseModel], document: Document, field: Field) -> str:
    fields = _fields_at(model, field[:-1])
    hint = suggest(field[-1], fields)
    return f"is no field here{f'{hint} The' if hint else '; the'} fields are {', '.join(fields)}"


def _fields_at(model: type[BaseModel], around: Field) -> list[str]:
    """Returns the names of the fields that an entry of the document can have."""
    for part in around:
        known = model.model_fields.get("root") or model.model_fields.get(part)
        model = (known and _model_in(known.annotation)) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Returns the model that an annotation holds: itself, or in a list, in a table, or where None is allowed."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _display(value: Any) -> str:
    """Returns a value as its author may recognise it."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a set of fields"
    return repr(value[:40]) if isinstance(value, str) else str(value).lower()
