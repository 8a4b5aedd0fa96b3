"""Writes real runs of labs down, and brings them back as runs that everybody may look at."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from sandbox.labs.model import Lab
from sandbox.labs.recordings import read_recording, write_recording
from sandbox.models import RECORDING, EntryRow, FactRow, Run

COLUMNS = ("saga", "style", "settings", "faults", "pace", "status", "started_at", "ended_at")


def record_lab(lab: Lab, runs: Sequence[Run]) -> None:
    """Writes the ended runs of a lab as its recording."""
    write_recording(lab, [_written(run) for run in runs])


def _written(run: Run) -> dict[str, Any]:
    facts = FactRow.objects.filter(run=run).order_by("seq").values("seq", "at", "kind", "actor", "details")
    entries = EntryRow.objects.filter(run=run).order_by("id").values_list("seq", "service", "account", "amount")
    columns = {name: getattr(run, name) for name in COLUMNS}
    return {**columns, "entries": list(map(list, entries)), "facts": list(facts)}


def recorded_runs_of(lab: Lab) -> list[Run]:
    """Returns the runs of the lab's recording, as rows that belong to nobody; writes them at the first time.

    Raises FileNotFoundError where there is no recording.
    """
    digest, written = read_recording(lab)
    keys = [f"{RECORDING}{digest}-{at}" for at in range(len(written))]
    with transaction.atomic():
        return [_row(key, each) for key, each in zip(keys, written, strict=True)]


def _row(key: str, written: dict[str, Any]) -> Run:
    columns = {name: written[name] for name in COLUMNS}
    run, is_new = Run.objects.get_or_create(start_key=key, defaults={**columns, "last_seq": len(written["facts"])})
    if is_new:
        FactRow.objects.bulk_create(FactRow(run=run, **fact) for fact in written["facts"])
        EntryRow.objects.bulk_create(
            EntryRow(run=run, seq=seq, service=service, account=account, amount=amount)
            for seq, service, account, amount in written["entries"]
        )
    return run
