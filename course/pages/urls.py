from django.urls import path

from course.pages import views

app_name = "course"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.lesson, name="lesson"),
    path("<slug:slug>/pictures/<slug:digest>/<path:name>", views.picture, name="picture"),
]
