"""When the receiver was told that a referral had come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_moves")]

    operations = [
        migrations.AddField(model_name="referral", name="told_at", field=models.DateTimeField(null=True)),
    ]
