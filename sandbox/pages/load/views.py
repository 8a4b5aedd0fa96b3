"""The load lab: starts many orders, and shows how the workers handle them."""

import uuid
from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from learners.request import LearnerRequest
from sandbox import services
from sandbox.labs.model import Experiment
from sandbox.models import Load
from sandbox.pages.load.context import load_context, loads_context
from sandbox.pages.load.form import EXPERIMENTS_HERE, LoadForm
from sandbox.pages.load.metrics import NoSuchLoad, load_for, running_load
from sandbox.pages.load.second_process import comparison_with, second_process_context


@require_safe
def loads(request: LearnerRequest) -> HttpResponse:
    """Shows the form in which a load is chosen; 400 for settings that are not allowed."""
    return _choose(request, LoadForm.filled(request.GET))


@require_POST
def start(request: LearnerRequest) -> HttpResponse:
    """Starts a load and leads to its page; 400 for settings that are not allowed, 409 while another one runs."""
    form = LoadForm.filled(request.POST)
    if not form.is_valid():
        return _choose(request, form)
    try:
        load = services.start_load(form.settings, learner=request.learner)
    except services.Busy as error:
        return _choose(request, form, problem=str(error), status=409)
    return redirect(reverse("sandbox:load", args=[load.pk]) + (f"?experiment={form.shows.name}" if form.shows else ""))


def _choose(request: LearnerRequest, form: LoadForm, *, problem: str = "", status: int = 0) -> HttpResponse:
    status = status or (200 if form.is_valid() else 400)
    learner = request.learner
    context = loads_context(form, learner=learner, running=running_load())
    return render(request, "sandbox/load/loads.html", {**context, "problem": problem}, status=status)


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def load_page(request: LearnerRequest, load_id: uuid.UUID) -> HttpResponse:
    """Shows a load's page; for htmx, its figures alone, or what a second process changes."""
    load = own_load(request, load_id)
    if request.htmx and request.htmx.target == "second-process":
        return render(request, "sandbox/load/_second_process.html", {"load": load, **second_process_context(load)})
    template = "_metrics" if request.htmx else "load"
    return render(request, f"sandbox/load/{template}.html", {**load_context(load), "experiment": _experiment(request)})


def _experiment(request: LearnerRequest) -> Experiment | None:
    """Returns the experiment that the load was started for, as the address names it."""
    return EXPERIMENTS_HERE.get(request.GET.get("experiment", ""))


@require_POST
def stop(request: LearnerRequest, load_id: uuid.UUID) -> HttpResponse:
    """Makes a load place no more orders; for one that has ended, a 409 says so."""
    load = own_load(request, load_id)
    try:
        services.stop_load(load)
    except services.Conflict as error:
        return _with_problem(request, load, str(error), status=409)
    return redirect("sandbox:load", load_id=load.pk)


@require_POST
def again(request: LearnerRequest, load_id: uuid.UUID) -> HttpResponse:
    """Starts the same load with a second process for the actor `helped`, or for none, and leads to its page."""
    return _repeat(request, own_load(request, load_id), [request.POST.get("helped", "")])


@require_POST
def missing(request: LearnerRequest, load_id: uuid.UUID) -> HttpResponse:
    """Starts, one after the other, the loads that are missing before a second process for `helped` can be judged."""
    load = own_load(request, load_id)
    return _repeat(request, load, comparison_with(load, request.POST.get("helped", "")).missing)


def _repeat(request: LearnerRequest, load: Load, series: Sequence[str]) -> HttpResponse:
    """Starts the same load for each of these, who has the second process there.

    One load is seen on its own page; those of a series are gathered on the page that they were started from.
    """
    if not series:
        return redirect("sandbox:load", load_id=load.pk)
    helped, *then = series
    try:
        started = services.repeat_load(load, helped=helped, then=then)
    except (services.Busy, services.InvalidValue) as error:
        status = 409 if isinstance(error, services.Busy) else 400
        return _with_problem(request, load, str(error).rstrip(".") + ".", status=status)
    return redirect(
        reverse("sandbox:load", args=[load.pk if then else started.pk]) + ("#second-process" if then else "")
    )


def _with_problem(request: LearnerRequest, load: Load, problem: str, *, status: int) -> HttpResponse:
    return render(request, "sandbox/load/load.html", {**load_context(load), "problem": problem}, status=status)


def own_load(request: LearnerRequest, load_id: uuid.UUID) -> Load:
    """Returns the learner's own load. Raises Http404 when there is none of that id, or it is another learner's."""
    try:
        return load_for(request.learner, load_id)
    except NoSuchLoad as error:
        raise Http404(str(error)) from error
