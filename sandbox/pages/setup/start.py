"""Starts the run that a form asks for, on the setup page or in a figure of a lesson."""

from learners.request import LearnerRequest
from sandbox import services
from sandbox.definitions.run_settings import BOTH
from sandbox.models import Run
from sandbox.pages.request_access import form_key
from sandbox.pages.setup.form import SetupForm


def start_chosen(request: LearnerRequest, form: SetupForm) -> tuple[Run, ...]:
    """Starts one run, or two to be compared. Raises InvalidValue when a run cannot start like this."""
    start = services.start_both if form.settings.style == BOTH else services.start_run
    started = start(form.settings, learner=request.learner, key=form_key(request), prediction=form.prediction)
    return started if isinstance(started, tuple) else (started,)
