from django.urls import path

from course.pages import ask_views, interview_views, summary_views, views

app_name = "course"
urlpatterns = [
    path("", views.index, name="index"),
    path("questions/", ask_views.questions, name="questions"),
    path("questions/delete/", ask_views.delete_all, name="delete-questions"),
    path("questions/<uuid:pk>/", ask_views.question, name="question"),
    path("questions/<uuid:pk>/model/", ask_views.model_answer, name="model-answer"),
    path("questions/<uuid:pk>/rating/", ask_views.rate, name="rate-answer"),
    path("questions/<uuid:pk>/delete/", ask_views.delete, name="delete-question"),
    path("interviews/<uuid:pk>/", interview_views.outcome, name="interview-outcome"),
    path("interviews/<uuid:pk>/delete/", interview_views.delete, name="delete-interview"),
    path("interviews/<uuid:pk>/<slug:name>/", interview_views.question, name="interview-question"),
    path("interviews/<uuid:pk>/<slug:name>/points/", interview_views.points, name="interview-points"),
    path("<slug:slug>/interview/", interview_views.interview, name="interview"),
    path("<slug:slug>/summary/", summary_views.summary, name="summary"),
    path("<slug:slug>/ask/", ask_views.ask, name="ask"),
    path("<slug:slug>/", views.lesson, name="lesson"),
    path("<slug:slug>/pictures/<slug:digest>/<path:name>", views.picture, name="picture"),
]
