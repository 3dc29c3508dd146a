import re
from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.desk.rows import rows_of
from helpdesk.desk.sorting import SORTS
from helpdesk.tickets.models import Ticket
from tests.factories import make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets():
    """Seven, two of which wait for nothing; some stand at the same moment."""
    inbox, now = make_inbox(), clock.now()
    made = [make_ticket(inbox, email=f"c{n}@customer.example") for n in range(7)]
    waits, priorities = (5, 5, None, 1, 9, None, 2), (2, 4, 4, 1, 2, 3, 2)
    for n, (ticket, hours, priority) in enumerate(zip(made, waits, priorities, strict=True)):
        Ticket.objects.filter(pk=ticket.pk).update(
            waiting_since=hours and now - timedelta(hours=hours),
            priority=priority,
            due_at=now + timedelta(hours=hours) if hours else None,
            last_message_at=now - timedelta(minutes=n // 2),
        )
    return made


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("newest", [1, 0, 3, 2, 5, 4, 6]),
        ("oldest", [6, 4, 5, 2, 3, 0, 1]),
        ("waiting", [4, 0, 1, 6, 3, 2, 5]),
        ("due", [3, 6, 0, 1, 4, 2, 5]),
        ("priority", [1, 2, 5, 0, 4, 6, 3]),
    ],
)
def test_every_order_shows_each_ticket_once_over_its_pages(agent, tickets, name, expected):
    seen, cursor = [], ""
    while cursor or not seen:
        page = rows_of(Ticket.objects.all(), agent, sort=SORTS[name], cursor=cursor, size=2)
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor
    assert seen == [tickets[n].pk for n in expected]


def test_the_order_stands_in_the_address_and_goes_along(desk, tickets):
    page = desk.get("/desk/views/open/?sort=priority").content.decode()
    assert re.findall(r'data-ticket="(\d+)"', page)[0] == str(tickets[1].pk)
    assert f"/desk/tickets/{tickets[1].pk}/?view=open&amp;sort=priority" in page
    assert 'data-url="/desk/views/open/?sort=priority"' in page
    assert (
        f'data-ticket="{tickets[6].pk}"' in desk.get("/desk/search/?q=is:open&sort=waiting").content.decode()
    )


def test_an_order_that_a_list_can_not_have_is_its_own(desk, tickets):
    assert 'data-url="/desk/views/closed/"' in desk.get("/desk/views/closed/?sort=waiting").content.decode()


@pytest.mark.parametrize("name", SORTS)
@pytest.mark.parametrize("cursor", ["x", "1_x_2", "9" * 90, "2_2026-11-01T00:00:00_1", "__"])
def test_a_cursor_of_nowhere_is_refused(desk, tickets, name, cursor):
    assert desk.get(f"/desk/views/open/?sort={name}&cursor={cursor}").status_code in (400, 422)
