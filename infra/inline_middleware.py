"""Django's own middleware, run in the event loop: what it does takes microseconds, and a thread for it far longer.

Django runs a synchronous middleware of an asynchronous request in a thread, twice for each: that was most of the work
of letting in a viewer of a live view.
"""

from typing import Any

from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware


class _InEventLoop:
    """Does to a request and its response what the middleware does, in the event loop."""

    get_response: Any

    async def __acall__(self, request: HttpRequest) -> Any:
        early = self.process_request(request) if hasattr(self, "process_request") else None
        response = early or await self.get_response(request)
        return self.process_response(request, response) if hasattr(self, "process_response") else response


class Security(_InEventLoop, SecurityMiddleware):
    pass


class ContentSecurityPolicy(_InEventLoop, CSPMiddleware):
    pass


class Common(_InEventLoop, CommonMiddleware):
    pass


class Csrf(_InEventLoop, CsrfViewMiddleware):
    pass


class FrameOptions(_InEventLoop, XFrameOptionsMiddleware):
    pass
