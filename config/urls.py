from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import site_views
from course.pages.views import glossary, sitemap

admin.autodiscover()

urlpatterns = [
    path("", site_views.home, name="home"),
    path("healthz", site_views.healthz, name="healthz"),
    path("lessons/", include("course.pages.urls")),
    path("robots.txt", site_views.robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("glossary/", glossary, name="glossary"),
    path("check/", include("quiz.urls")),
    path(settings.AUTHORS_AT.lstrip("/"), admin.site.urls),
    path("sandbox/", include("sandbox.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("dev/", include("infra.live_reload.urls")))
handler400 = "infra.error_pages.bad_request"
handler404 = "infra.error_pages.not_found"
handler500 = "infra.error_pages.server_error"
