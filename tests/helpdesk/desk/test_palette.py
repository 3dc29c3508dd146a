"""What the command palette finds on the server."""

import pytest
from django.urls import reverse

from helpdesk.tickets.models import Shortcut
from tests.factories import make_admin, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


def ask(desk, query=""):
    return desk.get(reverse("desk:palette"), {"q": query}).content.decode()


def test_a_number_leads_to_its_ticket_first(desk):
    ticket = make_ticket(subject="Parcel")
    make_ticket(subject=f"About #{ticket.pk}", email="ben@customer.example")
    found = ask(desk, f"#{ticket.pk}")
    assert found.index(f"/desk/tickets/{ticket.pk}/") < found.index("Search for")


def test_words_find_tickets_and_people_and_offer_the_search(desk):
    make_ticket(subject="A broken vase", name="Dora Vasari", email="dora@customer.example")
    found = ask(desk, "vasari")
    assert "A broken vase" in found
    assert 'href="/desk/search/?q=dora%40customer.example"' in found
    assert "Search for “vasari”" in found


def test_nothing_of_a_department_closed_to_the_agent_is_found(desk):
    legal = make_inbox(department=make_department("Legal", is_restricted=True))
    ticket = make_ticket(legal, subject="A broken vase", name="Dora Vasari", email="dora@customer.example")
    for query in ("vasari", "vase", str(ticket.pk), "dora@"):
        found = ask(desk, query)
        assert "A broken vase" not in found and "dora%40customer" not in found


def test_the_settings_are_those_the_agent_may_open(desk, client):
    assert "/account/" in ask(desk) and "/settings/agents/" not in ask(desk)
    client.force_login(make_admin())
    assert "/settings/agents/" in ask(client)


def test_one_letter_is_not_searched_for(desk, django_assert_max_num_queries):
    make_ticket(subject="x")
    with django_assert_max_num_queries(3):
        assert "/desk/tickets/" not in ask(desk, "x")


def test_a_macro_that_acts_at_once_is_done_on_the_open_ticket(desk):
    ticket = make_ticket()
    macro = Shortcut.objects.create(name="escalate", actions=[{"do": "priority", "value": 4}])
    found = desk.get(reverse("desk:palette"), {"q": "escal", "ticket": ticket.pk}).content.decode()
    assert f'hx-post="{reverse("desk:run", args=[ticket.pk, macro.pk])}"' in found
    assert "/macros/" not in ask(desk, "escal"), "without an open ticket there is nothing to do it on"


def test_on_other_screens_all_of_it_is_links_to_the_desk_and_the_views_stand_ready(desk, client):
    page = desk.get("/notices/").content.decode()
    address = reverse("desk:palette_elsewhere")
    assert f'data-palette="{address}"' in page
    palette = desk.get(address).content.decode()
    assert (
        'href="/desk/views/mine/"' in palette
        and 'href="/funnel/"' in palette
        and 'href="/desk/visitors/"' in palette
    )
    ticket = make_ticket(subject="A broken vase")
    found = desk.get(reverse("desk:palette"), {"q": "vase", "elsewhere": "yes"}).content.decode()
    assert f'href="/desk/tickets/{ticket.pk}/"' in found
    assert "hx-" not in palette + found
