"""The facts of a run can be read by other programs, as JSON and as CSV, without anything missing."""

import csv
import json
from io import StringIO

import pytest

from sandbox.engine.execution.facts import Fact
from sandbox.render.export.journal import COLUMNS, facts_as_csv, facts_as_json

RUNS = pytest.mark.parametrize("faults", [(), ("charge-customer:duplicate",), ("charge-customer:lost",)])


def rows(run):
    return list(csv.DictReader(StringIO(facts_as_csv(run), newline="")))


@RUNS
def test_the_json_gives_every_fact_back_as_it_was(exported, faults):
    run = exported("orchestration", *faults, fail="schedule-fulfilment")
    written = json.loads(facts_as_json(run))
    assert written["run"] == "a-run"
    again = [
        Fact.recall(
            kind=row.pop("kind"), actor=row.pop("actor"), seq=row.pop("seq"), at=row.pop("at"), details=dict(row)
        )
        for row in written["facts"]
    ]
    assert tuple(again) == run.facts


@RUNS
def test_the_csv_has_a_line_for_each_fact_and_a_column_for_each_field(exported, faults):
    run = exported("orchestration", *faults, fail="schedule-fulfilment")
    lines = rows(run)
    assert [(int(one["seq"]), one["kind"], one["actor"]) for one in lines] == [
        (fact.seq, fact.kind, fact.actor) for fact in run.facts
    ]
    for fact, line in zip(run.facts, lines, strict=True):
        for name, value in fact.details().items():
            if name != "posting":
                assert line[name] == (" ".join(map(str, value)) if isinstance(value, tuple) else str(value))


def test_a_posting_has_a_column_for_each_of_its_parts(exported):
    charged = next(one for one in rows(exported()) if one["step"] == "charge-customer")
    parts = [charged[f"posting_{name}"] for name in ("service", "source", "target", "amount")]
    assert parts[0] == "payment"
    assert parts[3] == "2500"


def test_the_files_of_all_runs_have_the_same_columns(exported):
    for run in (exported(), exported("hybrid", saga="order-hybrid"), exported(at=1)):
        header = facts_as_csv(run).partition("\r\n")[0]
        assert header == ",".join(COLUMNS)


def test_the_csv_has_each_time_in_utc_as_well(exported):
    run = exported()
    assert rows(run)[0]["time"].endswith("+00:00")
    assert float(rows(run)[0]["at"]) == run.facts[0].at


def test_what_was_not_set_is_empty_and_not_none(exported):
    assert "None" not in facts_as_csv(exported())
