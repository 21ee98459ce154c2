"""Volunteers receive referrals, and the log names a person's consent to one as why they were read."""

from django.db import migrations, models

ROLES = [
    "professional",
    "operational_leader",
    "tactical_leader",
    "strategic_leader",
    "analyst",
    "administrator",
    "privacy_officer",
    "keeper",
    "volunteer",
]
BASES = ["own", "mandate", "care", "task", "referral", "break_glass", "privacy_officer"]


class Migration(migrations.Migration):
    dependencies = [("people", "0005_mandates")]

    operations = [
        migrations.RemoveConstraint(model_name="membership", name="membership_role"),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(choices=[(role, role) for role in ROLES], max_length=30),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(condition=models.Q(("role__in", ROLES)), name="membership_role"),
        ),
        migrations.RemoveConstraint(model_name="accesslog", name="access_log_basis"),
        migrations.AlterField(
            model_name="accesslog",
            name="basis",
            field=models.CharField(
                choices=[(each, each.replace("_", " ").title()) for each in BASES], max_length=30
            ),
        ),
        migrations.AddConstraint(
            model_name="accesslog",
            constraint=models.CheckConstraint(condition=models.Q(("basis__in", BASES)), name="access_log_basis"),
        ),
    ]
