"""The definition of a saga that a page shows is the one that runs."""

from dataclasses import asdict

import pytest

from sandbox.definitions import model, promises, terms
from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.definition import WIDTH, definition

NAMES = {**vars(model), **vars(promises), **vars(terms)}


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_the_definition_evaluates_to_the_saga(saga):
    (text,) = definition(saga).values()
    assert asdict(eval(text, dict(NAMES))) == asdict(saga)


@pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
def test_it_says_nothing_that_is_a_default_and_breaks_lines_where_it_can(saga):
    (text,) = definition(saga).values()
    assert "backoff_coefficient" not in text
    long = [line for line in text.splitlines() if len(line) > WIDTH]
    assert all(line.count('"') == 2 for line in long)  # a text is not broken
