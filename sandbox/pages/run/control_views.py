"""Answers the forms with which a learner operates a run under way."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from learners.request import LearnerRequest
from sandbox import services
from sandbox.definitions.registry import FAULT
from sandbox.definitions.terms import Pace
from sandbox.form_fields import whole_number
from sandbox.models import Run
from sandbox.pages.request_access import choice, form_key, own_run
from sandbox.pages.run.response import refused
from sandbox.runtime import wait

# Seconds that a form waits for its message to be handled, when the page has no scripts to show that later.
PLAIN_FORM_WAIT = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """The message at one receiver that a form names."""

    message: int
    receiver: str
    copy: int


def _number(request: LearnerRequest, name: str, *, what: str, default: str = "") -> int:
    """Returns the number that the form gives under that name. Raises InvalidValue, which says what to send."""
    given = request.POST.get(name, default)
    number = whole_number(given)
    if number is None:
        raise services.InvalidValue(f"“{given[:40]}” is no {name}; send {what}.")
    return number


def _target(request: LearnerRequest) -> Target:
    """Returns the message that the form names. Raises InvalidValue, which says what to send."""
    message = _number(request, "message", what="the number of one that is on its way")
    copy = _number(request, "copy", what="1, or the number of a copy", default="1")
    return Target(message, request.POST.get("receiver", ""), copy)


def _operate(request: LearnerRequest, run_id: uuid.UUID, action: Callable[[Run], Target | None]) -> HttpResponse:
    """Does something to the learner's run: 400 for what is not allowed, 409 for what is over already.

    The `action` returns the message that a page without scripts waits for.
    """
    run = own_run(request, run_id)
    try:
        done = action(run)
    except services.InvalidValue as error:
        return refused(request, run, str(error), status=400)
    except services.Conflict as error:
        return refused(request, run, str(error), status=409)
    return _done(request, run, done)


@require_POST
def release(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Delivers one held message; for a message that is held no longer, a 409 says so."""

    def deliver(run: Run) -> Target:
        target = _target(request)
        services.release_message(run, **asdict(target))
        return target

    return _operate(request, run_id, deliver)


@require_POST
def pace(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Lets a run go on at another pace; for one that has ended, a 409 says so."""
    return _operate(request, run_id, lambda run: services.change_pace(run, pace=Pace(choice(request, "pace", Pace))))


@require_POST
def strike(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Strikes one message on its way with a fault; for one that has arrived, a 409 says so."""
    return _operate(
        request,
        run_id,
        lambda run: services.strike_message(run, kind=choice(request, "fault", FAULT), **asdict(_target(request))),
    )


@require_POST
def retry(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Retries a message that was given up, as the operator; for any other message, a 409 says so."""
    return _operate(request, run_id, lambda run: services.retry_message(run, **asdict(_target(request))))


@require_POST
def skip(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Moves the run's time on to what is due next."""
    return _operate(request, run_id, services.skip_time)


@require_POST
def repeat_run(request: LearnerRequest, run_id: uuid.UUID) -> HttpResponse:
    """Starts a run like this one and shows it; one in another style is shown side by side with this one."""
    run = own_run(request, run_id)
    style = request.POST.get("style", run.style)
    try:
        again = services.repeat_run(run, style=style, learner=request.learner, key=form_key(request))
    except services.InvalidValue as error:
        return refused(request, run, str(error), status=400)
    if again.compared_with_id:
        return redirect("sandbox:comparison", run.pk, again.pk)
    return redirect("sandbox:run", run_id=again.pk)


def _done(request: LearnerRequest, run: Run, target: Target | None) -> HttpResponse:
    """Sends nothing to a live page, since the stream updates it; reloads one without scripts, once the effect shows.

    The page that comes again has its focus in the controls, so that a keyboard is one Tab away from the next message.
    """
    if request.htmx:
        return HttpResponse(status=204)
    if target is not None:
        wait.wait_until_handled(run.pk, message=target.message, seconds=PLAIN_FORM_WAIT)
    return redirect(f"{reverse('sandbox:run', args=[run.pk])}#controls-{run.pk}")
