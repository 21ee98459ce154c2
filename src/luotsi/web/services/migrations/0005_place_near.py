from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0004_index_anew")]

    operations = [
        migrations.AddIndex(model_name="place", index=models.Index(fields=["east", "north"], name="place_near")),
    ]
