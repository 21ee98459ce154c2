import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_volunteers")]

    operations = [
        migrations.CreateModel(
            name="ClientSegment",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="people.person",
                    ),
                ),
                ("segment", models.CharField(max_length=100)),
                ("period_end", models.DateField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("segment", ""), _negated=True), name="client_segment_named"
                    )
                ],
            },
        ),
    ]
