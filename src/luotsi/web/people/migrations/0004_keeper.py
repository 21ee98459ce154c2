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
]


class Migration(migrations.Migration):
    dependencies = [("people", "0003_access_log_only_grows")]

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
    ]
