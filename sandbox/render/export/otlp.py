"""Writes a run as a trace in OpenTelemetry's protocol, as JSON (opentelemetry.io/docs/specs/otlp)."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from sandbox.engine.execution.facts import Fact
from sandbox.render.export.exported_run import ExportedRun
from sandbox.render.export.spans import Span, SpanKind, spans

Json = dict[str, Any]
ERROR = 2
OPERATIONS = {SpanKind.PRODUCER: "send", SpanKind.CONSUMER: "process"}


def otlp(run: ExportedRun) -> str:
    """Returns the trace: a resource for each service, with its spans. The same run always has the same ids."""
    by_service: dict[str, list[Json]] = {}
    for span in spans(run.facts):
        by_service.setdefault(span.actor, []).append(_span(run.run_id, span))
    resources = [
        {
            "resource": {"attributes": _attributes({"service.name": service})},
            "scopeSpans": [{"scope": {"name": "coordinate"}, "spans": found}],
        }
        for service, found in by_service.items()
    ]
    return json.dumps({"resourceSpans": resources}, indent=2, ensure_ascii=False) + "\n"


def _span(run_id: str, span: Span) -> Json:
    head = {"traceId": _id(run_id), "spanId": _id(run_id, span.seq)[:16]}
    if span.parent is not None:
        head["parentSpanId"] = _id(run_id, span.parent)[:16]
    attributes: dict[str, str | int] = {"saga.fact": span.seq}
    if span.message is not None:
        attributes |= {
            "messaging.system": "redis",
            "messaging.operation.type": OPERATIONS[span.kind],
            "messaging.message.id": str(span.message),
        }
    return {
        **head,
        "name": span.name,
        "kind": span.kind.value,
        "startTimeUnixNano": _nanoseconds(span.start),
        "endTimeUnixNano": _nanoseconds(span.end),
        "attributes": _attributes(attributes),
        "events": list(map(_event, _in_time(span.events))),
        "status": {"code": ERROR, "message": span.error} if span.error else {},
    }


def _in_time(events: Sequence[Fact]) -> list[Fact]:
    return sorted(events, key=lambda fact: fact.seq)


def _event(fact: Fact) -> Json:
    known = {"saga.fact": fact.seq, "saga.step": fact.step, "saga.reason": fact.reason, "saga.status": fact.status}
    attributes = {name: value for name, value in known.items() if value is not None}
    return {
        "timeUnixNano": _nanoseconds(fact.at),
        "name": str(fact.kind),
        "attributes": _attributes({n: v if isinstance(v, int) else str(v) for n, v in attributes.items()}),
    }


def _attributes(values: dict[str, Any]) -> list[Json]:
    """Returns attributes in the protocol's form, which writes whole numbers as texts."""
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in values.items()
    ]


def _id(*parts: object) -> str:
    """Returns 32 hexadecimal digits that depend on nothing but these parts."""
    return uuid.uuid5(uuid.NAMESPACE_OID, ":".join(map(str, parts))).hex


def _nanoseconds(seconds: float) -> str:
    return str(round(seconds * 1_000_000) * 1_000)
