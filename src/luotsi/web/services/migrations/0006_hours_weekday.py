from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0005_place_near")]

    operations = [
        migrations.AddIndex(
            model_name="hours", index=models.Index(fields=["weekday", "closes"], name="hours_weekday")
        ),
    ]
