"""Runs that are deleted while real workers handle their messages."""

import time

from sandbox import services
from sandbox.models import ActorMemory, DeliveryRow, EntryRow, FactRow, Run
from sandbox.runtime import wait

LEARNER = "0d4d3f4e-5a43-4a44-9d5c-6f7b7d0a7c11"
MODELS = (ActorMemory, DeliveryRow, EntryRow, FactRow)
COMPLAINTS = ("IntegrityError", "DoesNotExist", "deadlock")


def delete_half_of_the_runs():
    """Starts runs, and deletes half of them while they are under way; returns what became of all."""
    chosen = [
        services.RunSettings(style=style, pace="fast", fail="schedule-fulfilment")
        for style in ("choreography", "orchestration")
        for _ in range(15)
    ]
    runs = [services.start_runs(each, count=1, learner=LEARNER)[0] for each in chosen]
    own = Run.objects.filter(learner=LEARNER)
    while own.filter(last_seq__gt=8).count() < 10:
        time.sleep(0.005)
    doomed = [run.pk for run in runs[::2]]
    under_way = own.filter(pk__in=doomed, ended_at=None).count()
    for run in runs[::2]:
        services.delete_run(run)
    for run in runs[1::2]:
        assert wait.wait_until_ended(run.pk, seconds=30)
    return {
        "statuses": sorted(set(own.values_list("status", flat=True))),
        "left": sum(model.objects.filter(run_id__in=doomed).count() for model in MODELS),
        "under_way": under_way,
    }


def delete_runs_under_way(shop):
    """Starts runs, deletes half of them under the workers' hands, and holds that the others end well."""
    told = shop.inside(delete_half_of_the_runs)
    assert told["under_way"] > 0
    assert told["statuses"] == ["COMPENSATED"]
    assert told["left"] == 0
    logs = "".join(path.read_text() for path in (shop.stack.var / "log").glob("*.log"))
    assert not [complaint for complaint in COMPLAINTS if complaint in logs]


def test_workers_cope_with_runs_that_are_deleted_while_they_handle_them(shop):
    delete_runs_under_way(shop)
