"""The database notes every change of what rules are made of, so that processes may keep them."""

from django.db import migrations, models

TABLES = (
    "routing_trigger",
    "routing_assignmentrule",
    "routing_department",
    "routing_skill",
    "routing_carerule",
    "routing_servicepolicy",
    "routing_priorityformula",
    "routing_escalationpath",
    "people_attribute",
)
STAMP = """
CREATE OR REPLACE FUNCTION routing_stamp_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO routing_rulestamp (id, version) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET version = excluded.version;
    RETURN NULL;
END $$
"""
FIRST = "INSERT INTO routing_rulestamp (id, version) VALUES (1, gen_random_uuid()) ON CONFLICT DO NOTHING"


def watch(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER stamp_rules AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION routing_stamp_rules()",
        f"DROP TRIGGER stamp_rules ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0008_service_levels"),
        ("people", "0011_attributes"),
    ]

    operations = [
        migrations.CreateModel(
            "RuleStamp",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.UUIDField()),
            ],
        ),
        migrations.RunSQL(STAMP, "DROP FUNCTION routing_stamp_rules"),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        *map(watch, TABLES),
    ]
