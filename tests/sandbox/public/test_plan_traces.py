"""What a trace question can ask, and how a wrong one is refused."""

import re

import pytest

from sandbox.public.plan_traces import ANSWERS, trace

ORDER = {"saga": "order", "style": "orchestration"}
UNDOS = ["refund-customer", "release-inventory", "cancel-order"]
STEPS = ["validate-order", "reserve-inventory", "charge-customer", "schedule-fulfilment", "send-confirmation"]
NO_COURIER = {"refused": "schedule-fulfilment"}
TWICE = {"faults": ["charge-customer:duplicate"], "without": ["inbox"]}
ASKED = [
    ("actors-told", {**NO_COURIER, "style": "choreography"}, ["payment"]),
    ("actors-told", {**NO_COURIER, "style": "choreography", "saga": "order-parallel"}, ["payment", "inventory"]),
    ("actors-told", {}, []),
    ("compensations", NO_COURIER, UNDOS),
    ("compensations", {"faults": ["charge-customer:lost"]}, UNDOS[1:]),
    ("undos-asked", {"faults": ["charge-customer:lost"]}, UNDOS),
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
    ("status", {"faults": ["charge-customer:transient=4"]}, ["COMPENSATED"]),
    ("status", {"faults": ["charge-customer:lost"], "without": ["timeouts"]}, ["STUCK"]),
]


@pytest.mark.parametrize(("ask", "run", "answer"), ASKED)
def test_the_engine_answers_what_is_asked_of_a_run(ask, run, answer):
    assert trace(**{**ORDER, **run}, ask=ask) == answer


def test_messages_are_listed_once_each_and_in_order_without_timers():
    told = trace(**{**ORDER, "style": "choreography"}, ask="messages", refused="reserve-inventory")
    assert told == ["OrderPlaced", "OrderValidated", "OutOfStock", "OrderCancelled"]


def test_adding_an_ask_is_one_entry(monkeypatch):
    monkeypatch.setitem(ANSWERS, "merchant-has", lambda run: [str(run.balance("payment", "merchant"))])
    assert trace(**ORDER, ask="merchant-has") == ["2500"]


def test_every_ask_is_tried_here():
    assert {ask for ask, _, _ in ASKED} | {"messages"} == ANSWERS.keys()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"saga": "cake"}, "unknown saga 'cake'; use one of order, "),
        ({"style": "hybrid"}, "unknown style 'hybrid'; use one of choreography, orchestration"),
        ({"ask": "weather"}, "unknown ask 'weather'; use one of actors-told, compensations"),
        (
            {"refused": "send-confirmation"},
            "unknown step that can be refused 'send-confirmation'; use one of validate-",
        ),
        ({"without": ["luck"]}, "unknown guarantee 'luck'; use one of outbox, inbox"),
        ({"faults": ["charge-customer"]}, "write it as PLACE:KIND"),
        ({"faults": ["charge-customer:bored"]}, "unknown kind 'bored'; use one of transient"),
        ({"faults": ["bake-cake:lost"]}, "has no step, actor or message 'bake-cake'; its steps are validate-order"),
        ({"faults": ["charge-customer:compensation-fails"]}, "could have no effect: nothing undoes charge-customer"),
    ],
)
def test_what_is_unknown_or_without_effect_is_refused_with_what_is_valid(wrong, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        trace(**{**ORDER, "ask": "status", **wrong})
