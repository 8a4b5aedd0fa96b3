"""The load lab: many orders at once, and what the workers make of them."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from sandbox import services
from sandbox.definitions.records import Experiment
from sandbox.load.figures import NoSuchLoad, load_for, running_load
from sandbox.load.form import EXPERIMENTS_HERE, LoadForm
from sandbox.load.page import load_context, loads_context
from sandbox.models import Load


@require_http_methods(["GET", "HEAD", "POST"])
def loads(request: HttpRequest) -> HttpResponse:
    """Where a load is chosen, and started; 400 for what makes no sense, 409 while another one runs."""
    if request.method != "POST":
        return _choose(request, LoadForm.filled(request.GET))
    form = LoadForm.filled(request.POST)
    if not form.is_valid():
        return _choose(request, form)
    try:
        load = services.start_load(form.settings(), learner=request.learner)  # type: ignore[attr-defined]
    except services.Busy as error:
        return _choose(request, form, problem=str(error), status=409)
    return redirect(reverse("sandbox:load", args=[load.pk]) + (f"?experiment={form.shows.name}" if form.shows else ""))


def _choose(request: HttpRequest, form: LoadForm, *, problem: str = "", status: int = 0) -> HttpResponse:
    status = status or (200 if form.is_valid() else 400)
    learner = request.learner  # type: ignore[attr-defined]
    context = loads_context(form, learner=learner, running=running_load())
    return render(request, "sandbox/loads.html", {**context, "problem": problem}, status=status)


@require_safe
@vary_on_headers("HX-Request")
def load_page(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """A load's page; for htmx, its figures alone."""
    load = own_load(request, load_id)
    template = "_load_figures" if request.htmx else "load"  # type: ignore[attr-defined]
    return render(request, f"sandbox/{template}.html", {**load_context(load), "experiment": _asked(request)})


def _asked(request: HttpRequest) -> Experiment | None:
    """The claim of a lesson that the load was started to show: it stands in the address."""
    return EXPERIMENTS_HERE.get(request.GET.get("experiment", ""))


@require_POST
def stop(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """Has a load place no more orders; one that has ended gets a 409 that says so."""
    load = own_load(request, load_id)
    try:
        services.stop_load(load)
    except services.Stale as error:
        context = {**load_context(load), "problem": str(error)}
        return render(request, "sandbox/load.html", context, status=409)
    return redirect("sandbox:load", load_id=load.pk)


def own_load(request: HttpRequest, load_id: uuid.UUID) -> Load:
    """The learner's own load. Raises Http404 when there is none of that id, or it is another's."""
    try:
        return load_for(request.learner, load_id)  # type: ignore[attr-defined]
    except NoSuchLoad as error:
        raise Http404(str(error)) from error
