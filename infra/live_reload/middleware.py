"""Lets every page reload itself, and shows what is wrong in the content where a page could not be made."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin

from infra.live_reload.content_errors import content_errors
from infra.live_reload.watch import stamp

# A page that the browser has kept names the stamp of an earlier one, and a packed page cannot be added to.
FOR_KEPT_PAGES = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_ACCEPT_ENCODING")


class LiveReload(MiddlewareMixin):
    def process_request(self, request: HttpRequest) -> None:
        # Before the page is made: what changes from now on is not in it.
        request.stamp = stamp()  # type: ignore[attr-defined]
        for name in FOR_KEPT_PAGES:
            request.META.pop(name, None)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        found = content_errors(request, exception)
        return render(request, "live_reload/content_errors.html", {"errors": found}, status=500) if found else None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # A page that answers a form would send it again.
        if request.method == "GET" and isinstance(response, HttpResponse) and b"</head>" in response.content:
            tag = render_to_string("live_reload/_script.html", {"stamp": request.stamp})  # type: ignore[attr-defined]
            response.content = response.content.replace(b"</head>", f"{tag}</head>".encode(), 1)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response
