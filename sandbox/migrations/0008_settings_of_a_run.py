import django.db.models.deletion
from django.db import migrations, models

# What `Fault.dump` wrote: kind, place, number, by hand, injected, until, from which time on, spared, shuts, mended.
KIND, AT, NUMBER, BY_HAND, NTH = 0, 1, 2, 3, 6


def written(fault):
    """A fault as it was placed: PLACE:KIND[=N][@K]."""
    number = "" if fault[NUMBER] is None else f"={fault[NUMBER]:g}"
    nth = f"@{fault[NTH]}" if len(fault) > NTH and fault[NTH] > 1 else ""
    return f"{fault[AT]}:{fault[KIND]}{number}{nth}"


def gather(apps, schema_editor):
    run_model = apps.get_model("sandbox", "Run")
    for run in run_model.objects.iterator(chunk_size=500):
        run.settings = {
            "fail": run.refused,
            "quantity": run.quantity,
            "undo": run.undo_order,
            "fault": [written(fault) for fault in run.faults if not fault[BY_HAND]],
            "without": run.without,
            "experiment": run.experiment,
        }
        run.save(update_fields=["settings"])


def scatter(apps, schema_editor):
    run_model = apps.get_model("sandbox", "Run")
    for run in run_model.objects.iterator(chunk_size=500):
        run.refused, run.quantity = run.settings.get("fail", ""), run.settings.get("quantity", 1)
        run.undo_order, run.without = run.settings.get("undo", "sequential"), run.settings.get("without", [])
        run.experiment = run.settings.get("experiment", "")
        run.save(update_fields=["refused", "quantity", "undo_order", "without", "experiment"])


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0007_delivery_rows")]

    operations = [
        migrations.AddField("run", "settings", models.JSONField(default=dict)),
        migrations.RunPython(gather, scatter),
        migrations.RemoveField("run", "refused"),
        migrations.RemoveField("run", "quantity"),
        migrations.RemoveField("run", "undo_order"),
        migrations.RemoveField("run", "without"),
        migrations.RemoveField("run", "experiment"),
        migrations.RenameField("run", "branched_at", "forked_at"),
        migrations.RenameField("run", "twin", "compared_with"),
        migrations.AlterField(
            "run",
            "compared_with",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="comparisons",
                to="sandbox.run",
            ),
        ),
        migrations.AlterField(
            "run",
            "origin",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="forks", to="sandbox.run"
            ),
        ),
    ]
