"""One change on many tickets: what was done and what not, in one sentence, with one way back."""

import json
import re
from html import unescape

import pytest
from django.urls import reverse

from helpdesk.desk import several
from helpdesk.desk.keys import BY_NAME
from helpdesk.events.actor import SYSTEM
from helpdesk.tickets.actions import assign_ticket, close_ticket, set_ticket_status, tag_ticket
from helpdesk.tickets.models import Ticket
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "lists"}


@pytest.fixture
def inbox(db):
    return make_inbox()


def many(count, inbox):
    return [make_ticket(inbox, subject=f"Order {number}") for number in range(count)]


def change(desk, noun, tickets=(), *, view="open", **fields):
    path = reverse("desk:change_several", args=[noun]) + f"?view={view}"
    return desk.post(path, {"ticket": [one.pk for one in tickets], **fields}, headers=HTMX).content.decode()


def undo_in(desk, said):
    return desk.post(re.search(r'action="(/desk/undo/\d+/[^"]*)"', said)[1], headers=HTMX).content.decode()


def statuses():
    return sorted(Ticket.objects.values_list("status", flat=True))


def test_several_are_closed_at_once_and_one_press_takes_all_back(desk, inbox):
    one, two, other = many(3, inbox)
    set_ticket_status(two, status="pending", by=SYSTEM)
    said = change(desk, "closure", [one, two], is_closed="yes")
    assert "2 tickets: Closed." in said
    assert f'id="row-{other.pk}"' in said and f'id="row-{one.pk}"' not in said
    assert statuses() == ["closed", "closed", "new"]
    assert "Taken back on 2 tickets." in undo_in(desk, said)
    assert statuses() == ["new", "new", "pending"]


def test_it_says_what_was_not_done_and_why_and_what_was_so_already(desk, inbox):
    secret = make_department("Fraud", is_restricted=True)
    open_one, hidden, taken = many(3, inbox)
    Ticket.objects.filter(pk=hidden.pk).update(department=secret)
    ben = make_agent("Ben")
    assign_ticket(taken, to=ben, by=by(ben))
    admin = make_agent("Ada", role="admin")
    desk.force_login(admin)
    said = change(desk, "assignee", [open_one, hidden, taken], assignee=str(ben.pk))
    assert "1 ticket: Assigned to Ben." in said
    assert "1 was so already." in said
    assert f"1 not (#{hidden.pk}): Ben may not see this ticket&#x27;s department." in said


def test_what_the_agent_may_not_see_is_not_touched(desk, inbox):
    hidden = make_ticket(make_inbox(department=make_department("Legal", is_restricted=True)))
    said = change(desk, "closure", [hidden], is_closed="yes")
    assert "Nothing to change." in said and statuses() == ["new"]


def test_all_in_the_view_means_what_the_view_holds_now(desk, agent, inbox):
    mine, other, closed = many(3, inbox)
    assign_ticket(mine, to=agent, by=by(agent))
    close_ticket(closed, by=SYSTEM)
    said = change(desk, "priority", view="mine", all="yes", priority="4")
    assert "1 ticket: Priority: Urgent." in said
    assert list(Ticket.objects.filter(priority=4)) == [mine]


def test_more_than_fit_at_once_are_left_and_it_says_so(desk, inbox, monkeypatch):
    monkeypatch.setattr(several, "MOST", 2)
    many(3, inbox)
    said = change(desk, "closure", all="yes", is_closed="yes")
    assert "2 tickets: Closed. At most 2 at once: do it again for the rest." in said
    assert statuses() == ["closed", "closed", "new"]


def test_taking_back_leaves_alone_what_somebody_went_on_from(desk, agent, inbox):
    one, two = many(2, inbox)
    said = change(desk, "assignee", [one, two], assignee="me")
    ben = make_agent("Ben")
    assign_ticket(two, to=ben, by=by(ben))
    back = undo_in(desk, said)
    assert f"Taken back on 1 ticket. 1 not (#{two.pk}): it was changed since." in back
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.assignee, two.assignee) == (None, ben)


@pytest.mark.parametrize(
    ("noun", "fields", "field", "value"),
    [
        ("department", {"department": ""}, "department_id", None),
        ("status", {"status": "on_hold"}, "status", "on_hold"),
        ("tags", {"add": "vip, late"}, "tags", ["old", "vip", "late"]),
        ("tags", {"remove": "old"}, "tags", []),
        ("spam", {"is_spam": "yes"}, "is_spam", True),
    ],
)
def test_each_kind_of_change_is_made_and_taken_back(desk, inbox, noun, fields, field, value):
    tickets = many(2, inbox)
    for ticket in tickets:
        tag_ticket(ticket, tags=["old"], by=SYSTEM)
        Ticket.objects.filter(pk=ticket.pk).update(department=make_department("Sales"))
    before = list(Ticket.objects.order_by("pk").values_list(field, flat=True))
    said = change(desk, noun, tickets, **fields)
    assert list(Ticket.objects.order_by("pk").values_list(field, flat=True)) == [value, value]
    undo_in(desk, said)
    assert list(Ticket.objects.order_by("pk").values_list(field, flat=True)) == before


def test_what_the_customer_wrote_after_the_choice_is_not_put_away_unread(desk, inbox):
    one, other = many(2, inbox)
    bar = desk.get(reverse("desk:several"), {"view": "open"}, headers=HTMX).content.decode()
    known_at = json.loads(unescape(re.search(r"hx-vals='([^']*)'", bar)[1]))["known_at"]
    customer_writes(inbox, "Wait!", replies_to=[one.messages.get().external_id])
    said = change(desk, "closure", all="yes", is_closed="yes", known_at=known_at)
    assert "1 ticket: Closed." in said
    assert f"1 not (#{one.pk}): The customer has written meanwhile." in said
    assert Ticket.objects.awake().get() == one
    assert "1 ticket: Assigned" in change(desk, "assignee", [one], assignee="me", known_at=known_at)


def test_nobody_is_put_in_copy_on_many(desk, inbox):
    assert desk.post(reverse("desk:change_several", args=["people"])).status_code == 404


def test_the_bar_says_how_many_the_view_holds_and_offers_what_there_is(
    desk, inbox, django_assert_max_num_queries
):
    many(3, inbox)
    make_department("Billing")
    with django_assert_max_num_queries(8):
        bar = desk.get(reverse("desk:several"), {"view": "open"}, headers=HTMX).content.decode()
    assert 'data-total="3"' in bar and "All 3 in this view" in bar and "Billing" in bar
    assert "Until they reply" in bar


def test_without_scripts_it_leads_back_to_the_list(desk, inbox):
    path = reverse("desk:change_several", args=["closure"]) + "?view=open"
    answer = desk.post(path, {"ticket": [one.pk for one in many(2, inbox)], "is_closed": "yes"})
    assert answer.headers["Location"] == "/desk/views/open/"
    assert statuses() == ["closed", "closed"]


def test_what_a_key_does_to_the_chosen_ones_stands_in_the_bar(desk, inbox):
    many(2, inbox)
    bar = desk.get(reverse("desk:several") + "?view=open").content.decode()
    wanted = [action.many for action in BY_NAME.values() if action.many]
    assert len(wanted) == 11
    for selector in wanted:
        marks = re.findall(r"\[([\w-]+)(?:=(\w+))?\]", selector)
        signs = [f'{name}="{value}"' if value else name for name, value in marks]
        assert any(all(sign in tag for sign in signs) for tag in re.findall(r"<[^>]+>", bar)), selector
