from django.urls import path

from infra.live_reload import views

app_name = "live_reload"
urlpatterns = [
    path("reload.js", views.script, name="script"),
    path("live/", views.live, name="live"),
]
