"""The response that lists a learner's runs."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from learners.request import LearnerRequest
from sandbox.pages.history.run_list import NoSuchPage, history_context


def history_response(request: LearnerRequest, number: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    """Returns the page of that number, under a `problem` if there is one. Raises Http404 if there is none."""
    try:
        context = history_context(request.learner, number)
    except NoSuchPage as error:
        raise Http404(str(error)) from error
    return render(request, "sandbox/history/history.html", {**context, "problem": problem}, status=status)
