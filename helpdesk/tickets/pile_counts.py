"""How many tickets lie in each pile of the desk, read from what the database keeps with every change (models.PileCount)."""

import logging

from django.db import connection, transaction

log = logging.getLogger(__name__)

# What of it this agent may see: {hidden} are departments.
READ = """SELECT pile, CASE pile WHEN 'awake' THEN department::text ELSE which END, sum(change)
    FROM tickets_pilecount WHERE (pile NOT IN ('agent', 'mention') OR which = %s) AND department <> ALL (%s::bigint[])
    GROUP BY 1, 2"""
# Who comes meanwhile adds rows that this statement does not see, and leaves alone.
FOLD = """WITH many AS (SELECT pile, which, department FROM tickets_pilecount GROUP BY 1, 2, 3 HAVING count(*) > 1 OR sum(change) = 0),
    gone AS (DELETE FROM tickets_pilecount USING many WHERE tickets_pilecount.pile = many.pile
        AND tickets_pilecount.which = many.which AND tickets_pilecount.department = many.department
        RETURNING tickets_pilecount.pile, tickets_pilecount.which, tickets_pilecount.department, change)
    INSERT INTO tickets_pilecount (pile, which, department, change)
    SELECT pile, which, department, sum(change) FROM gone GROUP BY 1, 2, 3 HAVING sum(change) <> 0"""
ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(hashtext('helpdesk pile counts'))"
# Both sides are read by one statement, so of one moment: whatever changes meanwhile adds its own steps, which stay right.
REPAIR = """WITH truth AS (
        SELECT its.pile, its.which, coalesce(t.department_id, 0) AS department, count(*) AS number
        FROM tickets_ticket t, helpdesk_piles(t.status, t.is_spam, t.trashed_at, t.snoozed_until, t.assignee_id, t.channel,
            t.waiting_since) its
        WHERE t.status IN ('new', 'open', 'pending', 'on_hold') AND NOT t.is_spam GROUP BY 1, 2, 3
        UNION ALL
        SELECT 'mention', m.user_id::text, coalesce(t.department_id, 0), count(*)
        FROM tickets_mention m JOIN tickets_ticket t ON t.id = m.ticket_id
        WHERE helpdesk_is_unfinished(t.status, t.is_spam, t.trashed_at) GROUP BY 1, 2, 3
    ), kept AS (SELECT pile, which, department, sum(change) AS number FROM tickets_pilecount GROUP BY 1, 2, 3)
    INSERT INTO tickets_pilecount (pile, which, department, change)
    SELECT pile, which, department, coalesce(truth.number, 0) - coalesce(kept.number, 0)
    FROM truth FULL JOIN kept USING (pile, which, department)
    WHERE coalesce(truth.number, 0) <> coalesce(kept.number, 0)
    RETURNING pile, which, department, change"""


def fold_counts() -> None:
    """Make one step of many, so that reading stays cheap."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
        if cursor.fetchone()[0]:
            cursor.execute(FOLD)


def repair_counts() -> int:
    """Count all anew and put right what differs; how many counts did. None should: they change with the tickets."""
    with connection.cursor() as cursor:
        cursor.execute(REPAIR)
        wrong = cursor.fetchall()
    for pile, which, department, change in wrong:
        log.error("The pile %s %s of department %s was wrong by %+d.", pile, which, department, change)
    return len(wrong)
