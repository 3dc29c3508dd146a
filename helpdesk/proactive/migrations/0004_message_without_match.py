from django.db import migrations


class Migration(migrations.Migration):
    """The column stays a while: a process of the release before reads it until it is restarted, and writes rows with it."""

    dependencies = [("proactive", "0003_conditions_of_the_one_table")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("proactivemessage", "match")],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE proactive_proactivemessage ALTER COLUMN \"match\" SET DEFAULT 'all'",
                    'ALTER TABLE proactive_proactivemessage ALTER COLUMN "match" DROP DEFAULT',
                )
            ],
        )
    ]
