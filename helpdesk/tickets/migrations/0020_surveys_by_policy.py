"""A survey is written down before it is due, as the team's policy planned it; a survey can be dropped unsent."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # surveys are rated meanwhile

    dependencies = [
        ("routing", "0010_survey_policies"),
        ("tickets", "0019_conditions_in_the_database"),
    ]

    operations = [
        migrations.AddField(
            model_name="survey",
            name="dropped_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="survey",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="survey",
            name="followed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="survey",
            name="policy",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="surveys",
                to="routing.surveypolicy",
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="question",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="survey",
            name="style",
            field=models.CharField(
                choices=[("scale", "Five faces, from very bad to very good"), ("thumbs", "Thumb up or down")],
                db_default="scale",
                default="scale",
                max_length=6,
            ),
        ),
        migrations.AlterField(
            model_name="survey",
            name="sent_at",
            field=models.DateTimeField(null=True),
        ),
        # On the way back those that wait can't stay: they are not sent.
        migrations.RunSQL(migrations.RunSQL.noop, "DELETE FROM tickets_survey WHERE sent_at IS NULL"),
        AddIndexConcurrently(
            model_name="survey",
            index=models.Index(
                condition=models.Q(
                    ("dropped_at__isnull", True), ("due_at__isnull", False), ("sent_at__isnull", True)
                ),
                fields=["due_at"],
                name="survey_due",
            ),
        ),
    ]
