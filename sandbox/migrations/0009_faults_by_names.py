from django.db import migrations

# The fields of a fault in the order in which they were written until now.
NAMES = ("kind", "at", "number", "by_hand", "injected", "until", "nth", "spared", "shuts", "repaired")


def name_fields(apps, schema_editor):
    run_model = apps.get_model("sandbox", "Run")
    for run in run_model.objects.exclude(faults=[]).iterator(chunk_size=500):
        run.faults = [dict(zip(NAMES, fault)) for fault in run.faults]
        run.save(update_fields=["faults"])


def list_fields(apps, schema_editor):
    defaults = {"number": None, "by_hand": False, "injected": 0, "until": 0.0, "nth": 1, "spared": 0, "shuts": ""}
    defaults["repaired"] = False
    run_model = apps.get_model("sandbox", "Run")
    for run in run_model.objects.exclude(faults=[]).iterator(chunk_size=500):
        run.faults = [[{**defaults, **fault}[name] for name in NAMES] for fault in run.faults]
        run.save(update_fields=["faults"])


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0008_settings_of_a_run")]

    operations = [migrations.RunPython(name_fields, list_fields)]
