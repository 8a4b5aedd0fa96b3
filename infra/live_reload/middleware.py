"""Adds the script that reloads a page, and shows what is wrong in the content when a page cannot be rendered."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin

from infra.live_reload.content_errors import content_errors
from infra.live_reload.watch import stamp

# A page from the browser's cache would have an old stamp, and nothing can be added to a compressed page.
CACHING_HEADERS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_ACCEPT_ENCODING")


class LiveReload(MiddlewareMixin):
    """Adds the reload script to each page, and shows content errors in place of a page that fails."""

    def process_request(self, request: HttpRequest) -> None:
        # Before the page is rendered, because later changes are not in it.
        request.stamp = stamp()  # type: ignore[attr-defined]
        for name in CACHING_HEADERS:
            request.META.pop(name, None)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        found = content_errors(request, exception)
        return render(request, "live_reload/content_errors.html", {"errors": found}, status=500) if found else None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # A page that answers a form would send the form again.
        if request.method == "GET" and isinstance(response, HttpResponse) and b"</head>" in response.content:
            tag = render_to_string("live_reload/_script.html", {"stamp": request.stamp})  # type: ignore[attr-defined]
            response.content = response.content.replace(b"</head>", f"{tag}</head>".encode(), 1)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response
