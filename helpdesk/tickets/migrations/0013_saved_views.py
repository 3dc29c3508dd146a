import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0001_initial"),
        ("tickets", "0012_sorted_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=200, verbose_name="filter")),
                ("sort", models.CharField(default="newest", max_length=12, verbose_name="order")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("me", "Only me"),
                            ("department", "A department"),
                            ("everybody", "Everybody"),
                        ],
                        default="me",
                        max_length=10,
                        verbose_name="who sees it",
                    ),
                ),
                ("position", models.IntegerField(default=0)),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="routing.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("audience", "department"), ("department__isnull", False)),
                            models.Q(
                                models.Q(("audience", "department"), _negated=True),
                                ("department__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="view_of_department",
                    )
                ],
            },
        ),
    ]
