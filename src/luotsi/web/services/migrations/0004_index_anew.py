"""Postings were packed in 0002, and of a directory that was there before none are left: it is indexed at the next start."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("services", "0003_added_and_measured")]

    operations = [
        migrations.RunSQL(
            "UPDATE services_service SET indexed_by = '' WHERE NOT EXISTS (SELECT FROM services_posting)",
            migrations.RunSQL.noop,
        )
    ]
