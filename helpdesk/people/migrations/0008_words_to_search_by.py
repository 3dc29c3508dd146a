"""The words that search compares, made by the database, and those of each contact's name and address."""

from django.db import migrations

from helpdesk.lexemes import ACCENTS, CAPITALS, LONGEST_WORD, SIGNS, SMALL, STRETCHES, UNSPACED

# Not safe for parallel plans on purpose: a search reads stretch after stretch, newest first, and stops early.
# The limits keep the words of one row under the megabyte that PostgreSQL takes: a huge mail is searched in its beginning.
LEXEMES = rf"""
CREATE OR REPLACE FUNCTION helpdesk_lexemes(words text, number bigint DEFAULT NULL) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE COST 5000 AS $$
DECLARE
    plain text := left(words, 100000);
    found text[] := '{{}}';
BEGIN
    IF octet_length(plain) > length(plain) THEN
        plain := normalize(regexp_replace(normalize(plain, NFKD), '{ACCENTS.pattern}', '', 'g'), NFKC);
        plain := left(regexp_replace(plain, '{SIGNS.pattern}', ' ', 'g'), 100000);
        IF plain ~ '[{CAPITALS}]' THEN
            plain := translate(plain, '{CAPITALS}', '{SMALL}');
        END IF;
        IF plain ~ '[{UNSPACED}]' THEN
            -- Each sign with the next. Not by substr, which counts from the first sign each time: a long mail would take seconds.
            found := ARRAY(
                SELECT DISTINCT sign || coalesce(lead(sign) OVER (PARTITION BY number_of_run ORDER BY place), '')
                FROM regexp_matches(left(plain, 30000), '[{UNSPACED}]+', 'g') WITH ORDINALITY AS runs (run, number_of_run),
                    unnest(string_to_array(run[1], NULL)) WITH ORDINALITY AS signs (sign, place)
            );
            plain := regexp_replace(plain, '[{UNSPACED}]+', ' ', 'g');
        END IF;
    END IF;
    IF number IS NOT NULL THEN
        found := found || ARRAY[{", ".join(f"'{name}|' || number / {size}" for name, size in STRETCHES.items())}];
    END IF;
    plain := translate(lower(plain), '-@./_<>&:+#%=~', '              ');
    plain := regexp_replace(plain, '(\S{{{LONGEST_WORD}}})\S+', '\1', 'g');
    RETURN pg_catalog.to_tsvector('pg_catalog.simple', plain) || array_to_tsvector(found);
END $$
"""


class Migration(migrations.Migration):
    atomic = False  # contacts come in meanwhile. Where it was interrupted it may be run again

    dependencies = [("people", "0007_bans_from_chats_alone")]

    operations = [
        migrations.RunSQL(LEXEMES, "DROP FUNCTION helpdesk_lexemes"),
        migrations.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS contact_words",
                "CREATE INDEX CONCURRENTLY contact_words ON people_contact USING gin"
                " (helpdesk_lexemes(name || ' ' || email)) WITH (gin_pending_list_limit = 512)",
            ],
            "DROP INDEX CONCURRENTLY contact_words",
        ),
    ]
