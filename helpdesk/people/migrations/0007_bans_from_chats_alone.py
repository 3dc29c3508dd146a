from django.db import migrations, models


def keep_what_stands(apps, schema_editor):
    """Until now each ban of a known person was one everywhere."""
    ban = apps.get_model("people", "Ban")
    ban.objects.filter(contact__isnull=False).update(is_everywhere=True)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_bans"),
    ]

    operations = [
        migrations.AddField(
            model_name="ban",
            name="is_everywhere",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(keep_what_stands, migrations.RunPython.noop),
    ]
