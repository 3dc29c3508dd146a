from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_drafts")]
    operations = [
        migrations.AddField(model_name="draft", name="browser", field=models.UUIDField(null=True)),
        migrations.AddField(
            model_name="draft",
            name="turn",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
