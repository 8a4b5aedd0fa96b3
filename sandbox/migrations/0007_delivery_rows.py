from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("sandbox", "0006_one_run_for_a_form"),
    ]

    operations = [
        migrations.AlterModelTable(name="delivery", table="sandbox_delivery"),
        migrations.RenameModel(old_name="Delivery", new_name="DeliveryRow"),
    ]
