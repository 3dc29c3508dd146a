"""Who is banned writes in no chat and is seen nowhere, until somebody lifts it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import clock
from helpdesk.connectors.webchat.known import keep_known, read_known
from helpdesk.connectors.webchat.live import on_events
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundMessage, Sender
from helpdesk.inboxes.models import Inbox
from helpdesk.people.bans import PLACE_FOR, OnlyAdmins, ban_visitor, is_banned, lift_ban, place_of
from helpdesk.people.models import Ban
from helpdesk.people.presence import count_here, presence_of
from helpdesk.people.visitors import sign_visitor
from helpdesk.tickets.intake import Receipt, receive
from helpdesk.tickets.models import Message
from tests.factories import make_admin, make_agent, make_department, make_inbox, numbers


class Browser:
    def __init__(self, inbox: Inbox, visitor: UUID, address: str = "192.0.2.7") -> None:
        self.inbox, self.client = inbox, Client(REMOTE_ADDR=address)
        self.token = sign_visitor(visitor, inbox=inbox.pk)

    def post(self, name: str, **frame: object):
        return self.client.post(
            f"{reverse(f'webchat:{name}')}?inbox={self.inbox.key}&lang=en",
            frame,
            content_type="application/json",
            headers={"X-Visitor": self.token},
        )

    def ping(self):
        return self.post("here", url="https://shop.example/boots", title="Boots", tab="a")

    def write(self):
        return self.post("messages", uuid=uuid4().hex, text="Hello")


def test_an_agent_bans_a_visitor_from_the_table(desk, alice, shop, comes):
    visitor = comes()
    browser = Browser(shop, visitor)
    answer = desk.post(reverse("visitors:ban", args=[visitor]), {"reason": "Insults"})
    assert answer["Location"] == reverse("visitors:visitor", args=[visitor])
    ban = Ban.objects.get()
    assert (ban.visitor, ban.reason, ban.banned_by, ban.place) == (visitor, "Insults", alice, "")
    assert presence_of(visitor) is None
    refused = browser.write()
    assert (refused.status_code, refused.json()["reason"]) == (403, "You can't write here any more.")
    assert browser.ping().status_code == 403
    assert presence_of(visitor) is None and not Message.objects.exists()
    assert [event.data for event in Event.objects.filter(name="visitor.banned")] == [{"reason": "Insults"}]


def test_of_somebody_known_every_browser_is_banned(alice, shop, comes, writes):
    visitor = comes()
    contact = writes(visitor).contact
    other = uuid4()
    contact.identities.create(kind="visitor", value=str(other))
    ban = ban_visitor(visitor, name="Carla", contact=contact, by=alice)
    assert Browser(shop, other).write().status_code == 403
    assert Browser(shop, other).ping().status_code == 403
    contact.refresh_from_db()
    assert not contact.is_blocked
    lift_ban(ban, by=alice)
    assert Browser(shop, other).write().status_code == 201


def by_mail(contact) -> Receipt:
    sender = Sender("email", contact.email)
    return receive(
        InboundMessage(inbox=make_inbox(), sender=sender, text="And?", external_id=f"<{next(numbers)}@x>")
    )


def test_who_is_banned_from_the_chats_is_still_a_customer_by_mail(alice, writes):
    visitor = uuid4()
    contact = writes(visitor, name="Carla", email="carla@shop.example").contact
    contact.identities.create(kind="email", value="carla@shop.example", is_verified=True)
    ban_visitor(visitor, name="Carla", contact=contact, by=alice)
    assert not by_mail(contact).ticket.is_spam


def test_new_mail_of_who_is_banned_everywhere_is_spam_until_an_admin_lifts_it(alice, writes, names_of):
    visitor, boss = uuid4(), make_admin()
    contact = writes(visitor, name="Carla", email="carla@shop.example").contact
    contact.identities.create(kind="email", value="carla@shop.example", is_verified=True)
    ban_visitor(visitor, name="Carla", contact=contact, by=alice)
    ban = ban_visitor(visitor, name="Carla", contact=contact, is_everywhere=True, by=boss)
    receipt = by_mail(contact)
    assert receipt.ticket.is_spam and "ticket.marked_spam" in names_of(receipt.ticket)
    with pytest.raises(OnlyAdmins):
        lift_ban(ban, by=alice)
    lift_ban(ban, by=boss)
    assert not by_mail(contact).ticket.is_spam


def test_an_agent_bans_nobody_everywhere(desk, writes):
    visitor = uuid4()
    contact = writes(visitor).contact
    refused = desk.post(reverse("visitors:ban", args=[visitor]), {"everywhere": "1"})
    assert refused.status_code == 403 and "Only an admin bans" in refused.content.decode()
    contact.refresh_from_db()
    assert not (contact.is_blocked or Ban.objects.exists())
    page = desk.get(reverse("visitors:visitor", args=[visitor])).content.decode()
    assert 'name="everywhere"' not in page and 'name="reason"' in page


def test_the_page_says_who_banned_them_and_why_and_lifts_it(desk, alice, shop, comes):
    visitor = comes()
    page = desk.post(reverse("visitors:ban", args=[visitor]), {"reason": "Insults"}, follow=True)
    words = page.content.decode()
    assert "Banned from the chats" in words and "by Alice" in words and "Insults" in words
    other = Client()
    other.force_login(make_agent("Berta"))
    assert "Insults" not in other.get(reverse("visitors:visitor", args=[visitor])).content.decode()
    assert other.post(reverse("visitors:lift", args=[visitor])).status_code == 409
    desk.post(reverse("visitors:lift", args=[visitor]))
    assert Browser(shop, visitor).write().status_code == 201
    assert desk.post(reverse("visitors:lift", args=[visitor])).status_code == 409


def test_who_has_written_and_left_is_banned_from_their_ticket_by_who_may_see_it(desk, shop, writes):
    visitor = uuid4()
    ticket = writes(visitor)
    address = reverse("visitors:visitor", args=[visitor])
    assert address in desk.get(reverse("desk:ticket", args=[ticket.pk])).content.decode()
    assert "Ban…" in desk.get(address).content.decode()
    desk.post(reverse("visitors:ban", args=[visitor]), {"reason": "Insults"})
    assert Browser(shop, visitor).write().status_code == 403
    assert "Banned from the chats" in desk.get(address).content.decode()


def test_whose_talks_an_agent_may_not_see_they_don_t_ban(desk, writes):
    visitor = uuid4()
    ticket = writes(visitor)
    ticket.department = make_department("Board", is_restricted=True)
    ticket.save()
    refused = desk.post(reverse("visitors:ban", args=[visitor]), {"reason": "Insults"})
    assert refused.status_code == 400
    assert "They have left the site." in refused.content.decode()
    assert not Ban.objects.exists()


def test_their_network_is_kept_out_for_a_day_and_nobody_else(desk, alice, shop):
    visitor, neighbour = uuid4(), uuid4()
    Browser(shop, visitor).ping()
    desk.post(reverse("visitors:ban", args=[visitor]), {"place": "1"})
    ban = Ban.objects.get()
    assert "192.0.2.7" not in ban.place and len(ban.place) == 64
    assert Browser(shop, neighbour).write().status_code == 403
    assert Browser(shop, neighbour).ping().status_code == 403
    assert Browser(shop, uuid4(), address="192.0.2.8").write().status_code == 201
    with clock.frozen_at(clock.now() + PLACE_FOR + timedelta(minutes=1)):
        assert not is_banned(neighbour, address="192.0.2.7")
        assert is_banned(visitor)


def test_who_opens_the_widget_while_banned_is_not_seen_again(desk, shop, comes):
    visitor = comes()
    desk.post(reverse("visitors:ban", args=[visitor]))
    assert Browser(shop, visitor).post("start").status_code == 200
    assert presence_of(visitor) is None and count_here(shop.pk) == 0


def test_what_was_known_of_somebody_is_forgotten_with_their_ban(alice, shop, writes):
    visitor, other = uuid4(), uuid4()
    contact = writes(visitor).contact
    contact.identities.create(kind="visitor", value=str(other))
    for browser in (visitor, other):
        keep_known(browser.hex, shop.pk, {"is_blocked": False})
    ban_visitor(visitor, name="Carla", contact=contact, by=alice)
    [banned] = Event.objects.filter(name="visitor.banned")
    on_events([banned])
    assert read_known(visitor.hex, shop.pk) is read_known(other.hex, shop.pk) is None


def test_a_household_on_ipv6_is_one_place():
    assert place_of("2001:db8:1:2::1") == place_of("2001:db8:1:2:ffff::9") != place_of("2001:db8:1:3::1")
    assert place_of("nonsense") == ""


def test_banned_twice_is_banned_once_and_may_be_banned_again_after(alice):
    visitor = uuid4()
    ban = ban_visitor(visitor, name="Visitor 12AB", by=alice)
    assert ban_visitor(visitor, name="Visitor 12AB", by=alice) == ban
    lift_ban(ban, by=alice)
    lift_ban(ban, by=alice)
    assert not is_banned(visitor)
    assert Event.objects.filter(name="visitor.unbanned").count() == 1
    ban_visitor(visitor, name="Visitor 12AB", by=alice)
    assert is_banned(visitor)


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(make_admin())
    return client


def test_an_admin_lifts_a_ban_in_the_settings(admin, alice, shop):
    visitor = uuid4()
    ban = ban_visitor(visitor, name="Visitor 12AB", reason="Insults", by=alice)
    page = admin.get(reverse("bans:bans")).content.decode()
    assert "Visitor 12AB" in page and "Insults" in page and "Alice" in page
    admin.post(reverse("bans:lift", args=[ban.pk]))
    assert Browser(shop, visitor).write().status_code == 201
    page = admin.get(reverse("bans:bans")).content.decode()
    assert "Nobody is banned." in page and "lifted by" in page
