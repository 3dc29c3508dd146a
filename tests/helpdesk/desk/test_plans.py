"""No page that agents ask for all day reads a whole big table, and none looks at every row that fits."""

from functools import lru_cache

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk.desk.hits import LOOKED_AT
from helpdesk.desk.piles import FIXED
from helpdesk.tickets.models import SavedView
from tests.factories import make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
BIG = ("tickets_ticket", "tickets_message", "people_contact", "events_event", "tickets_attachment")
TICKETS, MESSAGES_EACH = 3000, 2
# Rows that a page may read of big tables, of 3,000 tickets and 6,000 messages: a page holds 50 with what a row shows, each
# of some fifteen badges counts to 100, and a search looks at so many messages before it asks whether to go on.
MOST_READ = 3200
MOST_LOOKED_AT = MOST_READ + 3 * sum(LOOKED_AT)

COPY_TICKETS = """INSERT INTO tickets_ticket ({columns}) SELECT {values}
    FROM tickets_ticket AS one, generate_series(1, {many}) AS n WHERE one.id = {id}"""
COPY_MESSAGES = """INSERT INTO tickets_message ({columns}) SELECT {values}
    FROM tickets_message AS one, tickets_ticket AS it, generate_series(1, {many}) AS m
    WHERE one.ticket_id = {id} AND it.id <> one.ticket_id"""


def columns_of(model, **found):
    """The columns of a model, and where each one's value comes from: from the row `one`, or as `found` says."""
    names = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    return ", ".join(f'"{name}"' for name in names), ", ".join(
        found.get(name, f'one."{name}"') for name in names
    )


@pytest.fixture
def big(agent):
    """Many tickets: a tenth open, one in a hundred with the word zephyrine, half of all with "parcel"."""
    inbox = make_inbox(department=make_department())
    ticket = make_ticket(inbox, text="Where is it?")
    Ticket, Message = type(ticket), type(ticket.messages.get())
    at = "now() - n * interval '1 minute'"
    tickets = columns_of(
        Ticket,
        status="CASE WHEN n % 10 = 0 THEN 'open' ELSE 'closed' END",
        priority="1 + n % 4",
        assignee_id=f"CASE WHEN n % 20 = 0 THEN {agent.pk} END",
        tags="CASE WHEN n % 50 = 0 THEN ARRAY['invoice'] ELSE '{}' END",
        last_message_at=at,
        waiting_since=f"CASE WHEN n % 30 = 0 THEN {at} END",
    )
    words = "CASE WHEN it.id % 100 = 0 THEN 'A zephyrine ' WHEN it.id % 2 = 0 THEN 'The parcel ' ELSE 'It ' END || m"
    messages = columns_of(
        Message, ticket_id="it.id", text=words, external_id="''", subject="''", author_name="''"
    )
    with connection.cursor() as cursor:
        for copy, (names, values), many in (
            (COPY_TICKETS, tickets, TICKETS),
            (COPY_MESSAGES, messages, MESSAGES_EACH),
        ):
            cursor.execute(copy.format(columns=names, values=values, many=many, id=ticket.pk))
        cursor.execute("ANALYZE tickets_ticket, tickets_message, people_contact")
    SavedView.objects.create(owner=agent, name="Bills", query="is:open tag:invoice")
    SavedView.objects.create(owner=agent, name="Urgent", query="is:open priority:urgent")


PAGES = [
    *(f"/desk/views/{pile.key}/" for pile in FIXED),
    "/desk/views/open/?sort=waiting",
    "/desk/views/open/?sort=priority",
    "/desk/views/closed/?sort=oldest",
    "/desk/search/?q=zephyrine",
    "/desk/search/?q=parcel",
    "/desk/search/?q=parcel+is:open",
    "/desk/search/?q=zephyrine+tag:invoice",
    "/desk/search/?q=nowhere-to-be-found",
    "/desk/search/?q=is:open+priority:urgent",
    "/desk/search/?q=before:today",
    "/desk/search/?q=from:carla+is:closed",
    "/desk/search/?q=assignee:me",
]


def test_no_page_of_the_desk_reads_a_whole_table_or_more_rows_than_it_shows(desk, big):
    too_much = []
    for path in PAGES:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(path).status_code == 200
        read = 0
        for query in captured.captured_queries:
            if query["sql"].startswith(("SELECT", "WITH")):
                for node in nodes_of(plan_of(query["sql"])):
                    read += rows_read(node)
                    if is_whole_scan(node):
                        too_much.append((path, node["Relation Name"], query["sql"][:300]))
        if read > (MOST_LOOKED_AT if "q=parcel+is" in path else MOST_READ):
            too_much.append((path, read))
    assert too_much == []


@lru_cache
def plan_of(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        return cursor.fetchone()[0][0]["Plan"]


def nodes_of(node):
    yield node
    for child in node.get("Plans", ()):
        yield from nodes_of(child)


def is_whole_scan(node):
    return (
        node["Node Type"] == "Seq Scan"
        and node["Relation Name"] in BIG
        and node["Actual Rows"] + node.get("Rows Removed by Filter", 0) > 100
    )


def rows_read(node):
    if node.get("Relation Name") not in BIG or "Scan" not in node["Node Type"]:
        return 0
    return (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
