"""What is wrong in a file is reported in plain words, with its line; one mistake once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest

from content.problems import ContentError
from content.schema import (
    NOT_EMPTY,
    AtLeastOne,
    AuthoredEntry,
    CountFromOne,
    Day,
    Name,
    Table,
    Text,
    Texts,
    TrueOrFalse,
    one_of,
    validate,
)
from content.yaml_source import parse_document

FILE = Path("/course/some.yaml")


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"


class Option(AuthoredEntry):
    id: Name
    right: TrueOrFalse | None = None
    value: Texts | None = None


class Question(AuthoredEntry):
    id: Name
    version: CountFromOne
    kind: Kind
    options: AtLeastOne[Option]


class Bank(AuthoredEntry):
    title: Text
    objectives: Annotated[dict[int, Text], NOT_EMPTY]
    questions: AtLeastOne[Question]
    updated: Day | None = None
    style: Annotated[Text, one_of(["calm", "loud"])] = "calm"


class Terms(Table[Text]):
    entry = "term"


VALID = """\
title: A title
objectives:
  1: Know it
questions:
  - id: first
    version: 1
    kind: single
    options:
      - id: one
        right: true
      - id: two
        value: [a, b]
updated: 2026-11-25
"""


def validated(text, model=Bank, first=1):
    return validate(model, parse_document(FILE, text, first=first))


def problems_in(text, model=Bank, first=1):
    with pytest.raises(ContentError) as caught:
        validated(text, model, first)
    return [str(problem).removeprefix(f"{FILE}:") for problem in caught.value.problems]


def test_what_is_sound_is_given_as_the_model_has_it():
    bank = validated(VALID)
    (question,) = bank.questions
    assert (bank.objectives, bank.updated.year, question.kind) == ({1: "Know it"}, 2026, Kind.SINGLE)
    assert [option.value for option in question.options] == [None, ("a", "b")]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title:", "titel:", "1: titel is no field here; did you mean 'title'? The fields are title, objectives, "),
        ("title:", "colour: blue\ntitle:", "1: colour is no field here; the fields are title, objectives, "),
        ("title: A title\n", "", "1: title is missing"),
        ("A title", "", "1: title is empty"),
        ("A title", "'  '", "1: title is empty"),
        ("A title", "12", "1: title is 12 to YAML; put it in quotes"),
        ("A title", "no", "1: title is false to YAML; put it in quotes"),
        ("A title", "[A, title]", "1: title is a list; use text"),
        ("A title", "{A: title}", "1: title is a set of fields; use text"),
        ("title: A title", "title: A title\ntitle: Again", "2: title is given twice"),
        ("  1: Know it", "  one: Know it", "3: objectives.one has the name 'one'; use a whole number"),
        ("  1: Know it", "  1.5: Know it", "3: objectives.1.5 has the name '1.5'; use a whole number"),
        ("  1: Know it", "  1: [Know it]", "3: objectives[1] is a list; use text"),
        ("  1: Know it", "  1: Know it\n  1: Do it", "4: objectives[1] is given twice"),
        ("\n  1: Know it", " {}", "2: objectives is empty"),
        (
            "- id: first",
            "- id: the first",
            "5: question 'the first': id is 'the first'; use letters, numbers",
        ),
        ("- id: first\n   ", "-", "5: question number 1: id is missing"),
        ("    version: 1\n", "", "5: question 'first': version is missing"),
        ("version: 1", "version: 0", "6: question 'first': version is 0; use a whole number of 1 or more"),
        ("version: 1", "version: yes", "6: question 'first': version is true; use a whole number"),
        ("version: 1", "version: 1.5", "6: question 'first': version is 1.5; use a whole number"),
        ("kind: single", "kind: singel", "7: question 'first': kind is 'singel'; use one of single, multiple"),
        (
            "- id: two",
            "- idd: two",
            "11: question 'first': options[2].idd is no field here; did you mean 'id'?",
        ),
        ("right: true", "right: 1", "10: question 'first': options[1].right is 1; use true or false"),
        ("[a, b]", "a", "12: question 'first': options[2].value is 'a'; use a list, such as [one, other]"),
        ("[a, b]", "[a, 7]", "12: question 'first': options[2].value[2] is 7 to YAML; put it in quotes"),
        ("[a, b]", "[a, '']", "12: question 'first': options[2].value[2] is empty"),
        ("- id: two\n        value: [a, b]", "- 7", "11: question 'first': options[2] is 7; use fields, each with its"),
        (
            "- id: two\n        value: [a, b]",
            "- {id: two, value: [a, b], 5}",
            "11: question 'first': options[2][5] is no field here; in braces a comma begins the next field, so write "
            "decimals with a point, such as 1.5",
        ),
        ("2026-11-25", "yesterday", "13: updated is 'yesterday'; use a day, such as 2026-11-25"),
        ("updated: 2026-11-25", "style: shrill", "13: style is 'shrill'; use one of calm, loud"),
    ],
)
def test_one_mistake_is_reported_once_with_its_line(old, new, says):
    assert old in VALID
    (line,) = problems_in(VALID.replace(old, new, 1))
    assert line.startswith(says)


def test_everything_that_is_wrong_is_reported_at_once_in_the_order_of_the_file():
    lines = problems_in(VALID.replace("A title", "12").replace("single", "essay").replace("true", "maybe"))
    assert [int(line.partition(":")[0]) for line in lines] == [1, 7, 10]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "1: the file is empty"),
        ("# nothing\n", "1: the file is empty"),
        ("- a\n- b\n", "1: the file is a list; use fields, each with its name and a colon"),
        ("just words\n", "1: the file is 'just words'; use fields, each with its name and a colon"),
        ("title: [", "1: "),
        ("title: a\ntitle: &all [*all]\n", "2: found unconstructable recursive node"),
    ],
)
@pytest.mark.parametrize("model", [Bank, Terms])
def test_a_file_of_another_shape_is_refused_and_not_crashed_on(model, text, says):
    (line,) = problems_in(text, model)
    assert line.startswith(says)


def test_an_entry_of_a_table_is_called_by_its_name():
    assert problems_in("saga: ' '\noutbox: [A table]\ninbox: A table.\ninbox: A list.\n", Terms) == [
        "1: term 'saga' is empty",
        "2: term 'outbox' is a list; use text",
        "4: term 'inbox' is given twice",
    ]


def test_names_are_what_was_written_also_those_that_yaml_takes_for_something_else():
    assert validated("yes: Agreed.\n1.50: Half.\nnull: Nothing.\n", Terms).root.keys() == {"yes", "1.50", "null"}


def test_lines_count_from_where_the_text_begins_in_its_file():
    assert problems_in("\ntitle: 12\n", Bank, first=2)[-1].startswith("3: title is 12")
