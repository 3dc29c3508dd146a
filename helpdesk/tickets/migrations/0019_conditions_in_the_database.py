"""What conditions compare, made by the database as helpdesk.conditions makes it."""

from django.db import migrations

from helpdesk.conditions.folding import ACCENTS, READ_CHARACTERS
from helpdesk.lexemes import CAPITALS, SMALL

# Written so that mails of plain English letters, which are most, cost little.
FOLDED = rf"""
CREATE OR REPLACE FUNCTION helpdesk_folded(words text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
DECLARE
    plain text := left(words, {READ_CHARACTERS});
BEGIN
    IF octet_length(plain) > length(plain) THEN
        plain := regexp_replace(normalize(plain, NFKD), '{ACCENTS.pattern}', '', 'g');
        plain := replace(translate(plain, '{CAPITALS}ς', '{SMALL}σ'), 'ß', 'ss');
    END IF;
    plain := lower(plain COLLATE "C");
    IF plain ~ '[ \t\n\r\f\v]{{2}}|[\t\n\r\f\v]' THEN
        plain := regexp_replace(plain, '[ \t\n\r\f\v]+', ' ', 'g');
    END IF;
    RETURN btrim(plain);
END $$
"""
SAID = """
CREATE OR REPLACE FUNCTION helpdesk_said(known jsonb, called text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(CASE jsonb_typeof(known -> called)
        WHEN 'object' THEN ''
        WHEN 'array' THEN (
            SELECT string_agg(one #>> '{}', ', ' ORDER BY place)
            FROM jsonb_array_elements(known -> called) WITH ORDINALITY AS all_of_them (one, place)
            WHERE jsonb_typeof(one) IN ('string', 'number', 'boolean')
        )
        ELSE known ->> called
    END, '')
$$
"""
NUMBER = r"""
CREATE OR REPLACE FUNCTION helpdesk_number(said text) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN btrim(said) ~ '^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$' THEN btrim(said)::numeric END
$$
"""
# A day that the calendar does not have is none, and no error.
DATE = r"""
CREATE OR REPLACE FUNCTION helpdesk_date(said text) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN said ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' AND left(said, 4) <> '0000' THEN
        CASE WHEN substr(said, 9)::int <= extract(day FROM (left(said, 7) || '-01')::date + interval '1 month - 1 day')
        THEN make_date(left(said, 4)::int, substr(said, 6, 2)::int, substr(said, 9)::int) END
    END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0018_pile_counts")]

    operations = [
        migrations.RunSQL(FOLDED, "DROP FUNCTION helpdesk_folded"),
        migrations.RunSQL(SAID, "DROP FUNCTION helpdesk_said"),
        migrations.RunSQL(NUMBER, "DROP FUNCTION helpdesk_number"),
        migrations.RunSQL(DATE, "DROP FUNCTION helpdesk_date"),
    ]
