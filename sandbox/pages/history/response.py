"""The response that lists runs."""

from collections.abc import Collection

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django_htmx.http import push_url

from learners.request import LearnerRequest
from sandbox.pages.history.history_query import read_query
from sandbox.pages.history.run_list import NoSuchPage, history_context


def history_response(
    request: LearnerRequest, given: QueryDict, *, problem: str = "", status: int = 200, ticked: Collection[str] = ()
) -> HttpResponse:
    """Returns the list that an address asks for, under a `problem` if there is one; htmx gets the list alone.

    What was not understood is ignored: a 400 says so. Raises Http404 for a page or a run that does not exist.
    """
    query = read_query(given, request.learner)
    try:
        context = history_context(query, request.learner, ticked=ticked)
    except NoSuchPage as error:
        raise Http404(str(error)) from error
    problems = list(filter(None, (problem, *query.problems)))
    if request.htmx:
        fragment = render(request, "sandbox/history/_runs.html", {**context, "problems": problems})
        return push_url(fragment, query.address(context["page"].number))
    status = 400 if query.problems and status == 200 else status
    return render(request, "sandbox/history/history.html", {**context, "problems": problems}, status=status)
