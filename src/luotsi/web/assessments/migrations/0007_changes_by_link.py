"""Answers by a link keep what was before each change, so that a page sent late overwrites nothing unseen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0006_known"),
    ]

    operations = [
        migrations.AddField(
            model_name="linkresponse",
            name="changes",
            field=models.JSONField(default=list),
        ),
    ]
