import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0011_hours_at_hand"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HighLoad",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "hides_place_from",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="Waiting chats per agent from which the place in the queue is not shown",
                    ),
                ),
                (
                    "offers_mail_from",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="Waiting chats per agent from which an answer by mail is offered at once",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "usual"),
                            (1, "the widget does not show the place in the queue"),
                            (2, "the widget offers an answer by mail at once"),
                        ],
                        default=0,
                    ),
                ),
                ("level_since", models.DateTimeField(null=True)),
                ("lower_since", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "figure",
                    models.CharField(
                        choices=[
                            ("waiting", "how many wait"),
                            ("longest", "the longest wait, in minutes"),
                            ("mean", "the mean wait, in minutes"),
                            ("missed", "missed chats of 30 minutes"),
                            ("late", "late promises"),
                            ("load", "the load of those at their desk, in percent"),
                            ("content", "content customers of the last hour, in percent"),
                        ],
                        max_length=8,
                        verbose_name="figure",
                    ),
                ),
                ("is_below", models.BooleanField(default=False, verbose_name="direction")),
                (
                    "amount",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MaxValueValidator(100000)], verbose_name="bound"
                    ),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="for how many minutes",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("email", "Email"),
                            ("webchat", "Chat widget"),
                            ("telegram", "Telegram"),
                            ("api", "API"),
                            ("phone", "Phone"),
                        ],
                        max_length=20,
                        verbose_name="channel",
                    ),
                ),
                (
                    "tells",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("admins", "the admins"),
                                ("leads", "the leads"),
                                ("people", "these people"),
                            ],
                            max_length=8,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="on")),
                ("passed_since", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("normal_since", models.DateTimeField(null=True)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="thresholds",
                        to="routing.department",
                    ),
                ),
                ("people", models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["figure", "amount", "id"],
            },
        ),
    ]
