"""The bench: how a run is to go."""

from secrets import SystemRandom

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from sandbox import selectors, services
from sandbox.bench.form import BenchForm, fault_written
from sandbox.bench.page import bench_context
from sandbox.bench.surprise import surprise as surprising
from sandbox.views.access import form_key
from sandbox.views.figures import both_in_place, complaint, is_in_place, run_in_place


@require_safe
def bench(request: HttpRequest) -> HttpResponse:
    if request.GET.get("kind") and request.GET.get("at"):
        return _place(request)
    if request.htmx:  # type: ignore[attr-defined]
        form = BenchForm.fitted(request.GET)
        return push_url(_bench(request, form, status=200), _address(form))
    return _bench(request, BenchForm.filled(request.GET))


def _place(request: HttpRequest) -> HttpResponse:
    """Places the fault that was chosen from the palette, if it fits."""
    form, fault = BenchForm.filled(request.GET), fault_written(request.GET)
    if form.refusal:
        return _bench(request, form)
    placed = form.with_fault(fault)
    if request.htmx:  # type: ignore[attr-defined]
        shown, trouble = (placed, "") if placed.is_valid() else (form, placed.trouble)
        page = _bench(request, shown, status=200, placed=fault, trouble=trouble)
        return push_url(page, _address(shown))
    if not placed.is_valid():
        return _bench(request, form, status=400, trouble=placed.trouble)
    return redirect(f"{_address(placed)}#placed")


def _address(form: BenchForm) -> str:
    return f"{reverse('sandbox:bench')}?{form.address()}"


def _bench(
    request: HttpRequest, form: BenchForm, *, status: int = 0, placed: str = "", trouble: str = ""
) -> HttpResponse:
    status = status or (200 if form.is_valid() else 400)
    runs = selectors.runs_of(request.learner)  # type: ignore[attr-defined]
    context = bench_context(form, runs, placed=placed, trouble=trouble, given=request.POST or request.GET)
    return render(request, "sandbox/bench.html", context, status=status)


@require_safe
def surprise(request: HttpRequest) -> HttpResponse:
    """Shows settings by chance, at an address that can be shared."""
    return redirect(_address(BenchForm.showing(surprising(SystemRandom()))))


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Starts what was chosen and leads to its page; a figure of a lesson gets what it shows of it instead.

    A form that is sent twice, by an impatient click, leads to the one run that it started.
    """
    form, in_place = BenchForm.filled(request.POST), is_in_place(request)
    if not form.is_valid():
        return complaint(form.trouble) if in_place else _bench(request, form)
    settings, learner, key = form.settings(), request.learner, form_key(request)  # type: ignore[attr-defined]
    if settings.style == services.BOTH:
        one, other = services.start_twins(settings, learner=learner, key=key)
        if in_place:
            return both_in_place(request, one, other)
        return redirect("sandbox:twins", first=one.pk, second=other.pk)
    run = services.start_run(settings, learner=learner, key=key)
    return run_in_place(request, run) if in_place else redirect("sandbox:run", run_id=run.pk)
