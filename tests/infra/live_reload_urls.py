"""The addresses of the site as they are while DEBUG is on."""

from django.urls import include, path

from config.urls import handler400, handler404, handler500  # noqa: F401
from config.urls import urlpatterns as ordinary

urlpatterns = [*ordinary, path("dev/", include("infra.live_reload.urls"))]
