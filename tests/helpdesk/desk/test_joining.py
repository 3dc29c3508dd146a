"""Merging, splitting, the people of a ticket and the recipients' line, at the desk."""

import re

import pytest
from django.utils.html import escape

from helpdesk.inboxes.contract import Sender
from helpdesk.tickets.merging import merge_tickets, unmerge_ticket
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.participants import remove_participant
from tests.factories import by, customer_writes, make_department, make_inbox

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
BOB = Sender("email", "bob@customer.example", name="Bob Bianchi")


@pytest.fixture
def pair():
    inbox = make_inbox()
    kept = customer_writes(inbox, "The tent is torn.", subject="Torn tent").ticket
    return kept, customer_writes(inbox, "Torn, as I said.", subject="Re: Torn tent").ticket


def at(ticket, part=""):
    return f"/desk/tickets/{ticket.pk}/{part}"


def page(desk, ticket, part="", **headers):
    return desk.get(at(ticket, part), headers=headers, follow=True).content.decode()


# -- merging


def test_the_dialog_offers_the_customers_other_tickets_and_finds_any_by_number(desk, pair):
    kept, gone = pair
    stranger = customer_writes(email="dora@customer.example", subject="Invoice").ticket
    offered = page(desk, gone, "merger/")
    assert f"?other={kept.pk}" in offered
    assert f"?other={stranger.pk}" not in offered
    assert f"?other={stranger.pk}" in page(desk, gone, f"merger/?q=%23{stranger.pk}")


def test_before_merging_both_are_shown_and_what_becomes_of_them(desk, pair):
    kept, gone = pair
    shown = page(desk, gone, f"merger/?other={kept.pk}")
    assert f"1 message of #{gone.pk} goes into #{kept.pk}" in shown
    turned = page(desk, gone, f"merger/?other={kept.pk}&keep={gone.pk}")
    assert f"1 message of #{kept.pk} goes into #{gone.pk}" in turned


def test_of_a_mail_and_a_chat_the_chat_is_the_one_that_stays(desk, pair):
    chat = customer_writes(make_inbox("webchat"), sender=Sender("visitor", "v-1")).ticket
    assert f"1 message of #{pair[0].pk} goes into #{chat.pk}" in page(
        desk, pair[0], f"merger/?other={chat.pk}"
    )


def test_merging_shows_the_kept_ticket_with_a_button_that_takes_it_back(desk, pair):
    kept, gone = pair
    answer = desk.post(at(gone, "merger/"), {"other": kept.pk, "keep": kept.pk}, headers=HTMX)
    shown = answer.content.decode()
    assert answer["HX-Push-Url"].startswith(at(kept))
    assert "Torn, as I said." in shown
    assert f'name="take_out" value="{gone.pk}"' in shown
    assert f'merged="{gone.pk}"' in shown
    desk.post(at(kept, "joining/"), {"take_out": gone.pk}, headers=HTMX)
    assert Ticket.objects.get(pk=gone.pk).merged_into is None
    assert f'name="take_out" value="{gone.pk}"' not in page(desk, kept)


def test_a_refused_merge_says_why_in_the_dialog(desk, pair):
    chat = customer_writes(make_inbox("webchat"), sender=Sender("visitor", "v-1")).ticket
    answer = desk.post(at(pair[0], "merger/"), {"other": chat.pk}, headers=HTMX | {"HX-Target": "ticket"})
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#merger"
    assert "two customers" in answer.content.decode()


def test_a_merged_tickets_links_lead_to_where_it_went(desk, pair, agent):
    kept, gone = pair
    merge_tickets(kept, gone, by=by(agent))
    answer = desk.get(at(gone, "?view=open"))
    assert answer["Location"] == at(kept, f"?view=open&merged={gone.pk}")
    assert f"You opened #{gone.pk}." in page(desk, gone)
    assert desk.get(at(gone, "refreshed/"), headers=HTMX)["HX-Redirect"].startswith(at(kept))
    assert desk.post(at(gone, "closure/"), {"is_closed": "no"})["Location"].startswith(at(kept))


def test_a_ticket_the_agent_may_not_see_is_neither_offered_nor_merged(desk, pair):
    kept, gone = pair
    Ticket.objects.filter(pk=kept.pk).update(department=make_department("Legal", is_restricted=True))
    assert f"?other={kept.pk}" not in page(desk, gone, "merger/")
    assert desk.post(at(gone, "merger/"), {"other": kept.pk}).status_code == 404
    assert gone.messages.exists()


def test_before_others_see_what_a_restricted_department_saw_the_dialog_says_so(desk, pair, agent):
    kept, gone = pair
    Ticket.objects.filter(pk=gone.pk).update(
        department=make_department("Legal", is_restricted=True, members=(agent,))
    )
    shown = page(desk, gone, f"merger/?other={kept.pk}&keep={kept.pk}")
    assert f"Its messages and notes will be seen by everybody who sees #{kept.pk}." in shown
    assert 'name="shows_restricted"' not in page(desk, gone, f"merger/?other={kept.pk}&keep={gone.pk}")
    form = {"other": kept.pk, "keep": kept.pk}
    untold = desk.post(at(gone, "merger/"), form, headers=HTMX)
    assert untold.status_code == 422
    assert 'name="shows_restricted"' in untold.content.decode()  # pressed again, it is known
    assert gone.messages.exists()
    desk.post(at(gone, "merger/"), form | {"shows_restricted": "yes"}, headers=HTMX)
    assert not gone.messages.exists()


def test_nobody_takes_a_ticket_out_of_one_they_may_not_see(desk, pair, agent):
    kept, gone = pair
    merge_tickets(kept, gone, by=by(agent))
    Ticket.objects.filter(pk=kept.pk).update(department=make_department("Legal", is_restricted=True))
    other = customer_writes().ticket
    assert desk.post(at(other, "joining/"), {"take_out": gone.pk}).status_code == 404
    assert desk.get(at(gone)).status_code == 302
    assert desk.get(at(gone), follow=True).status_code == 404


def test_two_open_tickets_of_one_customer_with_one_subject_are_offered_for_merging(desk, pair):
    kept, gone = pair
    other = customer_writes(kept.inbox, subject="Invoice").ticket
    assert "Maybe the same" in page(desk, kept)
    assert "Maybe the same" not in page(desk, other)


def test_the_search_finds_a_merged_ticket_and_points_on(desk, pair, agent):
    kept, gone = pair
    merge_tickets(kept, gone, by=by(agent))
    found = desk.get(f"/desk/search/?q=%23{gone.pk}").content.decode()
    assert f'data-ticket="{gone.pk}"' in found
    assert f"Merged into </span>#{kept.pk}" in found


def test_only_a_ticket_that_is_still_merged_is_said_to_have_led_here(desk, pair, agent):
    kept, gone = pair
    merge_tickets(kept, gone, by=by(agent))
    led = page(desk, kept, f"?merged={gone.pk}")
    assert f"You opened #{gone.pk}." in led
    assert f'merged="{gone.pk}"' in led  # the composer goes on with what was begun there
    unmerge_ticket(gone, by=by(agent))
    assert "You opened" not in page(desk, kept, f"?merged={gone.pk}")
    assert 'merged=""' in page(desk, kept, f"?merged={gone.pk}")


# -- splitting


def test_a_message_is_split_off_and_merged_back(desk, pair):
    ticket, _other = pair
    late = customer_writes(ticket.inbox, "And an invoice, please", ticket_id=ticket.pk).message
    answer = desk.post(f"/desk/messages/{late.pk}/split/", {"later": "no"}, headers=HTMX)
    fresh = Ticket.objects.get(follow_up_of=ticket)
    shown = answer.content.decode()
    assert f"Split off as #{fresh.pk}." in shown
    assert f'id="message-{late.pk}"' not in shown
    assert f"follows #{ticket.pk}" in page(desk, fresh)
    desk.post(at(ticket, "joining/"), {"put_in": fresh.pk}, headers=HTMX)
    assert Message.objects.get(pk=late.pk).ticket == ticket


def test_a_message_of_a_ticket_the_agent_may_not_see_is_not_split(desk, pair):
    ticket, _other = pair
    late = customer_writes(ticket.inbox, "And an invoice, please", ticket_id=ticket.pk).message
    Ticket.objects.filter(pk=ticket.pk).update(department=make_department("Legal", is_restricted=True))
    assert desk.post(f"/desk/messages/{late.pk}/split/").status_code == 404


def test_every_message_says_why_it_is_there(desk, pair):
    ticket, _other = pair
    customer_writes(ticket.inbox, "More", ticket_id=ticket.pk, sender=BOB)
    shown = page(desk, ticket)
    assert "Joined by its reply address" in shown
    assert "New: it names no earlier conversation" in shown
    assert shown.count("new on this ticket") == 1


# -- people


def test_people_in_copy_stand_beside_the_ticket_and_above_the_composer(desk):
    ticket = customer_writes(make_inbox(), participants=[BOB]).ticket
    shown = page(desk, ticket)
    assert '<input type="hidden" name="cc" value="bob@customer.example">' in shown
    assert '<input type="hidden" name="to" value="carla@customer.example">' in shown
    assert "Take Bob Bianchi off" in shown


def test_a_chat_has_no_line_of_recipients(desk):
    ticket = customer_writes(make_inbox("webchat"), sender=Sender("visitor", "v-1")).ticket
    assert "recipients-line" not in page(desk, ticket)


def test_an_answer_goes_exactly_where_the_line_said(desk):
    ticket = customer_writes(make_inbox(), participants=[BOB]).ticket
    form = {"kind": "reply", "text": "Hello", "to": "carla@customer.example", "known": "x"}
    desk.post(at(ticket, "messages/"), form | {"cc_more": "eve@x.example; dora@x.example"})
    answer = ticket.messages.get(kind="outgoing")
    assert (answer.to, answer.cc) == (["carla@customer.example"], ["eve@x.example", "dora@x.example"])


def test_a_wrong_address_brings_the_draft_and_the_line_back(desk):
    ticket = customer_writes(make_inbox(), participants=[BOB]).ticket
    known = "carla@customer.example,bob@customer.example"
    form = {"kind": "reply", "text": "My words", "to": "carla@customer.example", "known": known}
    answer = desk.post(at(ticket, "messages/"), form | {"cc_more": "nonsense"}, headers=HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert escape("“nonsense” is no email address.") in shown
    assert "My words" in shown
    assert 'name="cc" value="bob@customer.example"' not in shown  # taken off, and stays off


def test_who_joins_while_one_writes_is_in_the_line_that_comes_back(desk):
    ticket = customer_writes(make_inbox()).ticket
    seen = ticket.messages.get().pk
    customer_writes(ticket.inbox, "Me too", sender=BOB, ticket_id=ticket.pk)
    form = {"kind": "reply", "text": "Hi", "to": "carla@customer.example", "known": "carla@customer.example"}
    answer = desk.post(at(ticket, "messages/"), form | {"last_seen": seen}, headers=HTMX)
    assert answer.status_code == 409
    assert 'name="cc" value="bob@customer.example"' in answer.content.decode()


def test_people_are_added_and_removed_beside_the_ticket(desk):
    ticket = customer_writes(make_inbox()).ticket
    desk.post(at(ticket, "people/"), {"add": "bob@customer.example"}, headers=HTMX)
    contact = ticket.participants.get().contact
    shown = desk.post(at(ticket, "people/"), {"remove": contact.pk}, headers=HTMX).content.decode()
    assert not ticket.participants.exists()
    desk.post(re.search(r'action="(/desk/undo/\d+/)', shown)[1], headers=HTMX)
    assert ticket.participants.get().contact == contact


def test_who_left_while_one_writes_gets_no_answer_and_is_gone_from_the_line_that_comes_back(desk, agent):
    ticket = customer_writes(make_inbox(), participants=[BOB]).ticket
    remove_participant(ticket, contact_id=ticket.participants.get().contact_id, by=by(agent))
    form = {
        "text": "For both",
        "to": "carla@customer.example",
        "cc": ["bob@customer.example", "eve@x.example"],
    }
    known = {"known": "carla@customer.example,bob@customer.example"}
    answer = desk.post(at(ticket, "messages/"), form | known, headers=HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "No longer on this ticket: bob@customer.example." in shown
    assert "For both" in shown
    assert 'name="cc" value="bob@customer.example"' not in shown
    assert 'name="cc" value="eve@x.example"' in shown  # typed by hand
    assert not ticket.messages.filter(kind="outgoing").exists()
    assert not ticket.participants.exists()


def test_an_answer_begun_in_a_merged_ticket_does_not_reach_its_other_customer_after_it_is_taken_apart(
    desk, agent
):
    inbox = make_inbox()
    kept, gone = customer_writes(inbox).ticket, customer_writes(inbox, sender=BOB).ticket
    merge_tickets(kept, gone, by=by(agent))
    both = {"to": ["carla@customer.example", "bob@customer.example"], "text": "Hello"}
    unmerge_ticket(gone, by=by(agent))
    known = {"known": "carla@customer.example,bob@customer.example"}
    answer = desk.post(at(kept, "messages/"), both | known, headers=HTMX)
    assert answer.status_code == 409
    assert 'name="to" value="bob@customer.example"' not in answer.content.decode()


def test_who_is_taken_off_beside_the_ticket_is_taken_off_the_line_too(desk):
    ticket = customer_writes(make_inbox(), participants=[BOB]).ticket
    bob = ticket.participants.get().contact_id
    shown = desk.post(at(ticket, "people/"), {"remove": bob}, headers=HTMX).content.decode()
    fresh = shown.partition('<div id="fresh-recipients"')[2].partition("</div>\n")[0]
    assert 'name="known" value="carla@customer.example"' in fresh


def test_an_answer_does_not_go_by_another_way_than_the_composer_said(desk, outbox):
    ticket = customer_writes(make_inbox("webchat"), sender=Sender("visitor", "v-1")).ticket
    shown = page(desk, ticket)
    assert 'name="channel" value="webchat"' in shown
    late = customer_writes(make_inbox(), "By mail now", ticket_id=ticket.pk).message
    form = {"text": "Hello", "channel": "webchat", "last_seen": late.pk}
    answer = desk.post(at(ticket, "messages/"), form, headers=HTMX)
    assert answer.status_code == 409
    assert 'name="channel" value="email"' in answer.content.decode()
    assert not ticket.messages.filter(kind="outgoing").exists()


def test_the_composer_names_the_way_by_which_the_customer_last_wrote(desk):
    ticket = customer_writes(make_inbox()).ticket
    customer_writes(make_inbox("telegram"), sender=Sender("telegram", "77"), ticket_id=ticket.pk)
    assert "by Telegram" in page(desk, ticket)


# -- live


def test_a_moved_message_is_not_shown_to_who_sees_only_where_it_was(desk, pair, agent):
    kept, gone = pair
    merge_tickets(kept, gone, by=by(agent))
    answer = desk.get(f"/desk/changes/?after=0&ticket={gone.pk}")
    assert "Torn, as I said." not in answer.content.decode()
