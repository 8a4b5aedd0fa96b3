from django.urls import path

from sandbox.views import bench, coverage, load, runs, shelf, steering, twins

app_name = "sandbox"
urlpatterns = [
    path("", bench.bench, name="bench"),
    path("surprise/", bench.surprise, name="surprise"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("load/", load.loads, name="loads"),
    path("load/<uuid:load_id>/", load.load_page, name="load"),
    path("load/<uuid:load_id>/stop/", load.stop, name="stop-load"),
    path("runs/", shelf.runs, name="runs"),
    path("runs/delete/", shelf.delete_all, name="delete-all"),
    path("runs/<uuid:run_id>/", runs.run_page, name="run"),
    path("runs/<uuid:run_id>/live/", runs.live, name="live"),
    path("runs/<uuid:run_id>/release/", steering.release, name="release"),
    path("runs/<uuid:run_id>/pace/", steering.pace, name="pace"),
    path("runs/<uuid:run_id>/strike/", steering.strike, name="strike"),
    path("runs/<uuid:run_id>/retry/", steering.retry, name="retry"),
    path("runs/<uuid:run_id>/skip/", steering.skip, name="skip"),
    path("runs/<uuid:run_id>/again/", steering.again, name="again"),
    path("runs/<uuid:run_id>/name/", shelf.name, name="name"),
    path("runs/<uuid:run_id>/share/", shelf.share, name="share"),
    path("runs/<uuid:run_id>/reflection/", shelf.reflection, name="reflection"),
    path("runs/<uuid:run_id>/delete/", shelf.delete, name="delete"),
    path("runs/<uuid:run_id>/film-<int:upto>.json", runs.film, name="film"),
    path("runs/<uuid:run_id>/facts.json", runs.facts, name="facts"),
    path("twins/<uuid:first>/<uuid:second>/", twins.twins, name="twins"),
]
