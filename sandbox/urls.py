from django.urls import path
from django.views.generic import RedirectView

from sandbox.pages.comparison import control_views as comparison_control
from sandbox.pages.comparison import views as comparison
from sandbox.pages.coverage import views as coverage
from sandbox.pages.export import views as export
from sandbox.pages.figure import views as figure
from sandbox.pages.history import views as history
from sandbox.pages.lab import views as lab
from sandbox.pages.load import views as load
from sandbox.pages.manage import views as manage
from sandbox.pages.run import control_views as control
from sandbox.pages.run import views as run
from sandbox.pages.saga import views as saga
from sandbox.pages.setup import views as setup
from sandbox.pages.trace import views as trace
from sandbox.pages.what_if import views as what_if
from sandbox.render.export.formats import EXPORTS

app_name = "sandbox"
urlpatterns = [
    path("", setup.setup, name="setup"),
    path("surprise/", setup.surprise, name="surprise"),
    path("start/", setup.start, name="start"),
    path("figure/start/", figure.start, name="start-in-figure"),
    path("figure/<uuid:first>/<uuid:second>/", figure.difference, name="difference-in-figure"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("labs/", lab.lab_list, name="labs"),
    path("labs/-/forget/", lab.forget, name="forget-labs"),
    path("labs/<str:name>/", lab.lab_page, name="lab"),
    path("labs/<str:name>/begin/", lab.begin, name="begin-lab"),
    path("labs/<str:name>/talk/", lab.talk, name="lab-talk"),
    path("labs/<str:name>/skip/", lab.skip, name="skip-lab"),
    path("labs/<str:name>/explain/", lab.explain, name="explain-lab"),
    path("labs/<str:name>/judge/", lab.judge, name="judge-lab"),
    path("load/", load.loads, name="loads"),
    path("load/start/", load.start, name="start-load"),
    path("load/<uuid:load_id>/", load.load_page, name="load"),
    path("load/<uuid:load_id>/stop/", load.stop, name="stop-load"),
    path("load/<uuid:load_id>/again/", load.again, name="repeat-load"),
    path("load/<uuid:load_id>/missing/", load.missing, name="missing-loads"),
    path("sagas/", saga.sagas, name="sagas"),
    path("sagas/<str:name>/", saga.saga_page, name="saga"),
    path("sagas/<str:name>/<str:made_as>/<str:file>", saga.saga_file, name="saga-file"),
    path("live/", run.live, name="live"),
    path("live/now.json", run.news, name="news"),
    path("runs/", history.history, name="runs"),
    path("runs/compare/", history.compare, name="compare-runs"),
    path("runs/delete/", history.delete_all, name="delete-all"),
    path("runs/lifelines-<int:count>.css", run.lifelines, name="lifelines"),
    path("runs/<uuid:run_id>/", run.run_page, name="run"),
    path("runs/<uuid:run_id>/frames-<int:upto>.json", run.frames, name="frames"),
    path("runs/<uuid:run_id>/trace/", trace.trace, name="trace-page"),
    path("runs/<uuid:run_id>/export/", export.export_page, name="export"),
    *(path(f"runs/<uuid:run_id>/{one.file}", export.export, {"made_as": one}, name=one.name) for one in EXPORTS),
    path("runs/<uuid:run_id>/release/", control.release, name="release"),
    path("runs/<uuid:run_id>/pace/", control.pace, name="pace"),
    path("runs/<uuid:run_id>/strike/", control.strike, name="strike"),
    path("runs/<uuid:run_id>/retry/", control.retry, name="retry"),
    path("runs/<uuid:run_id>/skip/", control.skip, name="skip"),
    path("runs/<uuid:run_id>/what-if/", what_if.what_if, name="what-if"),
    path("runs/<uuid:run_id>/repeat/", control.repeat_run, name="repeat"),
    path("runs/<uuid:run_id>/name/", manage.name, name="name"),
    path("runs/<uuid:run_id>/share/", manage.share, name="share"),
    path("runs/<uuid:run_id>/reflection/", manage.reflection, name="reflection"),
    path("runs/<uuid:run_id>/delete/", manage.delete, name="delete"),
    path("compare/<uuid:first>/<uuid:second>/", comparison.comparison, name="comparison"),
    path("compare/<uuid:first>/<uuid:second>/skip/", comparison_control.skip, name="skip-both"),
    path("compare/<uuid:first>/<uuid:second>/pace/", comparison_control.pace, name="pace-both"),
    # Bookmarked before comparisons had the address above.
    path(
        "twins/<uuid:first>/<uuid:second>/", RedirectView.as_view(pattern_name="sandbox:comparison", query_string=True)
    ),
]
