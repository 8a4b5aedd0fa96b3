from django.urls import include, path

from config import views
from course.views import glossary

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("lessons/", include("course.urls")),
    path("glossary/", glossary, name="glossary"),
    path("check/", include("quiz.urls")),
    path("sandbox/", include("sandbox.urls")),
]
handler400 = "config.views.bad_request"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
