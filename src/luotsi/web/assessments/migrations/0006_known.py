"""What answers gave as Observations: what the next form begins with."""

import django.db.models.deletion
import luotsi.forms.wire
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0005_files"),
        ("people", "0006_volunteers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField()),
                ("resource", models.JSONField(decoder=luotsi.forms.wire.Decoder, encoder=luotsi.forms.wire.Encoder)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to="assessments.response",
                    ),
                ),
            ],
            options={
                "ordering": ("-taken_at", "id"),
                "indexes": [models.Index(fields=["person", "-taken_at"], name="observation_of_person")],
            },
        ),
    ]
