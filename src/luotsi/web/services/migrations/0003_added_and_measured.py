import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0002_packed_postings"),
    ]

    operations = [
        migrations.RemoveField(model_name="service", name="experience_measured"),
        migrations.AddField("service", "added_at", models.DateTimeField(default=django.utils.timezone.now)),
    ]
