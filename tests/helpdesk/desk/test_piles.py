import re
from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.desk.counting import COUNTED_UP_TO, count_piles, piles_of
from helpdesk.desk.piles import find_pile
from helpdesk.errors import NotThere
from helpdesk.tickets.actions import assign_ticket, close_ticket, mark_spam, snooze_ticket, trash_ticket
from helpdesk.tickets.models import SavedView, Ticket
from helpdesk.tickets.writing import add_note
from tests.factories import by, make_admin, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


def counts(user):
    piles = [pile for _, group in piles_of(user) for pile in group]
    return count_piles(piles, user)


def test_each_ticket_is_counted_in_the_piles_it_lies_in(agent):
    inbox = make_inbox(department=make_department("Billing"))
    mine, snoozed, closed, spam, trash, free = (
        make_ticket(inbox, email=f"c{n}@customer.example") for n in range(6)
    )
    assign_ticket(mine, to=agent, by=by(agent))
    snooze_ticket(snoozed, until=clock.now() + timedelta(hours=1), by=by(agent))
    close_ticket(closed, by=by(agent))
    mark_spam(spam, by=by(agent))
    trash_ticket(trash, by=by(agent))
    add_note(snoozed, "Look, @Alice", by=by(agent), mentions=[agent])
    Ticket.objects.filter(pk=free.pk).update(waiting_since=clock.now() - timedelta(hours=5))
    department = f"department-{inbox.department_id}"
    assert counts(agent) == {
        "mine": 1, "mentions": 1, "unassigned": 1, "open": 2, "waiting": 2, "escalation": 1, "snoozed": 1, "closed": 1,
        "spam": 1, "trash": 1, department: 2, "channel-email": 2,
    }  # fmt: skip


def test_counting_stops_one_above_what_a_badge_shows(agent, django_assert_num_queries):
    """Where a number is counted; those that are kept are known in full."""
    first = make_ticket()
    first.pk = None
    type(first).objects.bulk_create([type(first)(**fields_of(first)) for _ in range(COUNTED_UP_TO + 20)])
    SavedView.objects.create(owner=agent, name="All", query="is:open")
    piles = [pile for _, group in piles_of(agent) for pile in group]
    with django_assert_num_queries(1):
        counted = count_piles(piles, agent)
    assert next(n for key, n in counted.items() if key.startswith("view-")) == COUNTED_UP_TO + 1
    assert counted["open"] == COUNTED_UP_TO + 21


def fields_of(ticket):
    skipped = {"id"}
    return {
        field.attname: getattr(ticket, field.attname)
        for field in ticket._meta.concrete_fields
        if field.attname not in skipped
    }


def test_a_restricted_department_shows_only_to_its_members_and_admins():
    member, outsider = make_agent("Mia"), make_agent("Otto")
    hidden = make_department("Legal", is_restricted=True, members=(member,))
    make_ticket(make_inbox(department=hidden))
    key = f"department-{hidden.pk}"
    for user in (member, make_admin()):
        assert find_pile(key, user).tickets(user).count() == 1
    with pytest.raises(NotThere):
        find_pile(key, outsider)
    assert counts(outsider)["open"] == 0


def numbers_on(desk, place):
    """What the pane says of each pile, and which is marked."""
    page = desk.get(f"/desk/views/{place}/").content.decode()
    pane = page[page.index('<nav id="piles"') : page.index("</nav>", page.index('<nav id="piles"'))]
    found = dict.fromkeys(re.findall(r'data-pile="([^"]+)"', pane), "")
    for key, rest in re.findall(r'data-pile="([^"]+)"(.*?)</a>', pane, re.DOTALL):
        number = re.search(r'pile-count number">([^<]+)<', rest)
        found[key] = number[1] if number else ""
    return found, re.findall(r'data-pile="([^"]+)"[^>]* aria-current="page"', pane), pane


def test_the_pane_is_drawn_anew_when_a_number_the_place_a_name_or_the_agents_keys_change(desk, agent):
    inbox = make_inbox(department=make_department("Billing"))
    department = f"department-{inbox.department_id}"
    assert numbers_on(desk, "open")[0][department] == ""
    make_ticket(inbox)
    numbers, marked, pane = numbers_on(desk, "open")
    assert (numbers[department], numbers["mine"], marked) == ("1", "", ["open"])
    assert "Billing" in pane and "(c)" in pane
    type(inbox.department).objects.update(name="Bills & more")
    agent.keys = {"write": "y"}
    agent.save()
    _numbers, marked, pane = numbers_on(desk, department)
    assert marked == [department]
    assert "Bills &amp; more" in pane and "(y)" in pane
