"""Hints tell how a lab's run begins, and never what is to be predicted."""

import pytest

from sandbox.labs.experiments import labs
from sandbox.labs.hints import hints_of, records_of
from sandbox.render.text.words import sentence, who

OF_ORDERS = [name for name, lab in labs().items() if not lab.is_load]


@pytest.mark.parametrize("name", OF_ORDERS)
def test_the_longest_hint_tells_something_of_each_run(name):
    assert all(hints_of(labs()[name], depth=3, deepest=3))


@pytest.mark.parametrize("name", OF_ORDERS)
def test_hints_end_before_they_give_the_answer_away(name):
    lab = labs()[name]
    short, deep = (hints_of(lab, depth=depth, deepest=3) for depth in (1, 3))
    assert [trace[: len(begun)] for trace, begun in zip(deep, short, strict=True)] == short
    for place, (trace, record) in enumerate(zip(deep, records_of(lab.runs), strict=True)):
        for question in (one for one in lab.predictions if one.run == place):
            facts = (fact for fact in record.facts if question.outcome([record.as_of(fact.seq)] * 2))
            deciding = next(facts)
            told = f"{who(deciding)} {sentence(deciding, record.plan)}"
            assert told not in trace, f"{question.ask} is decided by: {told}"


@pytest.mark.parametrize(
    ("name", "given_away"),
    [
        ("after-a-timeout", "RefundCustomer"),
        ("outbox", "takes it back"),
        ("overtaken", "NothingToRefund"),
        ("prepare-shipment", "PickItems"),
    ],
)
def test_no_hint_says_what_an_answer_follows_from(name, given_away):
    assert given_away not in str(hints_of(labs()[name], depth=3, deepest=3))


@pytest.mark.parametrize("name", ["at-least-once", "a-crash-makes-a-copy"])
def test_no_hint_shows_that_a_copy_takes_effect_again(name):
    for trace in hints_of(labs()[name], depth=3, deepest=3):
        assert sum("Payment completes charge-customer" in one for one in trace) == 1


def test_no_hint_says_that_what_was_waited_for_is_had():
    mine, _ = hints_of(labs()["semantic-lock"], depth=3, deepest=3)
    assert "another order held it" in mine[-1]
