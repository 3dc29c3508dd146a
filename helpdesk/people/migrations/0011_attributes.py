from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_merges_taken_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attribute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "of",
                    models.CharField(
                        choices=[("person", "Person"), ("company", "Company")], default="person", max_length=7
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("name", models.CharField(blank=True, max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("yes_no", "Yes or no"),
                            ("choice", "Choice"),
                            ("link", "Link"),
                        ],
                        default="text",
                        max_length=6,
                    ),
                ),
                ("choices", models.JSONField(blank=True, default=list)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_folded", models.BooleanField(default=False)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("of", "key"), name="attribute_once")],
            },
        ),
    ]
