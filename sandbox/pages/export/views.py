"""Offers a run as a file, and sends it."""

import uuid
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from learners.request import LearnerRequest
from sandbox import selectors
from sandbox.engine.execution.facts import Fact
from sandbox.form_fields import whole_number
from sandbox.models import Run
from sandbox.pages.history.run_list import HistoryRow
from sandbox.pages.request_access import seen_run
from sandbox.render.export.exported_run import ExportedRun
from sandbox.render.export.formats import ExportFormat
from sandbox.render.export.picture import light_style
from sandbox.runtime.storage.runs import UnknownSaga


@require_safe
def export_page(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Offers the run in every format, as of now or of fact `at`, and shows its picture."""
    run = seen_run(request, run_id)
    facts = selectors.facts_of(run)
    moment = _moment(request.GET.get("at", ""), len(facts))
    problem = _undrawable(run, facts)
    context = {"run": run, "row": HistoryRow(run), "at": moment, "can_draw": not problem, "problem": problem}
    return render(request, "sandbox/export/export.html", context)


@require_safe
def export(request: LearnerRequest, run_id: uuid.UUID, made_as: ExportFormat) -> HttpResponse:
    """Sends the run in that format, as of now or of fact `at`; for a fact that it does not have, a 400 says so.

    Raises UnknownSaga where something is to be drawn and the run's saga has been defined otherwise since.
    """
    run = seen_run(request, run_id)
    facts = selectors.facts_of(run)
    moment = _moment(request.GET.get("at", ""), len(facts))
    exported = ExportedRun(
        str(run_id), facts[:moment], len(facts), lambda: selectors.defined_plan(run, facts), _stylesheet()
    )
    response = HttpResponse(made_as.render(exported), content_type=made_as.content_type)
    name = _file_name(run, moment, made_as)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _undrawable(run: Run, facts: tuple[Fact, ...]) -> str:
    """Says why nothing can be drawn of the run; "" if it can."""
    try:
        selectors.defined_plan(run, facts)
    except UnknownSaga as error:
        return str(error)
    return ""


def _moment(given: str, latest: int) -> int | None:
    """Returns the number of the fact that was asked for, None for now. Raises BadRequest."""
    moment = whole_number(given, least=1, most=latest)
    if given and moment is None:
        raise BadRequest(f"“{given[:40]}” is no moment of this run; it has facts 1 to {latest} so far.")
    return moment


def _file_name(run: Run, moment: int | None, made_as: ExportFormat) -> str:
    """Returns a name that tells runs and moments apart, such as "order-hybrid-3f9a1c-fact-12-picture.svg"."""
    parts = [slugify(run.name) or f"{run.saga}-{run.style}", str(run.pk)[-6:]]
    parts += [f"fact-{moment}"] if moment else []
    return "-".join([*parts, made_as.file])


@cache
def _stylesheet() -> str:
    tokens, rules = (Path(str(finders.find(f"css/{file}"))) for file in ("base/tokens.css", "sandbox/diagram.css"))
    return light_style(tokens.read_text(encoding="utf-8"), rules.read_text(encoding="utf-8"))
