"""Files attached to answers. They never change: a trigger refuses what no constraint can see."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


FILES = """
CREATE FUNCTION attached_file_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A file never changes: another is attached in its place';
END $$;
CREATE TRIGGER attached_file_stands BEFORE UPDATE ON assessments_file
  FOR EACH ROW EXECUTE FUNCTION attached_file_stands();
"""

UNDO = """
DROP TRIGGER attached_file_stands ON assessments_file;
DROP FUNCTION attached_file_stands();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0004_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="assessments.response"
                    ),
                ),
            ],
            options={
                "ordering": ("at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0), ("size__lte", 5000000)), name="attached_file_size"
                    )
                ],
            },
        ),
        migrations.RunSQL(FILES, UNDO),
    ]
