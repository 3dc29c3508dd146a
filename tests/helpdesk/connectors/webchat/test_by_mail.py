"""A chat that goes on by mail: the mail itself, the answer to it, and what the widget shows of both."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from helpdesk import clock
from helpdesk.connectors.email.recipients import find_recipient, ticket_address
from helpdesk.desk.same_person import same_person
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundFile
from helpdesk.notices.models import Notice
from helpdesk.people.contacts import find_contact
from helpdesk.people.presence import end_presence
from helpdesk.people.visitors import read_visitor
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.copies import mail_unread, mail_unread_of
from helpdesk.tickets.delivery import claim, deliver
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.outcomes import note_report
from helpdesk.tickets.participants import add_participant
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, handle_raw, make_agent, make_contact, make_inbox, make_ticket
from tests.helpdesk.connectors.email.samples import mail as mail_of

pytestmark = pytest.mark.django_db
MIA = "mia@customer.example"


@pytest.fixture
def shop(widget):
    """The mail inbox of the same shop."""
    return make_inbox(address="support@shop.example", name="Fernweh Supply")


@pytest.fixture
def dana():
    return make_agent("Dana Popescu", signature="Dana from Fernweh")


def leaves(browser):
    end_presence(read_visitor(browser.token))


def asked(browser, text="Is the red one in stock?", **frame):
    browser.write(text, **({"email": MIA, "url": "https://shop.example/boots"} | frame))
    return Ticket.objects.order_by("-pk").first()


def mailed(ticket, *texts, by_agent):
    """The mail that carried these answers, sent."""
    for text in texts:
        reply(ticket, text, by=by(by_agent))
    then = clock.now() - timedelta(seconds=60)
    Message.objects.filter(ticket=ticket, kind="outgoing", mailed_in=None).update(released_at=then)
    copy = mail_unread_of(ticket.pk)
    deliver(copy.pk)
    copy.refresh_from_db()
    return copy


def mail_comes(inbox, ticket, text, *, sender=MIA, name="Mia", **headers):
    """By the ticket's signed address, as every mail of ours asks for it."""
    lines = {"From": f"{name} <{sender}>", "Subject": f"Re: [#{ticket.pk}]"} | headers
    raw = store_raw(
        mail_of(text, **lines),
        inbox=inbox,
        door="smtp",
        sender=sender,
        recipient=ticket_address(inbox, ticket.pk),
    )
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw.message


def test_the_mail_brings_the_answers_the_question_and_the_way_back(browse, shop, dana, smtp_sink):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    copy = mailed(ticket, "Yes, it is.", "Shall I keep one for you?", by_agent=dana)
    sent, envelope = smtp_sink.mail, smtp_sink.envelopes[0]
    assert (copy.state, envelope.rcpt_tos) == ("sent", [MIA])
    assert sent.message_id == copy.external_id
    assert find_recipient(sent.reply_to[0].addr).ticket_id == ticket.pk
    assert find_recipient(envelope.mail_from).bounced_message_id == copy.pk
    assert tuple(sent.from_[0]) == ("Dana Popescu (Fernweh Supply)", "support@shop.example")
    assert sent.subject == f"Re: Is the red one in stock? [#{ticket.pk}]"
    assert sent.kind == "human"
    for form in (sent.text, sent.html):
        assert form.index("Yes, it is.") < form.index("Shall I keep one for you?")
        assert "Your chat with Helpdesk goes on here by mail." in form
        assert "Was it not you who wrote there?" in form  # the address was only typed into a chat
        assert "https://shop.example/boots" in form and "Dana from Fernweh" in form
    assert "> Is the red one in stock?" in sent.text


def test_answers_of_two_people_carry_their_names(browse, shop, dana, smtp_sink):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    reply(ticket, "I ask the store.", by=by(make_agent("Ben Okafor")))
    mailed(ticket, "They have it.", by_agent=dana)
    assert smtp_sink.mail.from_[0].name == "Fernweh Supply"
    assert "Ben Okafor:\nI ask the store.\n\nDana Popescu:\nThey have it." in smtp_sink.mail.text
    assert "Ben Okafor" in smtp_sink.mail.html


def test_files_go_along_and_notes_never(browse, shop, dana, smtp_sink):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    add_note(ticket, "He always asks twice.", by=by(dana))
    reply(ticket, "", by=by(dana), files=[InboundFile("size.pdf", "application/pdf", b"%PDF-1.4")])
    mailed(ticket, "See the table.", by_agent=dana)
    assert [file.name for file in smtp_sink.mail.attachments] == ["size.pdf"]
    assert "asks twice" not in smtp_sink.mail.text


def test_the_mail_speaks_the_visitors_language(browse, shop, dana, smtp_sink):
    browser = browse(lang="it")
    ticket = asked(browser, "C'è quella rossa?")
    leaves(browser)
    mailed(ticket, "Sì.", by_agent=dana)
    assert "ha scritto:" in smtp_sink.mail.text


def test_a_worker_that_died_on_the_way_leaves_one_mail_under_one_id(browse, shop, dana, smtp_sink):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    reply(ticket, "Yes.", by=by(dana))
    Message.objects.filter(kind="outgoing").update(released_at=clock.now() - timedelta(seconds=60))
    copy = mail_unread_of(ticket.pk)
    assert claim(copy.pk).external_id == copy.external_id  # and here the worker is killed
    assert mail_unread() == 0
    deliver(copy.pk)
    assert smtp_sink.envelopes == []  # its lease has not run out
    Message.objects.filter(pk=copy.pk).update(next_attempt_at=clock.now())
    deliver(copy.pk)
    deliver(copy.pk)
    assert [smtp_sink.mail.message_id] == [copy.external_id]
    assert len(smtp_sink.envelopes) == 1


def test_a_mail_that_comes_back_is_told_to_the_team_and_brings_the_ticket_back(browse, shop, dana, smtp_sink):
    browser = browse()
    ticket = assign_ticket(asked(browser), to=dana, by=by(dana))
    leaves(browser)
    copy = mailed(ticket, "Yes.", by_agent=dana)
    note_report(copy, "bounced", reason="550 no such user")
    ticket.refresh_from_db()
    assert ticket.waiting_since is not None
    assert Notice.objects.get(user=dana).kind == "delivery_failed"
    assert mail_unread() == 0  # tried again by a person, not by itself


def test_no_link_leads_to_a_page_that_is_none_of_the_inboxs_sites(browse, widget, shop, dana, smtp_sink):
    widget.options = {"allowed_sites": ["https://other.example"]}
    widget.save()
    browser = browse()
    ticket = asked(browser, url="https://shop.example/boots")
    leaves(browser)
    mailed(ticket, "Yes.", by_agent=dana)
    assert "shop.example/boots" not in smtp_sink.mail.text + smtp_sink.mail.html
    assert "You can answer this mail." in smtp_sink.mail.text


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_the_same_moment_store_one_mail(browse, shop, dana):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    reply(ticket, "Yes.", by=by(dana))
    Message.objects.filter(kind="outgoing").update(released_at=clock.now() - timedelta(seconds=60))

    def sweep():
        mail_unread()
        connection.close()

    sweeps = [Thread(target=sweep) for _ in range(3)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    assert Message.objects.filter(kind="copy").count() == 1


def test_whoever_answers_from_the_mailed_address_has_proven_it_and_reads_it_in_the_widget(
    browse, shop, dana, smtp_sink
):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    copy = mailed(ticket, "Yes, shall I keep one?", by_agent=dana)
    answer = mail_comes(shop, ticket, "Please do.", **{"In-Reply-To": f"<{copy.external_id}>"})
    ticket.refresh_from_db()
    assert (answer.ticket, answer.contact, answer.is_by_newcomer) == (ticket, ticket.contact, False)
    assert ticket.contact.identities.filter(kind="email", value=MIA, is_verified=True).exists()
    assert copy.carried.get().state == "read"
    thread = browser.texts()
    assert thread.count("Yes, shall I keep one?") == 1
    assert thread.count("Please do.") == 1
    assert browser.get("changes", after=0).json()["messages"][-1]["mine"]


def test_who_answers_with_a_program_that_does_not_say_what_it_answers_has_read_it_too(
    browse, shop, dana, smtp_sink
):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    copy = mailed(ticket, "Yes, shall I keep one?", by_agent=dana)
    mail_comes(shop, ticket, "Hello?", sender="leo@customer.example", name="Leo")
    mail_comes(shop, ticket, "Away until Monday.", **{"Auto-Submitted": "auto-replied"})
    assert copy.carried.get().read_at is None
    mail_comes(shop, ticket, "Please do.")
    assert copy.carried.get().state == "read"


def test_a_mail_to_the_address_proves_nothing_of_another_sender(browse, shop, dana, smtp_sink):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    mailed(ticket, "Yes.", by_agent=dana)
    answer = mail_comes(shop, ticket, "I am his colleague.", sender="leo@customer.example", name="Leo")
    assert answer.ticket == ticket
    assert answer.contact != ticket.contact
    assert "colleague" not in browser.texts()


def test_a_mail_whose_domain_denies_it_is_not_proof(browse, shop, dana, smtp_sink):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    mailed(ticket, "Yes.", by_agent=dana)
    denied = "shop.example; dmarc=fail header.from=customer.example"
    shop.options = {"authserv_id": "shop.example"}
    shop.save()
    answer = mail_comes(shop, ticket, "Send it to my new address.", **{"Authentication-Results": denied})
    assert answer.sender_check == "fail"
    assert answer.contact != ticket.contact
    assert not ticket.contact.identities.filter(kind="email", value=MIA).exists()


def test_an_address_that_is_somebody_elses_stays_theirs(browse, shop, dana, smtp_sink):
    known = make_contact("Mia Rossi", email=MIA)
    old = make_ticket(shop, email=MIA, text="A question by mail of last year")
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    mailed(ticket, "Yes.", by_agent=dana)
    answer = mail_comes(shop, ticket, "Please keep it.")
    assert (answer.ticket, answer.contact) == (ticket, known)
    assert find_contact("email", MIA) == known
    assert ticket.contact != known
    assert "keep it" not in browser.texts()
    assert "last year" not in browser.texts()
    assert old.contact == known


def test_the_team_may_make_one_person_of_the_two_and_then_the_widget_shows_the_answer(
    browse, shop, dana, smtp_sink, client
):
    known = make_contact("Mia Rossi", email=MIA)
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    assert same_person(ticket) is None
    mailed(ticket, "Yes.", by_agent=dana)
    mail_comes(shop, ticket, "Please keep it.")
    client.force_login(dana)
    page = client.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "Make them one person" in page
    wrong = client.post(f"/desk/tickets/{ticket.pk}/person/", {"same": ticket.contact_id})
    assert wrong.status_code == 409
    client.post(f"/desk/tickets/{ticket.pk}/person/", {"same": known.pk})
    ticket.refresh_from_db()
    assert ticket.contact == known
    thread = browser.post("start").json()["messages"]
    assert sum("keep it" in message["html"] for message in thread) == 1


def test_what_the_team_writes_by_mail_to_the_visitor_stands_in_the_widget_and_what_goes_to_others_does_not(
    browse, shop, dana, smtp_sink
):
    browser = browse()
    ticket = asked(browser)
    add_participant(ticket, email="boss@customer.example", by=by(dana))
    reply(ticket, "The bill is on its way.", by=by(dana), way=shop)
    to_boss = reply(ticket, "Between us: he owes us.", by=by(dana), way=shop, to=["boss@customer.example"])
    assert to_boss.contact is None
    thread = browser.texts()
    assert "The bill is on its way." in thread
    assert "Between us" not in thread
    assert browser.get("changes", after=0).json()["messages"][-1]["id"] != to_boss.pk


def test_a_visitor_who_reads_a_mail_in_the_widget_does_not_stop_it(browse, shop, dana):
    browser = browse()
    ticket = asked(browser)
    answer = reply(ticket, "By mail, please.", by=by(dana), way=shop, undo_seconds=0)
    Message.objects.filter(pk=answer.pk).update(state="queued")
    browser.post("seen", message=answer.pk)
    answer.refresh_from_db()
    assert answer.state == "queued"
    Message.objects.filter(pk=answer.pk).update(state="sent")
    browser.post("seen", message=answer.pk)
    answer.refresh_from_db()
    assert answer.state == "read"


def test_tickets_by_mail_of_the_same_person_are_not_in_the_widget(browse, shop, dana, smtp_sink):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    mailed(ticket, "Yes.", by_agent=dana)
    mail_comes(shop, ticket, "Fine.")
    other = make_ticket(shop, email=MIA, text="Something quite different")
    assert other.contact == ticket.contact
    assert "quite different" not in browser.texts()


def test_an_open_widget_hears_of_an_answer_by_mail(browse, shop, dana):
    browser = browse()
    ticket = asked(browser)
    reply(ticket, "By mail.", by=by(dana), way=shop)
    fact = Event.objects.get(name=names.MESSAGE_REPLIED)
    assert (fact.channel, fact.data["began"]) == ("email", "webchat")


def test_a_chat_and_a_mail_of_one_person_that_are_merged_keep_the_way_of_each_message(
    browse, shop, dana, smtp_sink
):
    browser = browse()
    ticket = asked(browser)
    leaves(browser)
    mailed(ticket, "Yes.", by_agent=dana)
    mail_comes(shop, ticket, "Fine.")
    other = make_ticket(shop, email=MIA, text="And the blue one?")
    merge_tickets(ticket, other, by=by(dana))
    thread = browser.post("start").json()["messages"]
    assert sum("And the blue one?" in message["html"] for message in thread) == 1
