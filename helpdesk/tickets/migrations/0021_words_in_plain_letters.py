"""Asks a text for words without folding it first, where it has plain letters only: most mails have, and a dry run asks
100,000 of them at once."""

from django.db import migrations

from helpdesk.conditions.folding import READ_CHARACTERS

HAS_WORD = f"""
CREATE OR REPLACE FUNCTION helpdesk_has_word(words text, shape text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 300 AS $$
BEGIN
    IF octet_length(words) = length(words) AND length(words) <= {READ_CHARACTERS} THEN
        RETURN lower(words COLLATE "C") ~ shape;
    END IF;
    RETURN helpdesk_folded(words) ~ shape;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0020_surveys_by_policy")]

    operations = [migrations.RunSQL(HAS_WORD, "DROP FUNCTION helpdesk_has_word")]
