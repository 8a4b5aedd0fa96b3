from django.urls import path

from config.dev import views

app_name = "dev"
urlpatterns = [
    path("reload.js", views.script, name="script"),
    path("live/", views.live, name="live"),
]
