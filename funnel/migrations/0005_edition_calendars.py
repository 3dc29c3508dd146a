from django.db import migrations, models


class Migration(migrations.Migration):
    """By which calendars an edition has reckoned the past, so that a changed one is noticed."""

    dependencies = [("funnel", "0004_signal_figure_when_decided")]

    operations = [
        migrations.AddField(
            model_name="edition", name="calendars", field=models.CharField(blank=True, max_length=64)
        )
    ]
