from django.db import migrations, models


def put_into_groups(apps, schema_editor):
    for trigger in apps.get_model("routing", "Trigger").objects.all():
        if isinstance(trigger.conditions, list):
            trigger.conditions = {"match": trigger.match, "lines": trigger.conditions}
            trigger.save(update_fields=["conditions"])


def take_out_of_groups(apps, schema_editor):
    """A group inside another can't be kept: its lines stand beside the others."""
    for trigger in apps.get_model("routing", "Trigger").objects.all():
        if isinstance(trigger.conditions, dict):
            trigger.match = trigger.conditions.get("match", "all")
            trigger.conditions = [
                inner for line in trigger.conditions.get("lines", []) for inner in line.get("lines", [line])
            ]
            trigger.save(update_fields=["conditions", "match"])


class Migration(migrations.Migration):
    dependencies = [("routing", "0004_trigger_runs_of_a_ticket")]

    operations = [
        migrations.AlterField("trigger", "conditions", models.JSONField(blank=True, default=dict)),
        migrations.RunPython(put_into_groups, take_out_of_groups),
    ]
