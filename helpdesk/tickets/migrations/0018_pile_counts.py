"""How many tickets lie in each pile, kept by the database with every change.

The triggers come first: making them waits for whoever is writing and holds up the others, for as long as the open tickets
are counted once.
"""

from django.db import migrations, models

# In which piles a ticket lies; said once for the triggers and for counting anew.
PILES = """
CREATE FUNCTION helpdesk_piles(status text, is_spam bool, trashed_at timestamptz, snoozed_until timestamptz,
    assignee_id bigint, channel text, waiting_since timestamptz)
RETURNS TABLE (pile text, which text) LANGUAGE sql IMMUTABLE AS $$
    SELECT its.pile, its.which FROM (VALUES
        ('awake', '', snoozed_until IS NULL),
        ('unassigned', '', snoozed_until IS NULL AND assignee_id IS NULL),
        ('waiting', '', snoozed_until IS NULL AND waiting_since IS NOT NULL),
        ('agent', assignee_id::text, snoozed_until IS NULL AND assignee_id IS NOT NULL),
        ('channel', channel, snoozed_until IS NULL),
        ('snoozed', '', snoozed_until IS NOT NULL)
    ) AS its (pile, which, lies_in)
    WHERE lies_in AND status IN ('new', 'open', 'pending', 'on_hold') AND NOT is_spam AND trashed_at IS NULL
$$;
CREATE FUNCTION helpdesk_is_unfinished(status text, is_spam bool, trashed_at timestamptz)
RETURNS bool LANGUAGE sql IMMUTABLE AS $$
    SELECT status IN ('new', 'open', 'pending', 'on_hold') AND NOT is_spam AND trashed_at IS NULL
$$;
"""
# Many tickets that come or go by one statement are counted together.
TICKETS_COME_OR_GO = """
CREATE FUNCTION helpdesk_count_tickets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_pilecount (pile, which, department, change)
    SELECT its.pile, its.which, coalesce(t.department_id, 0), count(*) * TG_ARGV[0]::int
    FROM changed t, helpdesk_piles(t.status, t.is_spam, t.trashed_at, t.snoozed_until, t.assignee_id, t.channel, t.waiting_since) its
    GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER pile_counts_come AFTER INSERT ON tickets_ticket REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION helpdesk_count_tickets('1');
CREATE TRIGGER pile_counts_go AFTER DELETE ON tickets_ticket REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION helpdesk_count_tickets('-1');
"""
# Row by row, since most changes of a ticket move it nowhere, and the condition then costs next to nothing.
A_TICKET_MOVES = """
CREATE FUNCTION helpdesk_count_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_unfinished bool := helpdesk_is_unfinished(OLD.status, OLD.is_spam, OLD.trashed_at);
    is_unfinished bool := helpdesk_is_unfinished(NEW.status, NEW.is_spam, NEW.trashed_at);
BEGIN
    IF NOT was_unfinished AND NOT is_unfinished THEN
        RETURN NULL;
    END IF;
    INSERT INTO tickets_pilecount (pile, which, department, change)
    SELECT pile, which, department, sum(change) FROM (
        SELECT pile, which, coalesce(OLD.department_id, 0) AS department, -1 AS change FROM helpdesk_piles(
            OLD.status, OLD.is_spam, OLD.trashed_at, OLD.snoozed_until, OLD.assignee_id, OLD.channel, OLD.waiting_since)
        UNION ALL
        SELECT pile, which, coalesce(NEW.department_id, 0), 1 FROM helpdesk_piles(
            NEW.status, NEW.is_spam, NEW.trashed_at, NEW.snoozed_until, NEW.assignee_id, NEW.channel, NEW.waiting_since)
    ) AS steps GROUP BY 1, 2, 3 HAVING sum(change) <> 0;
    IF was_unfinished <> is_unfinished OR OLD.department_id IS DISTINCT FROM NEW.department_id THEN
        INSERT INTO tickets_pilecount (pile, which, department, change)
        SELECT 'mention', user_id, department, change FROM tickets_mention, (VALUES
            (was_unfinished, coalesce(OLD.department_id, 0), -1), (is_unfinished, coalesce(NEW.department_id, 0), 1)
        ) AS steps (counts, department, change) WHERE ticket_id = NEW.id AND counts;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER pile_counts_move AFTER UPDATE ON tickets_ticket FOR EACH ROW WHEN (
    OLD.status IS DISTINCT FROM NEW.status OR OLD.is_spam <> NEW.is_spam
    OR (OLD.trashed_at IS NULL) <> (NEW.trashed_at IS NULL) OR (OLD.snoozed_until IS NULL) <> (NEW.snoozed_until IS NULL)
    OR (OLD.waiting_since IS NULL) <> (NEW.waiting_since IS NULL) OR OLD.assignee_id IS DISTINCT FROM NEW.assignee_id
    OR OLD.department_id IS DISTINCT FROM NEW.department_id OR OLD.channel <> NEW.channel
) EXECUTE FUNCTION helpdesk_count_moved();
"""
# The ticket is held while its mention is counted: closed at the same moment it would be counted as open for ever.
MENTIONS_COME_OR_GO = """
CREATE FUNCTION helpdesk_count_mentions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM tickets_ticket WHERE id IN (SELECT ticket_id FROM changed) ORDER BY id FOR SHARE;
    INSERT INTO tickets_pilecount (pile, which, department, change)
    SELECT 'mention', m.user_id, coalesce(t.department_id, 0), count(*) * TG_ARGV[0]::int
    FROM changed m JOIN tickets_ticket t ON t.id = m.ticket_id
    WHERE helpdesk_is_unfinished(t.status, t.is_spam, t.trashed_at) GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER pile_counts_come AFTER INSERT ON tickets_mention REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION helpdesk_count_mentions('1');
CREATE TRIGGER pile_counts_go AFTER DELETE ON tickets_mention REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION helpdesk_count_mentions('-1');
"""
COUNT_ONCE = """
INSERT INTO tickets_pilecount (pile, which, department, change)
SELECT its.pile, its.which, coalesce(t.department_id, 0), count(*)
FROM tickets_ticket t, helpdesk_piles(t.status, t.is_spam, t.trashed_at, t.snoozed_until, t.assignee_id, t.channel, t.waiting_since) its
WHERE t.status IN ('new', 'open', 'pending', 'on_hold') AND NOT t.is_spam
GROUP BY 1, 2, 3
UNION ALL
SELECT 'mention', m.user_id::text, coalesce(t.department_id, 0), count(*)
FROM tickets_mention m JOIN tickets_ticket t ON t.id = m.ticket_id
WHERE helpdesk_is_unfinished(t.status, t.is_spam, t.trashed_at) GROUP BY 1, 2, 3;
"""
AWAY = """
DROP TRIGGER pile_counts_come ON tickets_ticket; DROP TRIGGER pile_counts_go ON tickets_ticket;
DROP TRIGGER pile_counts_move ON tickets_ticket;
DROP TRIGGER pile_counts_come ON tickets_mention; DROP TRIGGER pile_counts_go ON tickets_mention;
DROP FUNCTION helpdesk_count_tickets; DROP FUNCTION helpdesk_count_moved; DROP FUNCTION helpdesk_count_mentions;
DROP FUNCTION helpdesk_piles; DROP FUNCTION helpdesk_is_unfinished;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0017_promised_and_marked_tickets")]

    operations = [
        migrations.CreateModel(
            "PileCount",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "pile",
                    models.CharField(
                        choices=[
                            ("awake", "Awake"),
                            ("unassigned", "Unassigned"),
                            ("waiting", "Waiting"),
                            ("snoozed", "Snoozed"),
                            ("agent", "Agent"),
                            ("channel", "Channel"),
                            ("mention", "Mention"),
                        ],
                        max_length=10,
                    ),
                ),
                ("which", models.CharField(blank=True, max_length=20)),
                ("department", models.BigIntegerField()),
                ("change", models.IntegerField()),
            ],
        ),
        migrations.RunSQL(
            PILES + TICKETS_COME_OR_GO + A_TICKET_MOVES + MENTIONS_COME_OR_GO + COUNT_ONCE, AWAY
        ),
    ]
