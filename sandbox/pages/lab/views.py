"""The labs: the path through them, and the page of each, from the prediction to the comparison."""

import time
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from learners.request import LearnerRequest
from sandbox import services
from sandbox.labs.experiments import labs
from sandbox.labs.model import Lab
from sandbox.labs.recordings import has_recording
from sandbox.models import Run
from sandbox.pages.lab.context import lab_context, path_context, seen_of, talk_context
from sandbox.pages.lab.path import path_of
from sandbox.pages.lab.progress import LabPhase, LabProgress, attempt_of, own_attempt, progress_of
from sandbox.pages.request_access import form_key

PREDICT = "predict-"
BEGUN_AGAIN = "This lab was begun again in another tab; this is the newer attempt. Nothing was changed."


def only_by_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets the view answer forms. Who opens its address, as after a reload, is led to the lab."""

    @wraps(view)
    def answer(request: LearnerRequest, name: str) -> HttpResponse:
        return view(request, name) if request.method == "POST" else redirect("sandbox:lab", name)

    return answer


@require_safe
def lab_list(request: LearnerRequest) -> HttpResponse:
    """Shows the path through the labs."""
    return render(request, "sandbox/lab/labs.html", {"path": path_of(request.known_learner, now=time.time())})


@require_POST
def forget(request: LearnerRequest) -> HttpResponse:
    """Deletes all that the learner has done and written in labs."""
    services.forget_labs(request.learner)
    return redirect("sandbox:labs")


@require_safe
def lab_page(request: LearnerRequest, name: str) -> HttpResponse:
    """Shows the lab where the learner has left it; with `again`, from its beginning."""
    lab = _lab(name)
    progress = None if "again" in request.GET else _progress(request, lab)
    if progress and progress.is_gone and progress.phase in {LabPhase.RUN, LabPhase.EXPLAIN}:
        return _page(request, lab, None, problem="A run of your last attempt is gone. Begin again.", status=200)
    return _page(request, lab, progress)


@only_by_form
def begin(request: LearnerRequest, name: str) -> HttpResponse:
    """Keeps the prediction and starts the runs. With `show` it leads to a recording of them, which does not count."""
    lab, shown = _lab(name), "show" in request.POST
    if shown and has_recording(lab):
        return _play(services.recorded_runs_of(lab))
    given = {key.removeprefix(PREDICT): str(value) for key, value in request.POST.items() if key.startswith(PREDICT)}
    prediction = {} if shown or "skip" in request.POST else {key: value for key, value in given.items() if value}
    if not prediction and not shown and "skip" not in request.POST:
        problem = services.ANSWER_ALL
        return _page(request, lab, None, problem=problem, given=given, status=400)
    try:
        services.begin_lab(lab, learner=request.learner, key=form_key(request), prediction=prediction, shown=shown)
    except services.InvalidValue as error:
        return _page(request, lab, None, problem=str(error), given=given, status=400)
    except services.Busy as error:
        return _page(request, lab, None, problem=str(error), given=given, status=409)
    return redirect("sandbox:lab", name)


def _play(runs: list[Run]) -> HttpResponse:
    """Leads to the page of these runs, which plays them from their beginning."""
    ids = [run.pk for run in runs]
    address = reverse("sandbox:comparison", args=ids) if len(ids) > 1 else reverse("sandbox:run", args=ids)
    return redirect(f"{address}?at=1&play=1")


@require_safe
def talk(request: LearnerRequest, name: str) -> HttpResponse:
    """Sends what the page says beside the runs; a 204 while that is what it shows already."""
    lab = _lab(name)
    progress = _own(request, lab, request.GET.get("attempt", ""))
    if progress.is_gone:
        raise Http404("A run of this attempt is gone.")
    is_newest = progress.attempt == attempt_of(request.learner, lab)
    if is_newest and seen_of(progress) == request.GET.get("seen"):
        return HttpResponse(status=204)
    news = {"is_new": True, "is_superseded": not is_newest}
    return render(request, "sandbox/lab/_talk.html", talk_context(lab, progress) | path_context(request, lab) | news)


def by_newest_attempt(view: Callable[[LearnerRequest, Lab, LabProgress], HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets the view change the attempt that a form names, as long as the learner has begun no newer one since."""

    @only_by_form
    @wraps(view)
    def answer(request: LearnerRequest, name: str) -> HttpResponse:
        lab = _lab(name)
        progress = _own(request, lab, request.POST.get("attempt", ""))
        newest = attempt_of(request.learner, lab)
        if newest is None or newest == progress.attempt:
            return view(request, lab, progress)
        if request.htmx:
            return HttpResponse(BEGUN_AGAIN, status=409, content_type="text/plain; charset=utf-8")
        draft = request.POST.get("why", "")
        return _page(request, lab, progress_of(lab, newest), problem=BEGUN_AGAIN, draft=draft, status=409)

    return answer


@by_newest_attempt
def skip(request: LearnerRequest, lab: Lab, progress: LabProgress) -> HttpResponse:
    """Moves the time of the lab's runs on to what is due next. Where they have just ended, the lab shows that."""
    services.skip_in_lab(progress.attempt)
    return HttpResponse(status=204) if request.htmx else redirect("sandbox:lab", lab.name)


@by_newest_attempt
def explain(request: LearnerRequest, lab: Lab, progress: LabProgress) -> HttpResponse:
    """Keeps the learner's sentence, or that they skipped it, and then shows the model sentence."""
    if problem := _not_to_explain(progress):
        return _page(request, lab, progress, problem=problem, status=409)
    why = "" if "skip" in request.POST else request.POST.get("why", "")
    if not why.strip() and "skip" not in request.POST:
        problem = "Write a sentence, or skip it."
        return _page(request, lab, progress, problem=problem, status=400)
    try:
        services.explain_lab(progress.attempt, why=why, reached=progress.is_reached, is_right=progress.is_right)
    except services.InvalidValue as error:
        return _page(request, lab, progress, problem=str(error), draft=why, status=400)
    return _to_the_words(lab.name)


def _not_to_explain(progress: LabProgress) -> str:
    """Returns why the attempt cannot be explained; "" when it can."""
    if progress.phase is LabPhase.RUN:
        return "The run has not decided everything yet."
    return "" if progress.is_reached else "The goal was not reached. Begin again."


@by_newest_attempt
def judge(request: LearnerRequest, lab: Lab, progress: LabProgress) -> HttpResponse:
    """Keeps how the learner's sentence compares with the model sentence."""
    if progress.phase in {LabPhase.RUN, LabPhase.EXPLAIN}:
        return _page(request, lab, progress, problem="Write a sentence first, to compare it with ours.", status=409)
    try:
        services.judge_lab(progress.attempt, judgement=request.POST.get("judgement", ""))
    except services.InvalidValue as error:
        return _page(request, lab, progress, problem=str(error), status=400)
    return _to_the_words(lab.name)


def _to_the_words(name: str) -> HttpResponse:
    """Leads to the words beside the runs, so that who uses the keyboard goes on from there."""
    return redirect(f"{reverse('sandbox:lab', args=[name])}#talk")


def _lab(name: str) -> Lab:
    found = labs().get(name)
    if found is None:
        raise Http404(f"There is no lab {name[:40]!r}; the labs are {', '.join(labs())}.")
    return found


def _progress(request: LearnerRequest, lab: Lab) -> LabProgress | None:
    attempt = attempt_of(request.learner, lab)
    return progress_of(lab, attempt) if attempt else None


def _own(request: LearnerRequest, lab: Lab, given: str) -> LabProgress:
    attempt = own_attempt(request.learner, lab, given)
    if attempt is None:
        raise Http404("There is no such attempt among yours.")
    return progress_of(lab, attempt)


def _page(
    request: LearnerRequest,
    lab: Lab,
    progress: LabProgress | None,
    *,
    problem: str = "",
    given: dict[str, str] | None = None,
    draft: str = "",
    status: int = 200,
) -> HttpResponse:
    context = lab_context(request, lab, progress, problem=problem, given=given) | {"draft": draft}
    return render(request, "sandbox/lab/lab.html", context, status=status)
