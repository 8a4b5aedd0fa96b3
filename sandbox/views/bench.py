"""The bench: how a run is to go."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url

from sandbox import selectors, services
from sandbox.bench import bench_context
from sandbox.forms import BenchForm


@require_safe
def bench(request: HttpRequest) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        form = BenchForm.fitted(request.GET)
        return push_url(_bench(request, form, status=200), f"{request.path}?{form.data.urlencode()}")
    return _bench(request, BenchForm.filled(request.GET))


def _bench(request: HttpRequest, form: BenchForm, *, status: int = 0) -> HttpResponse:
    status = status or (200 if form.is_valid() else 400)
    runs = selectors.runs_of(request.learner)  # type: ignore[attr-defined]
    return render(request, "sandbox/bench.html", bench_context(form, runs), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("sandbox:bench")
    form = BenchForm.filled(request.POST)
    if not form.is_valid():
        return _bench(request, form)
    settings, learner = form.settings(), request.learner  # type: ignore[attr-defined]
    if settings.style == services.BOTH:
        one, other = services.start_twins(settings, learner=learner)
        return redirect("sandbox:twins", first=one.pk, second=other.pk)
    run = services.start_run(settings, learner=learner)
    return redirect("sandbox:run", run_id=run.pk)
