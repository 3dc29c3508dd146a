"""One index for all that a message can be found by, instead of one for its text and one for the ticket's subject."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations

WORDS = """helpdesk_lexemes(
    CASE WHEN kind = 'incoming' THEN author_name ELSE '' END || ' ' || subject || ' ' || text, id)"""


class Migration(migrations.Migration):
    atomic = False  # messages come in meanwhile. Where making the index was interrupted it may be run again

    dependencies = [("people", "0008_words_to_search_by"), ("tickets", "0009_shortcut_once")]

    operations = [
        migrations.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS message_found",
                f"CREATE INDEX CONCURRENTLY message_found ON tickets_message USING gin ({WORDS})"
                " WITH (gin_pending_list_limit = 512)",
            ],
            "DROP INDEX CONCURRENTLY message_found",
        ),
        RemoveIndexConcurrently("message", "message_words"),
        RemoveIndexConcurrently("ticket", "ticket_subject_words"),
        migrations.RemoveField("message", "text_vector"),
        migrations.RemoveField("ticket", "subject_vector"),
    ]
