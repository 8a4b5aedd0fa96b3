"""Writes the facts of a run as JSON and as CSV."""

import csv
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from sandbox.engine.execution.facts import EVERY_FACT_HAS, Fact, Posting
from sandbox.render.export.exported_run import ExportedRun

POSTING = [one.name for one in fields(Posting)]
# Every column that the facts of some run can fill, so that the files of all runs have the same ones.
COLUMNS = (
    "seq",
    "at",
    "time",
    "kind",
    "actor",
    *(one.name for one in fields(Fact) if one.name not in {*EVERY_FACT_HAS, "posting"}),
    *(f"posting_{name}" for name in POSTING),
)


def facts_as_json(run: ExportedRun) -> str:
    """Returns the facts as a JSON object; each has the fields that its kind sets."""
    rows = [{"seq": f.seq, "at": f.at, "kind": f.kind, "actor": f.actor, **f.details()} for f in run.facts]
    return json.dumps({"run": run.run_id, "facts": rows}, indent=2)


def facts_as_csv(run: ExportedRun) -> str:
    """Returns the facts as CSV (RFC 4180), one a line; `at` in seconds since the epoch, `time` the same in UTC."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(map(_row, run.facts))
    return text.getvalue()


def _row(fact: Fact) -> Mapping[str, Any]:
    details = fact.details()
    posting = zip(POSTING, details.pop("posting", ()), strict=False)
    return {
        "seq": fact.seq,
        "at": fact.at,
        "time": datetime.fromtimestamp(fact.at, UTC).isoformat(timespec="milliseconds"),
        "kind": fact.kind,
        "actor": fact.actor,
        **{name: _cell(value) for name, value in details.items()},
        **{f"posting_{name}": value for name, value in posting},
    }


def _cell(value: Any) -> Any:
    """Returns several values with spaces between them: names and numbers have none."""
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value
