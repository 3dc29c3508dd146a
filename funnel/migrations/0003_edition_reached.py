from django.db import migrations, models


class Migration(migrations.Migration):
    """How far a build has come, so that one that is cut off goes on."""

    dependencies = [("funnel", "0002_report_mails")]

    operations = [
        migrations.AddField(
            model_name="edition", name="reached", field=models.CharField(blank=True, max_length=40)
        )
    ]
