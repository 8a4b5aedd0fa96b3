"""Asks what should be different from a moment of a run on, and starts a run in which it is."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from learners.request import LearnerRequest
from sandbox import services
from sandbox.engine.simulation.change import NO_CHANGE, Change, ChangeKind
from sandbox.engine.simulation.fork import last_shared
from sandbox.form_fields import whole_number
from sandbox.models import Run
from sandbox.pages.comparison.side_by_side import moments_of
from sandbox.pages.request_access import form_key, seen_run
from sandbox.pages.run import snapshot_reader
from sandbox.pages.what_if.context import snapshot_and_fact, what_if_context


@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Shows what can be different from a fact of a run on; a POST starts that, and shows it beside the run.

    Whoever may see the run may do both: the new run is their own. A 400 says what is not possible, and why.
    """
    run = seen_run(request, run_id)
    given = (request.POST or request.GET).get("fact", "")
    upto = whole_number(given, least=1, most=run.last_seq)
    if given and upto is None:
        problem = f"“{given[:40]}” is no fact of this run; it has facts 1 to {run.last_seq} so far."
        return _page(request, run, None, problem=problem)
    if request.method != "POST":
        return _page(request, run, upto)
    return _start(request, run, upto)


def _start(request: LearnerRequest, run: Run, upto: int | None) -> HttpResponse:
    if upto is None:
        return _page(request, run, None, problem="Send the number of the fact from which it should go on.")
    try:
        change = _chosen(request, run)
        again = services.fork_run(run, upto=upto, learner=request.learner, key=form_key(request), change=change)
    except services.InvalidValue as error:
        return _page(request, run, upto, problem=f"{error}.")
    address = reverse("sandbox:comparison", args=[run.pk, again.pk])
    return redirect(f"{address}?at={_moment(run, again, upto, change)}&play=1")


def _moment(run: Run, again: Run, upto: int, change: Change) -> int:
    """Returns the moment of both runs at which they part: the new one has been told of the change by then."""
    snapshots = [snapshot_reader.snapshot_of(one) for one in (run, again)]
    newest = last_shared(snapshots[0].facts, upto) + (change != NO_CHANGE)
    return moments_of([one.record for one in snapshots]).index((1, newest)) + 1


def _chosen(request: LearnerRequest, run: Run) -> Change:
    """Returns the change that the form chose; a number of items that was typed is one, even without its button.

    Raises InvalidValue for a kind of change that does not exist, and for a number that was typed beside another change.
    """
    change = Change.read(request.POST.get("change", ""))
    typed = request.POST.get("quantity", "").strip()
    if change.kind is ChangeKind.QUANTITY and not change.value:
        return Change(change.kind, typed)
    if not typed or typed == str(run.run_settings.quantity):
        return change
    if change != NO_CHANGE:
        raise services.InvalidValue(f"“{typed[:40]}” items were typed beside another change; choose one of the two")
    return Change(ChangeKind.QUANTITY, typed)


def _page(request: LearnerRequest, run: Run, upto: int | None, *, problem: str = "") -> HttpResponse:
    sent = request.POST or request.GET
    snapshot, fact = snapshot_and_fact(run, upto)
    context = what_if_context(
        run, snapshot, fact, at=sent.get("at", ""), chosen=request.POST.get("change"), problem=problem
    )
    context["typed"] = request.POST.get("quantity", context.get("quantity"))
    return render(request, "sandbox/what_if/what_if.html", context, status=400 if context["problem"] else 200)
