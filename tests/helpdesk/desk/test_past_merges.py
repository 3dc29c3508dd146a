"""What a page says of merges that were taken back, and of one that would hide messages."""

import pytest

from helpdesk.tickets.merging import merge_tickets, unmerge_ticket
from tests.factories import by, customer_writes, make_admin, make_agent, make_department, make_inbox

pytestmark = pytest.mark.django_db
TAKE_OUT = "take_out"


@pytest.fixture
def pair():
    inbox = make_inbox()
    kept = customer_writes(inbox, "The tent is torn.", subject="Torn tent").ticket
    return kept, customer_writes(inbox, "And a pole is bent.", subject="Bent pole").ticket


def page(desk, ticket, part="", **headers):
    return desk.get(f"/desk/tickets/{ticket.pk}/{part}", headers=headers).content.decode()


def test_only_the_merge_that_stands_can_be_taken_back(desk, pair):
    kept, gone = pair
    alice = by(make_agent("Alice"))
    merge_tickets(kept, gone, by=alice)
    once = page(desk, kept)
    unmerge_ticket(gone, by=alice)
    merge_tickets(kept, gone, by=alice)
    twice = page(desk, kept)
    assert once.count("merged #") == 1 and twice.count("merged #") == 2
    assert once.count(TAKE_OUT) == twice.count(TAKE_OUT) == 1


def test_a_page_opened_by_the_old_number_says_so_until_it_is_taken_out(desk, pair):
    kept, gone = pair
    alice = by(make_agent("Alice"))
    merge_tickets(kept, gone, by=alice)
    shown = {"HX-Request": "true", "HX-Current-URL": f"https://x.example/desk/tickets/1/?merged={gone.pk}"}
    assert 'id="merged-note"' in page(desk, kept, f"?merged={gone.pk}")
    assert "merged-note" not in page(desk, kept, "timeline/", **shown)
    unmerge_ticket(gone, by=alice)
    assert 'id="merged-note" hidden hx-swap-oob="true"' in page(desk, kept, "timeline/", **shown)


def test_the_dialog_says_that_others_will_no_longer_see_what_goes_into_a_closed_department(client, pair):
    kept, gone = pair
    client.force_login(make_admin())
    assert "Others will no longer see" not in page(client, gone, f"merger/?other={kept.pk}")
    kept.department = make_department("Board", is_restricted=True)
    kept.save()
    assert f"Others will no longer see the messages of #{gone.pk}." in page(
        client, gone, f"merger/?other={kept.pk}"
    )
