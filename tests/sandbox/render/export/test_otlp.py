"""A run leaves as a trace that OpenTelemetry's own library reads, and in which each fact has its place."""

import base64
import json

import pytest

from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import FactKind, Verb
from sandbox.render.export.otlp import ERROR, otlp
from sandbox.render.export.spans import HANDLINGS, SpanKind, spans

RUNS = [
    {},
    {"style": "orchestration"},
    {"style": "hybrid", "saga": "order-hybrid"},
    {"style": "choreography", "saga": "order-parallel", "fail": "charge-customer"},
    {"style": "orchestration", "fail": "schedule-fulfilment"},
    {"style": "orchestration", "saga": "order-long"},
]
FAULTY = [
    (style, f"charge-customer:{name}")
    for name, fault in FAULT.items()
    if fault.verb is Verb.DO
    for style in ("choreography", "orchestration")
]


def all_spans(text):
    return [span for one in json.loads(text)["resourceSpans"] for scope in one["scopeSpans"] for span in scope["spans"]]


@pytest.fixture(params=[*RUNS, *FAULTY], ids=str)
def run(request, exported):
    return exported(**request.param) if isinstance(request.param, dict) else exported(*request.param)


def test_opentelemetry_reads_it(run):
    json_format = pytest.importorskip("google.protobuf.json_format")
    traces = pytest.importorskip(
        "opentelemetry.proto.trace.v1.trace_pb2", reason="opentelemetry-proto is installed by `make engines`"
    )

    def as_protobuf_writes(value):
        """Writes ids in base64, as JSON of any other protobuf has them."""
        if isinstance(value, list):
            return [as_protobuf_writes(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {
            name: base64.b64encode(bytes.fromhex(one)).decode() if name.endswith("Id") else as_protobuf_writes(one)
            for name, one in value.items()
        }

    read = json_format.ParseDict(as_protobuf_writes(json.loads(otlp(run))), traces.TracesData())
    found = [span for one in read.resource_spans for scope in one.scope_spans for span in scope.spans]
    assert len(found) == len(all_spans(otlp(run)))
    assert all((len(span.trace_id), len(span.span_id)) == (16, 8) for span in found)


def test_each_fact_is_a_span_or_an_event_once(run):
    found = spans(run.facts)
    placed = [span.seq for span in found] + [fact.seq for span in found for fact in span.events]
    assert sorted(placed) == [fact.seq for fact in run.facts]


def test_every_message_that_was_sent_or_handled_has_a_span(run):
    by_seq = {span.seq: span for span in spans(run.facts)}
    for fact in run.facts:
        if fact.kind is FactKind.MESSAGE_SENT:
            assert (by_seq[fact.seq].kind, by_seq[fact.seq].message) == (SpanKind.PRODUCER, fact.message)
        elif fact.kind in HANDLINGS:
            assert by_seq[fact.seq].kind is SpanKind.CONSUMER


def test_a_span_begins_after_its_parent_and_ends_before_the_saga(run):
    found = all_spans(otlp(run))
    by_id = {span["spanId"]: span for span in found}
    assert len(by_id) == len(found)
    (root,) = (span for span in found if "parentSpanId" not in span)
    for span in found:
        start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
        assert start <= end <= int(root["endTimeUnixNano"])
        if span is not root:
            assert start >= int(by_id[span["parentSpanId"]]["startTimeUnixNano"])


def test_what_is_caused_is_a_child_of_its_cause(exported):
    by_seq = {span.seq: span for span in spans(exported("orchestration").facts)}
    chain, span = [], next(span for span in by_seq.values() if span.name == "process OrderValidated")
    while span:
        chain.append(span.name)
        span = by_seq.get(span.parent)
    assert chain == [
        "process OrderValidated",
        "send OrderValidated",
        "process ValidateOrder",
        "send ValidateOrder",
        "process OrderPlaced",
        "send OrderPlaced",
        "saga",
    ]


def test_a_refusal_and_each_failed_attempt_are_errors(exported):
    refused = all_spans(otlp(exported("orchestration", fail="charge-customer")))
    assert [(s["name"], s["status"]["message"]) for s in refused if s["status"]] == [
        ("process ChargeCustomer", "card declined")
    ]
    failed = [s for s in all_spans(otlp(exported("orchestration", "charge-customer:transient=2"))) if s["status"]]
    assert [s["name"] for s in failed] == ["process ChargeCustomer"] * 2
    assert {s["status"]["code"] for s in failed} == {ERROR}


def test_the_trace_says_whose_work_each_span_is(exported):
    services = [
        attribute["value"]["stringValue"]
        for one in json.loads(otlp(exported()))["resourceSpans"]
        for attribute in one["resource"]["attributes"]
    ]
    assert set(services) == {"customer", *SAGA["order"].services}


def test_the_same_run_has_the_same_ids(exported):
    assert otlp(exported()) == otlp(exported())
