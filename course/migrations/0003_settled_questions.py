from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F
from django.utils.timezone import now


def name_lessons_of_sections(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("LearnerQuestion", "QuestionForAuthors"):
        apps.get_model("course", name).objects.update(section_lesson=F("lesson"))


class Migration(migrations.Migration):
    dependencies = [("course", "0002_interviews")]

    operations = [
        migrations.AddField("learnerquestion", "section_lesson", models.SlugField(blank=True, default="", max_length=200), preserve_default=False),
        migrations.AddField("questionforauthors", "section_lesson", models.SlugField(blank=True, default="", max_length=200), preserve_default=False),
        migrations.AddField("questionforauthors", "is_settled", models.BooleanField(default=False, verbose_name="settled")),
        migrations.AlterField("learnerquestion", "asked_at", models.DateTimeField(default=now)),
        migrations.RunPython(name_lessons_of_sections, migrations.RunPython.noop),
    ]
