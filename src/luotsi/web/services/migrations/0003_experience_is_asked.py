from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0002_packed_postings"),
    ]

    operations = [
        migrations.RemoveField(model_name="service", name="experience_measured"),
    ]
