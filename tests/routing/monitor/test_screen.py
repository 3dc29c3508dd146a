"""The monitor as a manager uses it."""

import pytest
from django.core.cache import cache

from helpdesk.events.actor import SYSTEM
from helpdesk.people.duty import note_at_desk
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.models import Ticket
from routing.models import Membership, Workload
from routing.monitor.snapshot import KEY
from tests.factories import make_admin, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_snapshot():
    """What is shared for three seconds has a test of its own."""
    cache.delete(KEY)
    yield
    cache.delete(KEY)


def test_an_admin_sees_who_waits_and_gives_a_ticket_to_somebody(client):
    boss, alice = make_admin(), make_agent("Alice")
    ticket = make_ticket(
        make_inbox(department=make_department("Support", members=(alice,))), subject="Torn tent"
    )
    client.force_login(boss)
    page = client.get("/monitor/").content.decode()
    assert "Torn tent" in page and "Support" in page and "Alice" in page
    choices = client.get(f"/monitor/tickets/{ticket.pk}/assignee/", headers={"HX-Request": "true"})
    assert "Alice" in choices.content.decode() and "<html" not in choices.content.decode()
    answer = client.post(f"/monitor/tickets/{ticket.pk}/assignee/?channel=email", {"agent": alice.pk})
    assert answer["Location"] == "/monitor/?channel=email"
    assert Ticket.objects.get().assignee == alice
    client.post(f"/monitor/tickets/{ticket.pk}/assignee/", {"agent": "", "seen": alice.pk})
    assert Ticket.objects.get().assignee is None


@pytest.mark.parametrize("wanted", ["Ben", "nobody"])
def test_a_ticket_that_somebody_took_meanwhile_stays_theirs_and_the_manager_is_told(client, wanted):
    alice, ben = make_agent("Alice"), make_agent("Ben")
    ticket = make_ticket(make_inbox(department=make_department("Support", members=(alice, ben))))
    client.force_login(make_admin())
    address = f"/monitor/tickets/{ticket.pk}/assignee/"
    assert 'name="seen" value=""' in client.get(address).content.decode()
    assign_ticket(ticket, to=alice, by=SYSTEM)
    form = {"agent": ben.pk if wanted == "Ben" else "", "seen": ""}
    page = client.post(address, form, follow=True).content.decode()
    assert "Alice has it already." in page
    assert Ticket.objects.get().assignee == alice
    assert f'name="seen" value="{alice.pk}"' in client.get(address).content.decode()
    client.post(address, form | {"seen": alice.pk})
    assert Ticket.objects.get().assignee == (ben if wanted == "Ben" else None)


def test_a_form_that_says_nonsense_of_who_had_a_ticket_is_refused(client):
    alice = make_agent("Alice")
    ticket = make_ticket(make_inbox(department=make_department("Support", members=(alice,))))
    client.force_login(make_admin())
    form = {"agent": alice.pk, "seen": "somebody"}
    assert client.post(f"/monitor/tickets/{ticket.pk}/assignee/", form).status_code == 400
    assert Ticket.objects.get().assignee is None


def test_a_manager_recalls_an_agent_with_one_press_and_takes_it_back(client):
    lead, alice, ben = make_agent("Lea"), make_agent("Alice"), make_agent("Ben")
    support, sales = make_department("Support", members=(lead, alice)), make_department("Sales")
    Membership.objects.filter(user=lead).update(role="lead")
    note_at_desk(alice)
    client.force_login(lead)
    assert (
        client.post(
            f"/monitor/agents/{alice.pk}/recall/", {"to": "channel:webchat", "hours": "2"}
        ).status_code
        == 302
    )
    page = client.get(f"/monitor/agents/{alice.pk}/recall/").content.decode()
    assert "<html" in page and "channel:webchat" in page and "Sales" not in page
    row = Workload.objects.get(user=alice)
    assert row.recalled_to == ["webchat"] and row.recalled_by == lead
    assert "called to Chat" in client.get("/monitor/").content.decode()
    client.post(f"/monitor/agents/{alice.pk}/return/")
    assert Workload.objects.get(user=alice).recalled_until is None
    wrong = [
        (f"/monitor/agents/{alice.pk}/recall/", {"to": f"department:{sales.pk}", "hours": "2"}),
        (f"/monitor/agents/{alice.pk}/recall/", {"to": "channel:pigeon", "hours": "2"}),
        (f"/monitor/agents/{alice.pk}/recall/", {"to": "channel:email", "hours": "99"}),
        (f"/monitor/agents/{ben.pk}/recall/", {"to": "channel:email", "hours": "2"}),
    ]
    for path, form in wrong:
        assert client.post(path, form, headers={"HX-Request": "true"}).status_code in (400, 404, 422), form
    assert Workload.objects.get(user=alice).recalled_until is None and support


def test_who_leads_nothing_looks_and_changes_nothing(client):
    alice = make_agent("Alice")
    ticket = make_ticket(make_inbox(department=make_department("Support", members=(alice,))))
    client.force_login(alice)
    page = client.get("/monitor/").content.decode()
    assert f"#{ticket.pk}" in page and "Recall" not in page and "/assignee/" not in page
    for path in (f"/monitor/tickets/{ticket.pk}/assignee/", f"/monitor/agents/{alice.pk}/recall/"):
        answer = client.post(
            path, {"agent": alice.pk, "to": "channel:email", "hours": "1"}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 403
    assert Ticket.objects.get().assignee is None


def test_the_wall_board_has_the_figures_and_nothing_to_press(client):
    client.force_login(make_admin())
    make_ticket()
    page = client.get("/monitor/wall/").content.decode()
    assert "In the queue" in page and "<button" not in page and "<form" not in page


def test_a_part_is_asked_for_by_the_page_and_odd_filters_are_left_out(client, django_assert_max_num_queries):
    client.force_login(make_admin())
    client.get("/monitor/")
    with django_assert_max_num_queries(10):
        part = client.get(
            "/monitor/?channel=pigeon&department=x", headers={"HX-Request": "true"}
        ).content.decode()
    assert "<html" not in part and "In the queue" in part


def test_what_one_may_see_is_asked_once_for_a_look(client, django_assert_max_num_queries):
    lead = make_agent("Lea")
    make_department("Support", members=(lead,))
    Membership.objects.update(role=Membership.Role.LEAD)
    client.force_login(lead)
    client.get("/monitor/")
    with django_assert_max_num_queries(3):  # who they are, their departments, the names of all
        client.get("/monitor/", headers={"HX-Request": "true"})
