"""What a person is asked to fill before a visit or at an age."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0003_links"),
        ("people", "0006_volunteers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("form", models.CharField(max_length=80)),
                (
                    "reason",
                    models.CharField(
                        choices=[("appointment", "Appointment"), ("age_check", "Age Check")], max_length=12
                    ),
                ),
                ("visit_at", models.DateTimeField(null=True)),
                ("age", models.PositiveSmallIntegerField(null=True)),
                ("unit", models.CharField(max_length=100)),
                ("until", models.DateField()),
                ("minor_mark", models.CharField(blank=True, max_length=1)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ("until", "visit_at", "asked_at"),
                "indexes": [
                    models.Index(fields=["person", "until"], name="invitation_of_person"),
                    models.Index(fields=["unit", "until"], name="invitation_of_unit"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("age", None), ("reason", "appointment"), ("visit_at__isnull", False)),
                            models.Q(("age__isnull", False), ("reason", "age_check"), ("visit_at", None)),
                            _connector="OR",
                        ),
                        name="invitation_for_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minor_mark__regex", "^[1-4]?$")), name="invitation_minor_mark"
                    ),
                    models.CheckConstraint(condition=models.Q(("unit", ""), _negated=True), name="invitation_unit"),
                    models.UniqueConstraint(
                        condition=models.Q(("reason", "age_check")),
                        fields=("person", "form", "age"),
                        name="invitation_once_at_an_age",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None), ("reason", "appointment")),
                        fields=("person", "form", "visit_at"),
                        name="invitation_once_for_a_visit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at", None), ("cancelled_at__gte", models.F("asked_at")), _connector="OR"
                        ),
                        name="invitation_cancelled_after",
                    ),
                ],
            },
        ),
    ]
