from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import views
from course.views import glossary, sitemap

admin.autodiscover()

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("lessons/", include("course.urls")),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("glossary/", glossary, name="glossary"),
    path("check/", include("quiz.urls")),
    path(settings.AUTHORS_AT.lstrip("/"), admin.site.urls),
    path("sandbox/", include("sandbox.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("dev/", include("config.dev.urls")))
handler400 = "config.views.bad_request"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
