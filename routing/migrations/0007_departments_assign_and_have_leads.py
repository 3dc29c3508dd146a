"""Departments with kinds, leads and ways to assign; rules, skills, shifts, and what each agent can carry. The table of their
members stays as it is: it only gets the role."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0012_availability"),
        ("routing", "0006_trigger_without_match"),
        ("tickets", "0018_pile_counts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LoadSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        default=12,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="points an agent can carry",
                    ),
                ),
                ("weights", models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.AddField(
            model_name="department",
            name="absence_minutes",
            field=models.PositiveSmallIntegerField(
                db_default=10,
                default=10,
                validators=[django.core.validators.MaxValueValidator(1440)],
                verbose_name="minutes until the waiting tickets of somebody who left go to others",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="accept_seconds",
            field=models.PositiveSmallIntegerField(
                db_default=60,
                default=60,
                validators=[django.core.validators.MaxValueValidator(3600)],
                verbose_name="seconds in which a chat has to be opened before the next agent gets it",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="assigning",
            field=models.CharField(
                choices=[
                    ("by_hand", "Agents take their tickets themselves"),
                    ("automatic", "Tickets come to whoever is there and has the least to do"),
                ],
                db_default="by_hand",
                default="by_hand",
                max_length=10,
                verbose_name="how its tickets find an agent",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="channels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="kind",
            field=models.CharField(
                choices=[
                    ("subject", "by subject"),
                    ("place", "by place"),
                    ("product", "by product"),
                    ("brand", "by brand"),
                    ("unit", "by business unit"),
                    ("level", "by skill level"),
                ],
                db_default="subject",
                default="subject",
                max_length=10,
                verbose_name="a part of the team",
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="department",
            name="signature",
            field=models.TextField(blank=True, db_default="", verbose_name="signature"),
        ),
        migrations.AddField(
            model_name="department",
            name="skill_minutes",
            field=models.PositiveSmallIntegerField(
                db_default=5,
                default=5,
                validators=[django.core.validators.MaxValueValidator(1440)],
                verbose_name="minutes a ticket waits for somebody with the skill it needs",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="routing.department"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "db_table": "routing_department_members",
                        "unique_together": {("department", "user")},
                    },
                ),
                migrations.AlterField(
                    model_name="department",
                    name="members",
                    field=models.ManyToManyField(
                        blank=True,
                        related_name="departments",
                        through="routing.Membership",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[("member", "member"), ("lead", "lead")],
                db_default="member",
                default="member",
                max_length=6,
            ),
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
                (
                    "agents",
                    models.ManyToManyField(blank=True, related_name="skills", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="AssignmentRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True, verbose_name="on")),
                ("conditions", models.JSONField(blank=True, default=dict)),
                ("changed_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignment_rules",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="routing.department",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="routing.skill",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shifts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["on", "opens"],
                "indexes": [models.Index(fields=["starts_at", "ends_at"], name="shift_running")],
                "constraints": [models.UniqueConstraint(fields=("user", "on", "opens"), name="shift_once")],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="placement",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("skill_until", models.DateTimeField(null=True)),
                ("offered_at", models.DateTimeField(null=True)),
                ("accept_by", models.DateTimeField(null=True)),
                (
                    "missed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                    ),
                ),
                (
                    "offered_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="routing.skill",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("accept_by__isnull", False)),
                        fields=["accept_by"],
                        name="placement_to_accept",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Trace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.BigIntegerField(null=True)),
                (
                    "step",
                    models.CharField(
                        choices=[("rules", "Rules"), ("given", "Given"), ("returned", "Returned")],
                        max_length=8,
                    ),
                ),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="traces",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ticket", "-at", "-id"], name="trace_of_ticket"),
                    models.Index(fields=["at"], name="trace_oldest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("event__isnull", False)),
                        fields=("event", "step"),
                        name="trace_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Workload",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="workload",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("capacity", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("weights", models.JSONField(blank=True, default=dict)),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("given_at", models.DateTimeField(null=True)),
                ("recalled_at", models.DateTimeField(null=True)),
                ("recalled_until", models.DateTimeField(null=True)),
                (
                    "recalled_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                (
                    "recalled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recalled_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="routing.department",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("recalled_until__isnull", False)),
                        fields=["recalled_until"],
                        name="workload_recalled",
                    )
                ],
            },
        ),
    ]
