import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Right


class Migration(migrations.Migration):
    atomic = False  # contacts come in meanwhile

    dependencies = [("people", "0009_keys_and_next")]

    operations = [
        migrations.CreateModel(
            name="ContactMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rows", models.JSONField(default=dict)),
                ("fields", models.JSONField(default=dict)),
                ("merged_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "gone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.contact"
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.contact"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(undone_at__isnull=True), fields=("gone",), name="contact_merged_once"
                    )
                ],
            },
        ),
        AddIndexConcurrently(
            "contact",
            models.Index(
                Right(
                    Func(
                        F("phone"),
                        Value("\\D"),
                        Value(""),
                        Value("g"),
                        function="regexp_replace",
                        output_field=models.CharField(),
                    ),
                    9,
                ),
                condition=~Q(phone=""),
                name="contact_phone_end",
            ),
        ),
    ]
