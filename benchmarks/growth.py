"""Fills a database as after long use: copies ended runs row by row under new ids."""

import uuid
from itertools import cycle, islice
from typing import Any

from django.db import transaction
from django.db.models import Model

from sandbox.models import Run

BATCH = 50  # runs


def fill(runs: int, *, templates: list[Run]) -> None:
    """Adds so many copies of these runs with all their related rows."""
    related_rows = {run.pk: _related_rows(run) for run in templates}
    sources = cycle(templates)
    for low in range(0, runs, BATCH):
        _copy(list(islice(sources, min(BATCH, runs - low))), related_rows)


def _related_rows(run: Run) -> list[tuple[type[Model], str, dict[str, Any]]]:
    """Returns each row that refers to the run: its model, the name of its reference, and its values without an id."""
    return [
        (relation.related_model, relation.field.attname, {**values, relation.related_model._meta.pk.attname: None})
        for relation in Run._meta.related_objects
        for values in relation.related_model._default_manager.filter(**{relation.field.name: run}).values()
    ]


def _copy(templates: list[Run], related_rows: dict[uuid.UUID, list[tuple[type[Model], str, dict[str, Any]]]]) -> None:
    copies: dict[type[Model], list[Model]] = {Run: []}
    for template in templates:
        values = Run.objects.filter(pk=template.pk).values().get()
        copy = Run(**{**values, "id": uuid.uuid4()})
        copies[Run].append(copy)
        for model, reference, row in related_rows[template.pk]:
            copies.setdefault(model, []).append(model(**{**row, reference: copy.pk}))
    with transaction.atomic():
        for model, rows in copies.items():
            model._default_manager.bulk_create(rows)
