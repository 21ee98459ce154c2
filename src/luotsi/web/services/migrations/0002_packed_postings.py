from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0001_initial"),
    ]

    operations = [
        migrations.DeleteModel(name="Posting"),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("pk", models.CompositePrimaryKey("term", "block", blank=True, editable=False, primary_key=True, serialize=False)),
                ("term", models.CharField(max_length=100)),
                ("block", models.IntegerField(db_index=True)),
                ("found", models.BinaryField()),
            ],
        ),
        # Packed already: to press them smaller costs more time than it saves.
        migrations.RunSQL(
            "ALTER TABLE services_posting ALTER COLUMN found SET STORAGE EXTERNAL", migrations.RunSQL.noop
        ),
    ]
