from django.urls import path

from sandbox import views

app_name = "sandbox"
urlpatterns = [
    path("", views.bench, name="bench"),
    path("runs/", views.start, name="start"),
    path("runs/<uuid:run_id>/", views.run_page, name="run"),
    path("runs/<uuid:run_id>/live/", views.live, name="live"),
    path("runs/<uuid:run_id>/release/", views.release, name="release"),
    path("runs/<uuid:run_id>/pace/", views.pace, name="pace"),
    path("runs/<uuid:run_id>/strike/", views.strike, name="strike"),
    path("runs/<uuid:run_id>/retry/", views.retry, name="retry"),
    path("runs/<uuid:run_id>/skip/", views.skip, name="skip"),
    path("runs/<uuid:run_id>/again/", views.again, name="again"),
    path("runs/<uuid:run_id>/facts.json", views.facts, name="facts"),
]
