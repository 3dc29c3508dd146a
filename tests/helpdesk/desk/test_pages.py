import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.text import slugify

from helpdesk import clock
from helpdesk.desk.about import articles_read
from helpdesk.desk.rows import PAGE
from helpdesk.desk.views.drawing import BESIDE
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.inboxes.contract import InboundMessage, Sender
from helpdesk.people.presence import note_presence
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import LastLook, Message
from helpdesk.tickets.writing import add_note, reply
from knowledge.models import Article, Category, Section
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
QUERIES_FOR_A_LIST = 6
QUERIES_FOR_A_TICKET = 8
QUERIES_FOR_A_CHAT = 10  # with the ways of an answer, and whether an address is somebody else's


def test_the_desk_is_for_the_team_only(client):
    assert client.get("/desk/").headers["Location"].startswith("/login/")


def test_a_row_shows_who_what_and_the_last_words(desk):
    make_ticket(text="Where is my parcel?", subject="Parcel", name="Carla Rossi")
    page = desk.get("/desk/views/open/").content.decode()
    assert "Carla Rossi" in page and "Parcel" in page and "Where is my parcel?" in page


def test_a_ticket_that_is_opened_by_its_address_has_a_screen_full_of_its_list_and_the_rest_goes_on(desk):
    tickets = [make_ticket(email=f"c{n}@customer.example") for n in range(BESIDE + 3)]
    page = desk.get(f"/desk/tickets/{tickets[0].pk}/?view=open").content.decode()
    link = re.search(r'href="([^"]*cursor=[^"]*)"', page)[1].replace("&amp;", "&")
    more = desk.get(link, headers={"HX-Request": "true", "HX-Target": "more"}).content.decode()
    shown = [[int(pk) for pk in re.findall(r'<li id="row-(\d+)"', part)] for part in (page, more)]
    newest_first = [ticket.pk for ticket in reversed(tickets)]
    assert shown == [newest_first[:BESIDE], newest_first[BESIDE:]]


def test_unread_means_waiting_and_not_yet_seen(desk, agent, outbox):
    ticket = make_ticket()
    assert "is-unread" in desk.get("/desk/views/open/").content.decode()
    desk.get(f"/desk/tickets/{ticket.pk}/")
    assert "is-unread" not in desk.get("/desk/views/open/").content.decode()
    customer_writes(ticket.inbox, "Still nothing", replies_to=[ticket.messages.get().external_id])
    assert "is-unread" in desk.get("/desk/views/open/").content.decode()


def test_the_list_goes_on_after_the_last_row_seen(desk):
    inbox = make_inbox()
    tickets = [make_ticket(inbox, email=f"c{n}@customer.example") for n in range(PAGE + 3)]
    first = desk.get("/desk/views/open/").content.decode()
    link = re.search(r'href="([^"]*cursor=[^"]*)"', first)[1].replace("&amp;", "&")
    more = desk.get(link, headers={"HX-Request": "true", "HX-Target": "more"}).content.decode()
    shown = [int(pk) for page in (first, more) for pk in re.findall(r'data-ticket="(\d+)"', page)]
    assert shown == [ticket.pk for ticket in reversed(tickets)]
    assert "<html" not in more


def test_a_page_costs_the_same_number_of_queries_for_3_and_for_60_tickets(desk, agent):
    inbox = make_inbox(department=make_department())
    for n in range(60):
        ticket = make_ticket(inbox, email=f"c{n}@customer.example")
        if n == 2:
            few = queries_of(desk, "/desk/views/open/")
        LastLook.objects.create(user=agent, ticket=ticket, message_id=1)
    assert queries_of(desk, "/desk/views/open/") == few <= QUERIES_FOR_A_LIST


def test_a_ticket_costs_the_same_number_of_queries_with_3_and_with_200_messages(desk, agent):
    ticket = make_ticket()
    colleague = make_agent("Ben")
    add_entries(ticket, colleague, 3)
    desk.get(f"/desk/tickets/{ticket.pk}/")
    few = queries_of(desk, f"/desk/tickets/{ticket.pk}/", target="ticket")
    add_entries(ticket, colleague, 197)
    desk.get(f"/desk/tickets/{ticket.pk}/")
    assert queries_of(desk, f"/desk/tickets/{ticket.pk}/", target="ticket") == few <= QUERIES_FOR_A_TICKET


def test_a_chat_costs_few_queries_more_than_a_mail(desk):
    make_inbox("email")
    sender = Sender("visitor", str(uuid4()), email="carla@customer.example")
    inbound = InboundMessage(make_inbox("webchat"), sender=sender, text="Hello", external_id="a:1")
    ticket = receive(inbound).ticket
    desk.get(f"/desk/tickets/{ticket.pk}/")
    assert queries_of(desk, f"/desk/tickets/{ticket.pk}/", target="ticket") <= QUERIES_FOR_A_CHAT


def test_where_a_customer_is_on_the_pages_of_a_closed_department_is_not_told_to_others(desk):
    visitor = uuid4()
    sender = Sender("visitor", str(visitor))
    inbound = InboundMessage(make_inbox("webchat"), sender=sender, text="Hello", external_id="a:1")
    ticket = receive(inbound).ticket
    closed = make_inbox("webchat", name="VIP", department=make_department("Board", is_restricted=True))
    note_presence(visitor, inbox=closed.pk, url="https://vip.example/", title="Private sale")
    assert "Private sale" not in desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    note_presence(visitor, inbox=ticket.inbox_id, url="https://shop.example/", title="Boots and more")
    assert "Boots and more" in desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()


def add_entries(ticket, user, how_many):
    now = clock.now()
    notes = [
        Message(
            ticket=ticket, kind="note", inbox=ticket.inbox, channel="email", author_kind="agent", author_name="Ben",
            user=user, text=f"Note {n}", created_at=now + timedelta(milliseconds=n),
        )
        for n in range(how_many)
    ]  # fmt: skip
    Message.objects.bulk_create(notes)
    for n in range(how_many // 2):
        record(names.TICKET_TAGGED, by=by(user), ticket=ticket, data={"tags": [f"t{n}"]})


def queries_of(desk, path, target=""):
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(path, headers=headers).status_code == 200
    return len(captured)


def test_the_newest_messages_come_first_and_the_older_ones_on_request(desk):
    ticket = make_ticket()
    add_entries(ticket, make_agent("Ben"), 40)
    page = desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "Note 39" in page and "Note 5<" not in page
    link = re.search(r'href="([^"]*older/\?before=\d+)"', page)[1]
    older = desk.get(link).content.decode()
    assert "Note 5<" in older and "Where is my parcel?" in older and "Note 39" not in older


def test_a_line_separates_what_came_since_the_last_look(desk):
    ticket = make_ticket()
    first = desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    customer_writes(ticket.inbox, "One more thing", replies_to=[ticket.messages.get().external_id])
    again = desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "New since you looked" not in first
    assert (
        again.index("Where is my parcel?")
        < again.index("New since you looked")
        < again.rindex("One more thing")
    )


def test_the_day_of_a_message_is_the_agent_s_also_where_the_server_has_another_by_then(desk, agent):
    is_tomorrow = datetime.now(UTC).hour >= 10
    agent.time_zone = "Pacific/Kiritimati" if is_tomorrow else "Etc/GMT+12"
    agent.save()
    page = desk.get(f"/desk/tickets/{make_ticket().pk}/").content.decode()
    assert re.findall(r'class="day".*?<time.*?>(.*?)</time>', page) == ["Today"]


def test_what_customers_write_is_shown_as_words_never_as_markup(desk):
    ticket = make_ticket(
        text="<script>alert(1)</script> see https://example.com/?a=1&b=2", subject="<b>Hi</b>"
    )
    page = desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "<script>alert" not in page and "<b>Hi</b>" not in page
    assert 'href="https://example.com/?a=1&amp;b=2"' in page and "noopener" in page


def test_the_original_of_a_mail_is_locked_in_a_sandbox(desk):
    ticket = make_ticket(html="<p>Hello</p>")
    message = ticket.messages.get()
    answer = desk.get(reverse("desk:original", args=[message.pk]))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("before", ["", "x", "99999999", "9" * 30])
def test_before_a_message_that_is_none_there_is_nothing_older(desk, before):
    ticket = customer_writes(make_inbox()).ticket
    assert desk.get(f"/desk/tickets/{ticket.pk}/older/?before={before}").status_code == 404


@pytest.mark.parametrize("path", ["", "older/?before=1", "refreshed/", "shortcuts/", "colleagues/"])
def test_a_ticket_of_a_closed_department_is_not_there_for_others(desk, path):
    hidden = make_ticket(make_inbox(department=make_department("Legal", is_restricted=True)))
    assert desk.get(f"/desk/tickets/{hidden.pk}/{path}").status_code == 404
    assert desk.get(reverse("desk:original", args=[hidden.messages.get().pk])).status_code == 404


def test_beside_a_ticket_stand_the_customer_and_what_was_before(desk, agent, outbox):
    inbox = make_inbox()
    before = make_ticket(inbox, subject="The first matter")
    ticket = make_ticket(inbox, subject="The second matter")
    reply(ticket, "Hello", by=by(agent))
    add_note(ticket, "Only for us", by=by(agent))
    page = desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "The first matter" in page and reverse("desk:ticket", args=[before.pk]) in page
    assert "carla@customer.example" in page and "Only for us" in page


def test_history_gets_the_whole_page_where_htmx_would_get_a_part(desk):
    ticket = make_ticket()
    part = {"HX-Request": "true", "HX-Target": "ticket"}
    assert "<html" not in desk.get(f"/desk/tickets/{ticket.pk}/", headers=part).content.decode()
    whole = desk.get(f"/desk/tickets/{ticket.pk}/", headers=part | {"HX-History-Restore-Request": "true"})
    assert "<html" in whole.content.decode()


def test_beside_a_ticket_stands_what_the_customer_read_before_and_after_we_knew_them(desk):
    ticket = make_ticket()
    visitor = uuid4()
    ticket.contact.identities.create(kind="visitor", value=str(visitor))
    ticket.contact.identities.create(kind="visitor", value="not-one-of-ours")
    as_visitor, as_contact = make_article("Track your parcel"), make_article("Return an item")
    record(names.ARTICLE_VIEWED, by=SYSTEM, visitor=visitor, data={"article": as_visitor})
    record(names.ARTICLE_VIEWED, by=SYSTEM, contact=ticket.contact, data={"article": as_contact})
    read = [article.title for article in articles_read(ticket, [visitor])]
    assert read == ["Return an item", "Track your parcel"]
    assert "What they read" in desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()


def test_a_rating_whose_comment_came_after_it_is_told_once(desk):
    ticket = make_ticket()
    for score, comment, survey in ((4, "", 7), (5, "Fast and friendly.", 7), (3, "", 8)):
        record(
            names.SURVEY_RATED,
            by=SYSTEM,
            ticket=ticket,
            value=score,
            data={"survey": survey, "comment": comment},
        )
    page = desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert re.findall(r"rated the help (\d) of 5", page) == ["5", "3"]
    assert page.count("Fast and friendly.") == 1


def make_article(title):
    now = clock.now()
    category, _ = Category.objects.get_or_create(slug="shipping", defaults={"names": {"en": "Shipping"}})
    section, _ = Section.objects.get_or_create(category=category, defaults={"names": {"en": "All"}})
    article = Article.objects.create(section=section, slug=slugify(title), created_at=now)
    article.translations.create(
        language="en", title=title, slug=slugify(title), status="published", updated_at=now
    )
    return article.pk


def test_the_local_time_of_a_customer_is_theirs_and_not_the_agent_s(desk, agent):
    agent.time_zone = "Europe/Rome"
    agent.save()
    ticket = make_ticket()
    ticket.contact.time_zone = "Asia/Tokyo"
    ticket.contact.save()
    with clock.frozen_at(datetime(2026, 3, 2, 9, 30, tzinfo=UTC)):
        page = desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "<bdi>6:30 p.m. · Tokyo</bdi>" in page
