"""Forms answered by a link. What was completed by one stands: a trigger refuses what no constraint can see."""

import django.db.models.deletion
import luotsi.forms.wire
import uuid
from django.conf import settings
from django.db import migrations, models


RESPONSES = """
CREATE FUNCTION link_response_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.completed_at IS NOT NULL OR NEW.link_id <> OLD.link_id OR NEW.version_id <> OLD.version_id THEN
    RAISE EXCEPTION 'Completed answers never change, and answers keep their link and the version of the form';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER link_response_stands BEFORE UPDATE ON assessments_linkresponse
  FOR EACH ROW EXECUTE FUNCTION link_response_stands();
"""

UNDO = """
DROP TRIGGER link_response_stands ON assessments_linkresponse;
DROP FUNCTION link_response_stands();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0002_what_stands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("form", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=100)),
                ("unit", models.CharField(blank=True, max_length=100)),
                ("once", models.BooleanField()),
                ("made_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at",),
            },
        ),
        migrations.CreateModel(
            name="LinkResponse",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kept",
                    models.JSONField(
                        decoder=luotsi.forms.wire.Decoder, default=dict, encoder=luotsi.forms.wire.Encoder
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now_add=True)),
                ("completed_at", models.DateTimeField(null=True)),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="assessments.link"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessments.formversion"
                    ),
                ),
            ],
            options={
                "ordering": ("-started_at",),
            },
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("made_at"))), name="form_link_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="form_link_named"),
        ),
        migrations.RunSQL(RESPONSES, UNDO),
    ]
