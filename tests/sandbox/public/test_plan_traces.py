"""What a trace question can ask, and how a wrong one is refused."""

import re

import pytest

from sandbox.public.plan_traces import ANSWERS, trace

ORDER = {"saga": "order", "style": "orchestration"}
UNDOS = ["refund-customer", "release-inventory", "cancel-order"]
STEPS = ["validate-order", "reserve-inventory", "charge-customer", "schedule-fulfilment", "send-confirmation"]
NO_COURIER = {"fail": "schedule-fulfilment"}
TWICE = {"fault": ["charge-customer:duplicate"], "without": ["inbox"]}
ASKED = [
    ("actors-told", {**NO_COURIER, "style": "choreography"}, ["payment"]),
    ("actors-told", {**NO_COURIER, "style": "choreography", "saga": "order-parallel"}, ["payment", "inventory"]),
    ("actors-told", {}, []),
    ("compensations", NO_COURIER, UNDOS),
    ("compensations", {"fault": ["charge-customer:lost"]}, UNDOS[1:]),
    ("undos-asked", {"fault": ["charge-customer:lost"]}, UNDOS),
    ("undos-asked", {**NO_COURIER, "style": "choreography"}, UNDOS),
    ("undos-asked", {}, []),
    ("completed", {}, STEPS),
    ("completed", NO_COURIER, []),
    ("postings", NO_COURIER, [*STEPS[:3], *UNDOS]),
    ("last-message", NO_COURIER, ["OrderCancelled"]),
    ("last-message", {"style": "choreography"}, ["ConfirmationSent"]),
    ("laws-broken", {}, []),
    ("laws-broken", TWICE, ["one-charge", "effects-once"]),
    ("senders-of-undo", NO_COURIER, ["orchestrator"] * 3),
    ("senders-of-undo", {**NO_COURIER, "style": "choreography"}, ["fulfilment", "payment", "inventory"]),
    ("status", {}, ["COMPLETED"]),
    ("status", {"fault": ["charge-customer:transient=4"]}, ["COMPENSATED"]),
    ("status", {"fault": ["charge-customer:lost"], "without": ["timeouts"]}, ["STUCK"]),
]


@pytest.mark.parametrize(("ask", "run", "answer"), ASKED)
def test_the_engine_answers_what_is_asked_of_a_run(ask, run, answer):
    assert trace(**{**ORDER, **run}, ask=ask) == answer


def test_messages_are_listed_once_each_and_in_order_without_timers():
    told = trace(**{**ORDER, "style": "choreography"}, ask="messages", fail="reserve-inventory")
    assert told == ["OrderPlaced", "OrderValidated", "OutOfStock", "OrderCancelled"]


def test_adding_an_ask_is_one_entry(monkeypatch):
    monkeypatch.setitem(ANSWERS, "merchant-has", lambda run: [str(run.balance("payment", "merchant"))])
    assert trace(**ORDER, ask="merchant-has") == ["2500"]


def test_every_ask_is_tried_here():
    assert {ask for ask, _, _ in ASKED} | {"messages"} == ANSWERS.keys()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"saga": "cake"}, "“cake” is unknown; use one of order, "),
        ({"style": "hybrid"}, "unknown style 'hybrid'; use one of choreography, orchestration"),
        ({"ask": "weather"}, "unknown ask 'weather'; use one of actors-told, compensations"),
        ({"style": "both"}, "unknown style 'both'; use one of choreography, orchestration"),
        ({"fail": "send-confirmation"}, "“send-confirmation” is unknown; use one of validate-order"),
        ({"fail": "check-fraud"}, "unknown step that can be refused 'check-fraud'; use one of validate-order"),
        ({"without": ["luck"]}, "“luck” is unknown; use one of outbox, inbox"),
        ({"fault": ["charge-customer"]}, "write it as PLACE:KIND"),
        ({"fault": ["charge-customer:bored"]}, "unknown kind 'bored'; use one of transient"),
        ({"fault": ["bake-cake:lost"]}, "has no step, actor or message 'bake-cake'; its steps are validate-order"),
        ({"fault": ["charge-customer:compensation-fails"]}, "could have no effect: nothing undoes charge-customer"),
    ],
)
def test_what_is_unknown_or_without_effect_is_refused_with_what_is_valid(wrong, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        trace(**{**ORDER, "ask": "status", **wrong})
