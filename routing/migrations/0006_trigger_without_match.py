from django.db import migrations


class Migration(migrations.Migration):
    """Whether all or any of the conditions hold stands with them since 0005."""

    dependencies = [("routing", "0005_conditions_in_groups")]

    operations = [migrations.RemoveField("trigger", "match")]
