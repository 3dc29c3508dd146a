from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0024_answers_with_one_tap")]
    operations = [
        migrations.AlterField(
            model_name="savedview",
            name="query",
            field=models.CharField(blank=True, max_length=400, verbose_name="filter"),
        ),
    ]
