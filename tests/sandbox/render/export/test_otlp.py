"""The trace of a run is OTLP JSON that OpenTelemetry's own definitions read."""

import base64
import json

import pytest

from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import FactKind
from sandbox.engine.evolve import evolve
from sandbox.render.export.otlp import otlp

RUN = "01a21076-24db-750c-92a2-ed4ab4c7ccde"
IDS = ("traceId", "spanId", "parentSpanId")


@pytest.fixture
def written(exported):
    """Returns the spans of a run's trace with their actors, as written; a run's `at` begins at 0 like no real one."""

    def written(*args, **named):
        run = exported(*args, **named)
        facts = tuple(evolve(fact, at=1_796_000_000 + fact.at) for fact in run.facts)
        return json.loads(otlp(evolve(run, run_id=RUN, facts=facts)))

    return written


def spans_in(trace):
    return [span for resource in trace["resourceSpans"] for span in resource["scopeSpans"][0]["spans"]]


def values(attributes):
    return {one["key"]: next(iter(one["value"].values())) for one in attributes}


def as_protobuf_json(value):
    """Returns the trace with its ids in base 64: OTLP has them in hexadecimal digits, unlike protobuf's JSON."""
    if isinstance(value, dict):
        return {
            key: base64.b64encode(bytes.fromhex(one)).decode() if key in IDS else as_protobuf_json(one)
            for key, one in value.items()
        }
    return [as_protobuf_json(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("fault", ["", *FAULT])
@pytest.mark.parametrize(("saga", "style"), [(saga.name, style) for saga in SAGA.values() for style in saga.styles])
def test_opentelemetry_reads_every_trace(written, saga, style, fault):
    json_format = pytest.importorskip("google.protobuf.json_format")
    trace_pb2 = pytest.importorskip("opentelemetry.proto.trace.v1.trace_pb2")
    step = SAGA[saga].steps[1].name
    for fail in (None, SAGA[saga].refusable[-1].name):
        trace = written(style, *([f"{step}:{fault}"] if fault else []), saga=saga, fail=fail)
        data = json_format.ParseDict(as_protobuf_json(trace), trace_pb2.TracesData())
        spans = [one for resource in data.resource_spans for one in resource.scope_spans[0].spans]
        begins = {one.span_id: one.start_time_unix_nano for one in spans}
        assert len(begins) == len(spans)
        for one in spans:
            assert (len(one.trace_id), len(one.span_id)) == (16, 8)
            assert one.start_time_unix_nano <= one.end_time_unix_nano
            assert one.start_time_unix_nano >= begins[one.parent_span_id or one.span_id]


def test_the_id_of_the_trace_is_that_of_the_run_and_ids_stay_the_same(written):
    assert {span["traceId"] for span in spans_in(written())} == {RUN.replace("-", "")}
    assert written() == written()


def test_each_actor_is_a_service(written):
    services = [values(one["resource"]["attributes"])["service.name"] for one in written()["resourceSpans"]]
    assert services == ["customer", "fulfilment", "inventory", "notification", "order", "payment"]


def test_a_message_is_sent_by_a_producer_and_processed_by_a_consumer(written):
    spans = {span["name"]: span for span in spans_in(written("orchestration"))}
    assert (spans["saga OrderPlaced"]["kind"], "parentSpanId" in spans["saga OrderPlaced"]) == (1, False)
    sent, processed = spans["send ChargeCustomer"], spans["process ChargeCustomer"]
    assert (sent["kind"], processed["kind"]) == (4, 5)
    assert processed["parentSpanId"] == sent["spanId"]
    for span, operation in ((sent, "send"), (processed, "process")):
        found = values(span["attributes"])
        assert found["messaging.operation.type"] == operation
        assert found["messaging.destination.name"] == "payment"
        assert found["messaging.message.conversation_id"] == RUN
    assert values(sent["attributes"])["messaging.message.id"] == values(processed["attributes"])["messaging.message.id"]


def test_a_refusal_is_the_status_of_its_span_and_an_event_in_it(written):
    bad = [span for span in spans_in(written(fail="charge-customer")) if span["status"]]
    assert [span["status"] for span in bad] == [{"code": 2, "message": "card declined"}]
    assert values(bad[0]["attributes"])["error.type"] == FactKind.STEP_REJECTED
    assert [event["name"] for event in bad[0]["events"]] == [FactKind.STEP_REJECTED]


def test_what_is_undone_is_marked_with_its_step(written):
    undone = [values(span["attributes"]) for span in spans_in(written(fail="charge-customer"))]
    steps = [found["saga.step"] for found in undone if found.get("saga.compensation")]
    assert sorted(steps) == ["reserve-inventory", "validate-order"]
