from importlib import import_module

from django.db import migrations

watch = import_module("routing.migrations.0009_rules_at_hand").watch


class Migration(migrations.Migration):
    dependencies = [("routing", "0010_survey_policies")]

    operations = [watch("routing_businesshours")]
