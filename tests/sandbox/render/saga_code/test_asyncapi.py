"""Each actor of a choreographed saga has a document that readers accept, and that says what it sends and receives."""

import json
import os
import warnings
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from sandbox.definitions.faults import parse_fault
from sandbox.definitions.registry import CUSTOMER, SAGA
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import Pace, Style
from sandbox.engine.execution.messages import Message
from sandbox.engine.execution.run_state import RunState
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import Simulator
from sandbox.render.saga_code.asyncapi import MESSAGE, asyncapi, limits

EVERY = pytest.mark.parametrize("saga", SAGA.values(), ids=SAGA)
# The official schema is published for JavaScript only, in the package @asyncapi/specs, as schemas/3.0.0.json.
SCHEMA = os.environ.get("ASYNCAPI_SCHEMA")
# What the receiver keeps beside the message itself.
OF_THE_RECEIVER = {"attempt", "short", "may_wait"}


def documents(saga):
    """Returns the documents of a saga by their actors."""
    files = {name.removesuffix(".asyncapi.yaml"): yaml.safe_load(text) for name, text in asyncapi(saga).items()}
    return {name.removeprefix(f"{saga.name}-"): document for name, document in files.items()}


@pytest.fixture(scope="module")
def read():
    """Returns what reads a document into the models of a library, and raises what is wrong."""
    pytest.importorskip("pyaml", reason="asyncapi3 is installed by `make engines`")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two names in the library's own models
        library = pytest.importorskip("asyncapi3.models.asyncapi", reason="asyncapi3 is installed by `make engines`")
    return library.AsyncAPI3.model_validate


@EVERY
def test_a_reader_that_is_not_ours_accepts_every_document(read, saga):
    for document in documents(saga).values():
        assert read(document).info.title == document["info"]["title"]


@pytest.mark.parametrize(
    ("path", "value"),
    [(("asyncapi",), "9.0.0"), (("operations", "sendCustomerCharged", "action"), "publish"), (("chanels",), {})],
)
def test_the_reader_does_not_accept_just_anything(read, path, value):
    document = documents(SAGA["order"])["payment"]
    *way, last = path
    part = document
    for name in way:
        part = part[name]
    part[last] = value
    with pytest.raises(ValueError, match="validation error"):
        read(document)


@pytest.mark.skipif(not SCHEMA, reason="ASYNCAPI_SCHEMA names no file: schemas/3.0.0.json of npm's @asyncapi/specs")
def test_every_document_is_valid_by_the_official_schema():
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is installed by `make engines`")
    validator = jsonschema.Draft7Validator(json.loads(Path(SCHEMA).read_text(encoding="utf-8")))
    for saga in SAGA.values():
        for document in documents(saga).values():
            assert [error.message for error in validator.iter_errors(document)] == []
    document["operations"]["sendConfirmationSent"]["action"] = "publish"
    assert list(validator.iter_errors(document))


def references(value):
    if isinstance(value, dict):
        yield from [value["$ref"]] if "$ref" in value else []
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from references(one)


@EVERY
def test_every_reference_leads_to_something(saga):
    for document in documents(saga).values():
        found = set(references(document))
        for reference in found:
            part = document
            for name in reference.removeprefix("#/").split("/"):
                part = part[name]
        assert {f"#/components/messages/{name}" for name in document["components"]["messages"]} <= found
        assert {f"#/channels/{name}" for name in document["channels"]} <= found


@EVERY
def test_every_message_of_the_plan_is_in_the_documents_of_those_who_send_and_receive_it_and_in_no_other(saga):
    plan = compile_plan(saga, Style.CHOREOGRAPHY)
    sent = {(rule.actor, one.name) for rule in plan.rules for one in rule.possible_emissions}
    sent.add((CUSTOMER, saga.trigger))
    heard = {(rule.actor, name) for rule in plan.rules for name in rule.listens_for}
    received = {(actor, name) for actor, on in heard for _, name in sent if plan.heard_as(name) == on}
    assert {on for _, on in heard} <= {plan.heard_as(name) for _, name in sent}

    found = documents(saga)
    assert set(found) == set(plan.actors)
    uses = {
        (one["action"], actor, one["channel"]["$ref"].removeprefix("#/channels/"))
        for actor, document in found.items()
        for one in document["operations"].values()
    }
    assert uses == {("send", *one) for one in sent} | {("receive", *one) for one in received}
    for actor, document in found.items():
        concerned = {name for _, of, name in uses if of == actor}
        assert set(document["channels"]) == set(document["components"]["messages"]) == concerned


def real_messages(saga):
    """Yields the messages of runs that end well, of all refusals, and of services that fail to the end."""
    plan = compile_plan(saga, Style.CHOREOGRAPHY)
    fails = [("", ()), *((step.name, ()) for step in saga.refusable)]
    fails += [("", (f"{step.name}:transient=9",)) for step in saga.refusable]
    fails += [(saga.pivot.name, (f"{step.name}:compensation-fails",)) for step in saga.steps if step.undo]
    fails += [("", (f"{step.name}:lost",)) for step in saga.steps]
    for fail, faults in fails:
        placed = tuple(map(parse_fault, faults))
        settings = RunSettings(saga=saga.name, style=str(plan.style), fail=fail, fault=placed)
        run = Simulator(RunState(plan, settings, Pace.FAST, placed))
        run.run()
        yield from ((delivery.message, delivery.receiver) for delivery in run.deliveries.values())


@EVERY
def test_the_messages_of_real_runs_are_as_their_documents_say(saga):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is installed by `make engines`")
    found, seen = documents(saga), set()
    for message, receiver in real_messages(saga):
        payload = {f.name: getattr(message, f.name) for f in fields(Message) if f.name not in OF_THE_RECEIVER}
        for actor in {message.sender, receiver}:
            described = found[actor]["components"]
            schema = {**described["messages"][message.name]["payload"], "components": described}
            validator = jsonschema.Draft7Validator(schema)
            assert validator.is_valid(json.loads(json.dumps(payload))), payload
            assert not validator.is_valid({**payload, "because": "nothing"})
        seen.add(message.name)
    plan = compile_plan(saga, Style.CHOREOGRAPHY)
    assert {step.refusal.abandoned for step in saga.refusable if step.refusal.abandoned in names_heard(plan)} <= seen


def names_heard(plan):
    return {one.name for rule in plan.rules for one in rule.possible_emissions if one.to}


def test_the_payload_has_the_fields_of_a_message():
    assert set(MESSAGE["properties"]) == {one.name for one in fields(Message)} - OF_THE_RECEIVER
    assert set(MESSAGE["required"]) == set(MESSAGE["properties"])


def test_it_says_in_words_what_an_actor_does_and_on_what():
    operations = documents(SAGA["order-parallel"])["fulfilment"]["operations"]
    summaries = {name: one["summary"] for name, one in operations.items()}
    assert summaries["receiveCustomerCharged"] == "Schedule the fulfilment, once InventoryReserved came as well."
    assert summaries["sendNoCourier"] == "On InventoryReserved and CustomerCharged."
    assert summaries["receiveOrderExpired"] == "Unless it is done, give up: schedule the fulfilment."
    order = documents(SAGA["order"])["order"]
    assert order["operations"]["receiveFulfilmentScheduled"]["summary"] == "Cancel the timer OrderDeadline."
    messages = order["components"]["messages"]
    assert messages["OrderDeadline"]["description"] == "From Order to itself."
    assert messages["OrderDeadline"]["summary"] == "Due 25 s after it was set."


def test_what_it_cannot_say_is_said_for_the_saga_at_hand():
    assert "Only the saga as a choreography is described, not as orchestration." in limits(SAGA["order"])
    assert any("not as orchestration or hybrid" in limit for limit in limits(SAGA["order-hybrid"]))
