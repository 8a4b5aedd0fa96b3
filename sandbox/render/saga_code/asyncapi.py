"""Describes what each actor of a choreographed saga sends and receives, as AsyncAPI documents (asyncapi.com)."""

from collections.abc import Mapping
from typing import Any

import yaml

from sandbox.definitions.model import Saga
from sandbox.definitions.registry import title
from sandbox.definitions.terms import MessageKind, Style
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.plan.model import Plan
from sandbox.render.saga_code.message_contracts import Contract, contracts, received_for, sent_on
from sandbox.render.text.format import listed

Json = dict[str, Any]
# What every message is, as its receiver sees it: the fields of sandbox.engine.execution.messages.Message.
MESSAGE: Json = {
    "type": "object",
    "required": ["message_id", "name", "kind", "sender", "caused_by", "because"],
    "properties": {
        "message_id": {"type": "integer", "minimum": 1, "description": "Unique within the saga."},
        "name": {"type": "string"},
        "kind": {"enum": [str(kind) for kind in MessageKind]},
        "sender": {"type": "string"},
        "caused_by": {
            "type": ["integer", "null"],
            "description": "The message whose handling sent this one; null for the first.",
        },
        "because": {
            "type": ["string", "null"],
            "description": "The step whose failure is reported or compensated; null on the way forward.",
        },
    },
}
# What all messages share beside their payload.
OF_A_SAGA: Json = {
    "contentType": "application/json",
    "correlationId": {"description": "Which saga a message belongs to.", "location": "$message.header#/run"},
    "headers": {
        "type": "object",
        "required": ["run"],
        "properties": {"run": {"type": "string", "format": "uuid"}},
    },
}


def asyncapi(saga: Saga) -> Mapping[str, str]:
    """Returns a file for each actor of the choreography."""
    plan = compile_plan(saga, Style.CHOREOGRAPHY)
    return {
        f"{saga.name}-{actor}.asyncapi.yaml": yaml.safe_dump(
            document(plan, actor), sort_keys=False, allow_unicode=True, width=110
        )
        for actor in plan.actors
    }


def document(plan: Plan, actor: str) -> Json:
    """Returns the document of an actor as plain data: a channel for each message, an operation for each use of it."""
    concerned = [one for one in contracts(plan) if actor in (one.sender, *one.receivers)]
    sends = {f"send{one.name}": _operation("send", one, sent_on(plan, one)) for one in concerned if one.sender == actor}
    receives = {
        f"receive{one.name}": _operation("receive", one, received_for(plan, actor, one.name))
        for one in concerned
        if actor in one.receivers
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"{plan.saga.title}: {title(actor)}",
            "version": "1.0.0",
            "description": f"What {title(actor)} sends and receives in a choreography. {plan.saga.summary}",
        },
        "channels": {one.name: _channel(plan, one) for one in concerned},
        "operations": receives | sends,
        "components": {
            "messages": {one.name: _message(one) for one in concerned},
            "messageTraits": {"OfASaga": OF_A_SAGA},
            "schemas": {"Message": MESSAGE},
        },
    }


def limits(saga: Saga) -> tuple[str, ...]:
    """Returns what AsyncAPI cannot say of this saga."""
    plan = compile_plan(saga, Style.CHOREOGRAPHY)
    found = [
        "Each message has a channel of its own. Here, the outbox puts it into the queue of each of its listeners.",
        "What an actor does with a message, and what has to come before, is said in words only.",
    ]
    if plan.timers:
        found.append("A timer is a message of an actor to itself. How long it takes is said in words only.")
    if any(step.undo for step in saga.steps):
        found.append("Compensation: events that take something back look like all others.")
    others = [str(style) for style in saga.styles if style is not Style.CHOREOGRAPHY]
    return (*found, f"Only the saga as a choreography is described, not as {' or '.join(others)}.")


def _ref(*path: str) -> Json:
    return {"$ref": f"#/{'/'.join(path)}"}


def _channel(plan: Plan, one: Contract) -> Json:
    return {
        "address": f"{plan.saga.name}.{one.name}",
        "messages": {one.name: _ref("components", "messages", one.name)},
    }


def _operation(action: str, one: Contract, summary: str) -> Json:
    return {
        "action": action,
        "summary": summary,
        "channel": _ref("channels", one.name),
        "messages": [_ref("channels", one.name, "messages", one.name)],
    }


def _message(one: Contract) -> Json:
    to = listed("itself" if to == one.sender else title(to) for to in one.receivers) or "nobody"
    because = {"enum": list(one.because)} if one.because else {"type": "null"}
    own = {"name": {"const": one.name}, "kind": {"const": str(one.kind)}, "sender": {"const": one.sender}}
    return {
        "summary": one.summary,
        "description": f"From {title(one.sender)} to {to}.",
        "traits": [_ref("components", "messageTraits", "OfASaga")],
        "payload": {"allOf": [_ref("components", "schemas", "Message"), {"properties": own | {"because": because}}]},
    }
