from django.db import migrations, models
from django.utils import timezone


def settle_all_but_the_newest(apps, schema_editor):
    """Of several open reports of one answer, the newest stays open; none is deleted."""
    reports = apps.get_model("quiz", "Report").objects.filter(settled_at=None)
    newest = reports.values("answer").annotate(newest=models.Max("pk")).values("newest")
    reports.exclude(pk__in=list(newest.values_list("newest", flat=True))).update(settled_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("quiz", "0003_questions_for_authors")]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="purpose",
            field=models.CharField(
                choices=[("check", "Knowledge check"), ("retry", "Practice"), ("review", "Review")],
                default="check",
                max_length=10,
            ),
        ),
        migrations.RunPython(settle_all_but_the_newest, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                fields=["answer"], condition=models.Q(settled_at=None), name="one_open_report"
            ),
        ),
    ]
