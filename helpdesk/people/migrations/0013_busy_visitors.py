import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0012_availability"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="busy_visitors",
            field=models.PositiveIntegerField(
                db_default=500,
                default=500,
                validators=[
                    django.core.validators.MinValueValidator(50),
                    django.core.validators.MaxValueValidator(5000),
                ],
                verbose_name="Visitors from which only those who wait or are served are listed",
            ),
        ),
    ]
