"""The setup page: shows the form in which a run is chosen, and starts the run."""

from secrets import SystemRandom

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from learners.request import LearnerRequest
from sandbox import selectors
from sandbox.definitions.faults import BadFault, Fault
from sandbox.definitions.run_settings import InvalidValue
from sandbox.pages.setup.context import setup_context
from sandbox.pages.setup.fault_palette import chosen_fault
from sandbox.pages.setup.form import SetupForm
from sandbox.pages.setup.random_settings import surprise as surprising_settings
from sandbox.pages.setup.start import start_chosen


@require_safe
def setup(request: LearnerRequest) -> HttpResponse:
    if request.GET.get("kind") and request.GET.get("at"):
        return _place(request)
    if request.htmx:
        form = SetupForm.fitted(request.GET, changed=request.htmx.trigger_name or "")
        return _shown(request, form, _setup_page(request, form))
    # Those who write addresses, as checkcourse does, ask not to be helped out (RFC 7240).
    is_strict = request.headers.get("Prefer") == "handling=strict"
    form = SetupForm.strict(request.GET) if is_strict else SetupForm.filled(request.GET)
    if form.left and not is_strict:
        form = SetupForm.fitted(request.GET)
    return _setup_page(request, form, status=200 if form.can_start() else 400)


def _place(request: LearnerRequest) -> HttpResponse:
    """Places the fault that was chosen from the palette, if it could have an effect."""
    form = SetupForm.filled(request.GET)
    if form.refusal:
        return _setup_page(request, form, status=400)
    try:
        fault = chosen_fault(request.GET)
    except BadFault as error:
        return _not_placed(request, form, str(error))
    placed = form.with_fault(fault)
    if not placed.can_start():
        return _not_placed(request, form, placed.problem)
    if request.htmx:
        return _shown(request, placed, _setup_page(request, placed, placed=fault))
    return redirect(f"{_address(placed)}#placed")


def _not_placed(request: LearnerRequest, form: SetupForm, problem: str) -> HttpResponse:
    """Returns the page with the palette still open, and what is wrong with the fault that was chosen there."""
    form.can_start()
    status = 200 if request.htmx else 400
    return _shown(request, form, _setup_page(request, form, status=status, problem=problem))


def _shown(request: LearnerRequest, form: SetupForm, page: HttpResponse) -> HttpResponse:
    """Returns the page; for htmx, the browser shows the address at which it can be seen again."""
    return push_url(page, _address(form)) if request.htmx else page


def _address(form: SetupForm) -> str:
    return f"{reverse('sandbox:setup')}?{form.address()}"


def _setup_page(
    request: LearnerRequest, form: SetupForm, *, status: int = 200, placed: Fault | None = None, problem: str = ""
) -> HttpResponse:
    runs = selectors.runs_of(request.learner)
    context = setup_context(form, runs, placed=placed, problem=problem, given=request.POST or request.GET)
    return render(request, "sandbox/setup/setup.html", context, status=status)


@require_safe
def surprise(request: LearnerRequest) -> HttpResponse:
    """Shows random settings, at an address that can be shared."""
    return redirect(_address(SetupForm.showing(surprising_settings(SystemRandom()))))


@require_POST
def start(request: LearnerRequest) -> HttpResponse:
    """Starts what was chosen and leads to its page; a 400 shows the form with what is wrong.

    A form that is sent twice, by an impatient click, leads to the one run that it started.
    """
    form = SetupForm.strict(request.POST)
    if not form.is_valid():
        return _setup_page(request, form, status=400)
    try:
        runs = start_chosen(request, form)
    except InvalidValue as error:
        form.add_error(None, str(error))
        return _setup_page(request, form, status=400)
    if len(runs) == 1:
        return redirect("sandbox:run", run_id=runs[0].pk)
    return redirect("sandbox:comparison", first=runs[0].pk, second=runs[1].pk)
