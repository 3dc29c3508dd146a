import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Shortcuts have an owner, steps, further languages and a count of their use."""

    dependencies = [
        ("tickets", "0006_chat_answers_by_mail"),
        ("routing", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="shortcut", name="shortcut_name_once"),
        migrations.AlterModelOptions(name="shortcut", options={"ordering": ["name", "id"]}),
        migrations.AlterField(
            model_name="shortcut",
            name="name",
            field=models.SlugField(allow_unicode=True, max_length=40, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="shortcut", name="text", field=models.TextField(blank=True, verbose_name="text")
        ),
        migrations.AddField(
            model_name="shortcut",
            name="keywords",
            field=models.CharField(
                blank=True, default="", max_length=200, verbose_name="other words to find it by"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="shortcut",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shortcuts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="shortcut", name="translations", field=models.JSONField(blank=True, default=dict)
        ),
        migrations.AddField(
            model_name="shortcut", name="actions", field=models.JSONField(blank=True, default=list)
        ),
        migrations.AddField(
            model_name="shortcut", name="deleted_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.CreateModel(
            name="ShortcutUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0)),
                ("last_used_at", models.DateTimeField()),
                (
                    "shortcut",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="tickets.shortcut",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shortcut", "user"), name="shortcut_use_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MacroRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pressed", models.UUIDField(null=True, unique=True)),
                ("done", models.JSONField(default=list)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("notes", models.JSONField(default=list)),
                ("ran_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="macro_runs",
                        to="tickets.message",
                    ),
                ),
                (
                    "shortcut",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="tickets.shortcut",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="macro_runs",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("message__isnull", False)),
                        fields=("message", "shortcut"),
                        name="macro_run_once",
                    )
                ],
            },
        ),
    ]
