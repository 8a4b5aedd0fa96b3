from django.urls import path

from quiz import views

app_name = "quiz"
urlpatterns = [
    path("attempts/<uuid:attempt_id>/", views.attempt, name="attempt"),
    path("<slug:lesson>/", views.check, name="check"),
]
