from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("funnel", "0003_edition_reached")]
    operations = [
        migrations.RenameField(
            model_name="signal", old_name="figure_when_taken", new_name="figure_when_decided"
        ),
    ]
