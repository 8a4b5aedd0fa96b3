from django.urls import path

from quiz.views import attempts, reports, self_checks, start

app_name = "quiz"
urlpatterns = [
    path("attempts/<uuid:attempt_id>/", attempts.attempt, name="attempt"),
    path("attempts/<uuid:attempt_id>/<int:number>/", attempts.question, name="question"),
    path("attempts/<uuid:attempt_id>/end/", start.end, name="end"),
    path("attempts/<uuid:attempt_id>/retry/", start.retry, name="retry"),
    path("answers/<int:answer_id>/report/", reports.report, name="report"),
    path("<slug:lesson>/", start.check, name="check"),
    path("<slug:lesson>/review/", start.review, name="review"),
    path("<slug:lesson>/self-check/<str:section>/", self_checks.self_check, name="self-check"),
]
