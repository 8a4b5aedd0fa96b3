"""Writes a run as an OpenTelemetry trace in OTLP JSON, which collectors and viewers read.

Names of attributes are those of the semantic conventions for messaging, where these have one; ours begin with "saga.".
See opentelemetry.io/docs/specs/otlp and opentelemetry.io/docs/specs/semconv/messaging.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from itertools import groupby
from typing import Any
from uuid import UUID

from sandbox.engine.execution.facts import Fact
from sandbox.render.export.exported_run import ExportedRun
from sandbox.render.trace.spans import Span, SpanKind, spans_of

# The numbers of INTERNAL, PRODUCER and CONSUMER in the protocol, and that of the status ERROR.
KINDS = {SpanKind.SAGA: 1, SpanKind.SEND: 4, SpanKind.PROCESS: 5}
ERROR = 2
Json = dict[str, Any]
Values = Mapping[str, str | int | float | bool | None]


def otlp(run: ExportedRun) -> str:
    """Returns the trace: a resource for each actor, with its spans. Its id is that of the run, without hyphens."""
    ordered = sorted(spans_of(run.facts), key=lambda one: one.actor)
    resources = [_resource(actor, list(own), run.run_id) for actor, own in groupby(ordered, key=lambda one: one.actor)]
    return json.dumps({"resourceSpans": resources}, indent=2)


def _resource(actor: str, spans: list[Span], run_id: str) -> Json:
    return {
        "resource": {"attributes": _attributes({"service.name": actor, "service.namespace": "coordinate"})},
        "scopeSpans": [{"scope": {"name": "coordinate.sandbox"}, "spans": [_span(one, run_id) for one in spans]}],
    }


def _span(span: Span, run_id: str) -> Json:
    parent = {} if span.parent is None else {"parentSpanId": span_id(run_id, span.parent)}
    return {
        "traceId": UUID(run_id).hex,
        "spanId": span_id(run_id, span.key),
        **parent,
        "name": f"{span.kind} {span.name}",
        "kind": KINDS[span.kind],
        "startTimeUnixNano": _nanoseconds(span.begin),
        "endTimeUnixNano": _nanoseconds(span.end),
        "attributes": _attributes(_about_saga(span, run_id) if span.kind is SpanKind.SAGA else _about(span, run_id)),
        "events": [_event(fact, span) for fact in span.outcomes],
        "status": _status(span),
    }


def span_id(run_id: str, key: str) -> str:
    """Returns eight bytes in hexadecimal digits, the same each time the run is exported."""
    return blake2b(f"{run_id} {key}".encode(), digest_size=8).hexdigest()


def _about_saga(span: Span, run_id: str) -> Values:
    return {"saga.id": run_id, "saga.status": span.status}


def _about(span: Span, run_id: str) -> Values:
    step = next((fact.step for fact in span.outcomes if fact.step), None)
    return {
        "messaging.system": None if span.is_timer else "valkey",
        "messaging.operation.name": span.kind,
        "messaging.operation.type": span.kind,
        "messaging.destination.name": _destination(span),
        "messaging.message.id": str(span.fact.message),
        "messaging.message.conversation_id": run_id,
        "error.type": span.error.kind if span.error else None,
        "saga.fact": span.fact.seq,
        "saga.step": step,
        "saga.compensation": True if span.is_undo else None,
        "saga.timer": True if span.is_timer else None,
        "saga.attempt": span.attempt if span.kind is SpanKind.PROCESS else None,
        "saga.wait": round(span.wait, 6) if span.kind is SpanKind.PROCESS else None,
    }


def _destination(span: Span) -> str | None:
    """Returns the queue of the message; that of an event for several actors is one for each, so it has no one name."""
    if span.kind is SpanKind.PROCESS:
        return span.actor
    receivers = span.fact.to or ()
    return receivers[0] if len(receivers) == 1 else None


def _event(fact: Fact, span: Span) -> Json:
    values = {"saga.fact": fact.seq, "saga.step": fact.step, "reason": fact.reason}
    return {
        "timeUnixNano": _nanoseconds(max(fact.at, span.begin)),
        "name": fact.kind,
        "attributes": _attributes(values),
    }


def _status(span: Span) -> Json:
    if not span.is_error:
        return {}
    reason = span.error.reason or span.error.kind if span.error else span.status
    return {"code": ERROR, "message": reason}


def _nanoseconds(at: float) -> str:
    """Returns the time as OTLP writes numbers of 64 bits, to the microsecond: floats hold no more since 1970."""
    return str(round(at * 1_000_000) * 1_000)


def _attributes(values: Values) -> list[Json]:
    return [{"key": key, "value": _value(value)} for key, value in values.items() if value is not None]


def _value(value: str | int | float | bool) -> Json:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}
