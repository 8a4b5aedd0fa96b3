"""Pages of the sandbox: guard, one verb, answer."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import push_url

from sandbox import selectors, services, stream
from sandbox.bench import bench_context
from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import Pace
from sandbox.forms import BenchForm
from sandbox.frames import CSRF_BLANK, REGIONS, parts_of
from sandbox.models import Run

# Seconds that a plain form waits for what comes of it.
PATIENCE = 1.0
# Of any number that a form may send.
MOST_DIGITS = 9


def _run(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """The learner's run. Raises Http404 when there is none of that id, or it is another learner's."""
    try:
        return selectors.run_for(request.learner, run_id)  # type: ignore[attr-defined]
    except selectors.NoSuchRun as error:
        raise Http404(str(error)) from error


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
    run = services.start_run(form.settings(), learner=request.learner)  # type: ignore[attr-defined]
    return redirect("sandbox:run", run_id=run.pk)


@require_safe
def run_page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return _page(request, _run(request, run_id))


def _page(request: HttpRequest, run: Run, *, problem: str = "", status: int = 200) -> HttpResponse:
    try:
        view = selectors.view_of(run)
    except selectors.Outdated as error:
        gone = {"title": "This run is from another time", "text": str(error)}
        return render(request, "problem.html", gone, status=410)
    parts = parts_of(view)
    rows: dict[str, list[str]] = {}
    for part in parts.values():
        rows.setdefault(part.into, []).append(part.html.replace(CSRF_BLANK, get_token(request)))
    context = {
        "run": run,
        "view": view,
        "part": dict(zip(REGIONS, rows["run"], strict=True)),
        "sequence": rows.get("sequence", []),
        "journal": rows.get("journal", []),
        "problem": problem,
        "asked": selectors.asked_of(run),
        "bench": f"{reverse('sandbox:bench')}?{_query(run)}",
    }
    return render(request, "sandbox/run.html", context, status=status)


def _query(run: Run) -> str:
    query = QueryDict(mutable=True)
    for name, value in selectors.settings_of(run):
        query.appendlist(name, value)
    return query.urlencode()


@dataclass(frozen=True, slots=True)
class Target:
    """The message at one receiver that a form speaks of."""

    message: int
    receiver: str
    copy: int


def _word(request: HttpRequest, name: str, allowed: Iterable[str]) -> str:
    """What the form says under that name. Raises BadRequest, which says what is allowed."""
    given, words = request.POST.get(name, ""), tuple(allowed)
    if given not in words:
        raise services.BadRequest(f"“{given[:40]}” is no {name}; use one of {', '.join(words)}.")
    return given


def _number(request: HttpRequest, name: str, *, what: str, default: str = "") -> int:
    """The number that the form gives under that name. Raises BadRequest, which says what to send."""
    given = request.POST.get(name, default)
    if not given.isdecimal() or len(given) > MOST_DIGITS:
        raise services.BadRequest(f"“{given[:40]}” is no {name}; send {what}.")
    return int(given)


def _target(request: HttpRequest) -> Target:
    """The message that the form names. Raises BadRequest, which says what to send."""
    message = _number(request, "message", what="the number of one that is on its way")
    copy = _number(request, "copy", what="1, or the number of a copy", default="1")
    return Target(message, request.POST.get("receiver", ""), copy)


def _steer(request: HttpRequest, run_id: uuid.UUID, verb: Callable[[Run], Target | Run | None]) -> HttpResponse:
    """Does something to the learner's run: 400 for what makes no sense, 409 for what is over already.

    What `verb` returns is the message that a plain page waits for, or the run whose page is to come next.
    """
    run = _run(request, run_id)
    try:
        done = verb(run)
    except services.BadRequest as error:
        return _refused(request, run, str(error), status=400)
    except services.Stale as error:
        return _refused(request, run, str(error), status=409)
    return redirect("sandbox:run", run_id=done.pk) if isinstance(done, Run) else _done(request, run, done)


@require_POST
def release(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Delivers one held message; a message that is held no longer gets a 409 that says so."""

    def deliver(run: Run) -> Target:
        target = _target(request)
        services.release_message(run, **asdict(target))
        return target

    return _steer(request, run_id, deliver)


@require_POST
def pace(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Lets a run go on at another pace; one that has ended gets a 409 that says so."""
    return _steer(request, run_id, lambda run: services.change_pace(run, pace=Pace(_word(request, "pace", Pace))))


@require_POST
def strike(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Strikes one message on its way with a fault; one that has arrived gets a 409 that says so."""
    return _steer(
        request,
        run_id,
        lambda run: services.strike_message(run, kind=_word(request, "fault", FAULT), **asdict(_target(request))),
    )


@require_POST
def retry(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Tries a message anew that was given up, as the operator; one that is not gets a 409 that says so."""
    return _steer(request, run_id, lambda run: services.retry_message(run, **asdict(_target(request))))


@require_POST
def skip(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Moves the run's time on to what is due next."""
    return _steer(request, run_id, services.skip_time)


@require_POST
def again(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Starts a new run that is this one up to a fact."""

    def begin_again(run: Run) -> Run:
        upto = _number(request, "fact", what="the number of one in the journal")
        return services.run_again(run, upto=upto, learner=request.learner)  # type: ignore[attr-defined]

    return _steer(request, run_id, begin_again)


def _done(request: HttpRequest, run: Run, target: Target | None) -> HttpResponse:
    """Nothing for a live page, which the stream tells all; a plain one comes again, with what came of it."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    if target is not None:
        selectors.wait_until_handled(run.pk, message=target.message, seconds=PATIENCE)
    return redirect("sandbox:run", run_id=run.pk)


def _refused(request: HttpRequest, run: Run, problem: str, *, status: int) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(problem, status=status, content_type="text/plain; charset=utf-8")
    run.refresh_from_db()
    return _page(request, run, problem=problem, status=status)


@require_safe
def facts(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The run's journal as JSON."""
    recorded = selectors.facts_of(_run(request, run_id))
    rows = [{"seq": f.seq, "at": f.at, "kind": f.kind, "actor": f.actor, **f.details()} for f in recorded]
    response = JsonResponse({"run": str(run_id), "facts": rows}, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="run-{run_id}.json"'
    return response


def _guard(request: HttpRequest, run_id: uuid.UUID) -> None:
    """Raises Http404 as `_run` does, and keeps no database connection for as long as the stream lasts."""
    try:
        _run(request, run_id)
    finally:
        close_old_connections()


@require_safe
async def live(request: HttpRequest, run_id: uuid.UUID) -> StreamingHttpResponse | HttpResponse:
    """The live view from fact `after` on, as server-sent events."""
    await sync_to_async(_guard)(request, run_id)
    after = request.GET.get("after", "0")
    if not after.isdecimal() or len(after) > 9:
        problem = f"“{after[:40]}” is no fact's number."
        return HttpResponse(problem, status=400, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(stream.events(run_id, after=int(after)), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response
