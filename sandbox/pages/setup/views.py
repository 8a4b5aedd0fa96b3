"""The bench: how a run is to go."""

from secrets import SystemRandom

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from learners.request import LearnerRequest
from sandbox import selectors, services
from sandbox.pages.request_access import form_key
from sandbox.pages.setup.context import setup_context
from sandbox.pages.setup.form import SetupForm, fault_written
from sandbox.pages.setup.random_settings import surprise as surprising


@require_safe
def setup(request: LearnerRequest) -> HttpResponse:
    if request.GET.get("kind") and request.GET.get("at"):
        return _place(request)
    if request.htmx:
        form = SetupForm.fitted(request.GET)
        return push_url(_setup_page(request, form, status=200), _address(form))
    return _setup_page(request, SetupForm.filled(request.GET))


def _place(request: LearnerRequest) -> HttpResponse:
    """Places the fault that was chosen from the palette, if it fits."""
    form, fault = SetupForm.filled(request.GET), fault_written(request.GET)
    if form.refusal:
        return _setup_page(request, form)
    placed = form.with_fault(fault)
    if request.htmx:
        shown, trouble = (placed, "") if placed.is_valid() else (form, placed.trouble)
        page = _setup_page(request, shown, status=200, placed=fault, trouble=trouble)
        return push_url(page, _address(shown))
    if not placed.is_valid():
        return _setup_page(request, form, status=400, trouble=placed.trouble)
    return redirect(f"{_address(placed)}#placed")


def _address(form: SetupForm) -> str:
    return f"{reverse('sandbox:setup')}?{form.address()}"


def _setup_page(
    request: LearnerRequest, form: SetupForm, *, status: int = 0, placed: str = "", trouble: str = ""
) -> HttpResponse:
    status = status or (200 if form.is_valid() else 400)
    runs = selectors.runs_of(request.learner)
    context = setup_context(form, runs, placed=placed, trouble=trouble, given=request.POST or request.GET)
    return render(request, "sandbox/setup/setup.html", context, status=status)


@require_safe
def surprise(request: LearnerRequest) -> HttpResponse:
    """Shows settings by chance, at an address that can be shared."""
    return redirect(_address(SetupForm.showing(surprising(SystemRandom()))))


@require_POST
def start(request: LearnerRequest) -> HttpResponse:
    """Starts what was chosen and leads to its page.

    A form that is sent twice, by an impatient click, leads to the one run that it started.
    """
    form = SetupForm.filled(request.POST)
    if not form.is_valid():
        return _setup_page(request, form)
    settings, key = form.settings(), form_key(request)
    if settings.style == services.BOTH:
        one, other = services.start_both(settings, learner=request.learner, key=key)
        return redirect("sandbox:comparison", first=one.pk, second=other.pk)
    run = services.start_run(settings, learner=request.learner, key=key)
    return redirect("sandbox:run", run_id=run.pk)
