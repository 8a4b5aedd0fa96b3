from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quiz", "0004_one_open_report")]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="given",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
    ]
