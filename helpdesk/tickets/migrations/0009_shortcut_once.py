from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Of one name there is one shortcut for each person, each department and for all; it is of one person or of many."""

    dependencies = [
        ("tickets", "0008_one_shortcut_for_all_languages"),
        ("routing", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="shortcut",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None)),
                fields=("name", "owner", "department"),
                name="shortcut_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="shortcut",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner", None), ("department", None), _connector="OR"),
                name="shortcut_of_one_or_many",
            ),
        ),
    ]
