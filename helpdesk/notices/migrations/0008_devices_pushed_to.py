import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import helpdesk.secret


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0007_alerts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PushKeys",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public", models.CharField(max_length=90)),
                ("secrets", helpdesk.secret.EncryptedJSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("endpoint", models.CharField(max_length=1000, unique=True)),
                ("secrets", helpdesk.secret.EncryptedJSONField(default=dict)),
                ("name", models.CharField(blank=True, max_length=80)),
                ("added_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("fault", models.CharField(blank=True, max_length=300)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Push",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("sent", "sent"),
                            ("failed", "failed"),
                            ("dropped", "not sent"),
                        ],
                        default="queued",
                        max_length=7,
                    ),
                ),
                ("attempts", models.SmallIntegerField(default=0)),
                ("queued_at", models.DateTimeField()),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, default="", max_length=300)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pushes",
                        to="notices.device",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pushes",
                        to="notices.notice",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")), fields=["next_attempt_at"], name="push_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", "failed")), fields=["queued_at"], name="push_failed"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("notice", "device"), name="push_once")],
            },
        ),
    ]
