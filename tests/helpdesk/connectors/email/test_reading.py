"""From the stored bytes to the ticket, through the same job as in production."""

import pytest

from helpdesk.connectors.email.recipients import (
    bounce_address,
    find_recipient,
    ticket_address,
    unsubscribe_address,
)
from helpdesk.events.actor import SYSTEM
from helpdesk.inboxes.report import inbound_report
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.asking_surveys import deserves_survey
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.pictures import html_with_pictures
from helpdesk.tickets.raw import replay_raw, store_raw
from helpdesk.tickets.writing import reply
from tests.factories import by, handle_raw, make_agent, make_inbox
from tests.helpdesk.connectors.email.samples import mail, sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox():
    return make_inbox(address="support@example.com", name="Shop")


def take(raw_mail, inbox, recipient="support@example.com", sender=""):
    raw = store_raw(raw_mail, inbox=inbox, door="smtp", recipient=recipient, sender=sender)
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw


def answered(inbox):
    """A ticket by mail, with an answer of ours."""
    ticket = take(mail(), inbox).ticket
    return ticket, reply(ticket, "It is on its way.", by=by(make_agent()))


def test_a_mail_opens_a_ticket_with_its_text_and_files(inbox):
    raw = take(sample("order.eml"), inbox)
    assert raw.outcome == "created"
    assert raw.ticket.subject == "Wo ist meine Bestellung? 🥘"
    assert raw.ticket.contact.name == "Zoë Müller"
    assert raw.message.external_id == "order-1@customer.example"
    assert raw.message.cc == ["boss@customer.example"]
    assert [a.name for a in raw.message.attachments.order_by("pk")] == ["box.png", "Rechnung für März.pdf"]


def test_a_picture_inside_the_mail_is_shown_in_its_place(inbox):
    message = take(sample("order.eml"), inbox).message
    picture = message.attachments.get(content_id="photo1")
    assert 'src="cid:photo1"' in message.html
    assert f'src="/files/{picture.key}/"' in html_with_pictures(message)


def test_the_text_is_what_is_new_and_the_whole_mail_is_kept_beside_it(inbox):
    body = "Still nothing.\n\nOn Mon, Feb 1, 2026 at 6:32 PM, Shop <support@example.com> wrote:\n> It is on its way."
    message = take(mail(body), inbox).message
    assert message.text == "Still nothing."
    assert "It is on its way." in message.quoted


def test_an_answer_to_the_signed_address_lands_on_its_ticket_whoever_writes(inbox):
    ticket, _ = answered(inbox)
    colleague = mail(
        from_="boss@customer.example", subject="quite another thing", message_id="<m2@customer.example>"
    )
    raw = take(colleague, inbox, recipient=ticket_address(inbox, ticket.pk).upper())
    assert (raw.outcome, raw.ticket, raw.message.thread_reason) == ("appended", ticket, "address")


def test_a_signed_address_is_found_in_the_headers_where_the_envelope_hides_it(inbox):
    ticket, _ = answered(inbox)
    raw = take(mail(message_id="<m2@customer.example>", to=ticket_address(inbox, ticket.pk)), inbox)
    assert raw.ticket == ticket


def test_a_forged_signature_proves_nothing(inbox):
    ticket, _ = answered(inbox)
    forged = f"support+t{ticket.pk}.aaaaaaaaaaaa@example.com"
    raw = take(mail(message_id="<m2@customer.example>"), inbox, recipient=forged)
    assert raw.outcome == "created"


@pytest.mark.parametrize("field", ["in_reply_to", "references"])
def test_an_answer_that_names_any_of_our_mails_lands_on_its_ticket(inbox, field):
    ticket, answer = answered(inbox)
    ids = f"<unknown@elsewhere.example> <{answer.external_id}> <other@elsewhere.example>"
    raw = take(mail(message_id="<m2@customer.example>", **{field: ids}), inbox)
    assert (raw.ticket, raw.message.thread_reason) == (ticket, "reference")


def test_a_number_in_the_subject_counts_only_from_a_participant(inbox):
    ticket, _ = answered(inbox)
    subject = f"Re: My order [#{ticket.pk}]"
    stranger = take(mail(message_id="<m2@x.example>", from_="eve@elsewhere.example", subject=subject), inbox)
    assert stranger.outcome == "created"
    known = take(mail(message_id="<m3@customer.example>", subject=subject), inbox)
    assert (known.ticket, known.message.thread_reason) == (ticket, "subject")


def test_the_same_mail_twice_is_one_message(inbox):
    first, second = take(mail(), inbox), take(mail(), inbox)
    assert (second.outcome, second.ticket) == ("duplicate", first.ticket)
    assert Message.objects.count() == 1


def test_the_same_mail_to_another_address_of_the_inbox_is_one_message(inbox):
    ticket = take(mail(), inbox).ticket
    signed = take(mail(), inbox, recipient=ticket_address(inbox, ticket.pk))
    assert signed.outcome == "duplicate"
    assert Message.objects.count() == 1


def test_a_copy_that_came_by_another_way_is_the_same_message(inbox):
    first = take(mail(received="from a.example"), inbox)
    second = take(mail(received="from b.example", delivered_to="support@example.com"), inbox)
    assert (first.outcome, second.outcome) == ("created", "duplicate")
    assert second.ticket == first.ticket
    assert Ticket.objects.count() == 1


def test_another_mail_under_the_same_id_is_another_message(inbox):
    outcomes = [take(mail(words), inbox).outcome for words in ("One thing.", "Another thing.")]
    assert outcomes == ["created", "created"]


def test_a_set_aside_mail_sent_again_counts_as_a_duplicate(inbox):
    assert [take(sample("out_of_office.eml"), inbox).outcome for _ in range(2)] == ["ignored", "duplicate"]


def test_two_mails_under_one_message_id_are_both_kept(inbox):
    take(mail("one"), inbox)
    take(mail("two"), inbox)
    assert sorted(Message.objects.values_list("text", flat=True)) == ["one", "two"]


def test_a_mail_written_to_two_of_our_addresses_is_one_ticket(inbox):
    sales = make_inbox(address="sales@example.com")
    take(mail(to="support@example.com, sales@example.com"), inbox)
    second = take(mail(to="support@example.com, sales@example.com"), sales, recipient="sales@example.com")
    assert second.outcome == "duplicate" and "support@example.com" in second.reason
    assert Ticket.objects.count() == 1


def test_mails_without_a_message_id_are_told_apart_by_their_bytes(inbox):
    outcomes = [take(mail(body, message_id=""), inbox).outcome for body in ("one", "two", "one")]
    assert outcomes == ["created", "created", "duplicate"]


def test_a_mail_from_nobody_is_kept_as_an_unknown_senders(inbox):
    raw = take(sample("no_sender.eml"), inbox)
    assert raw.outcome == "created"
    assert raw.ticket.contact.name == "Unknown sender"


def test_the_envelope_names_the_sender_where_the_mail_does_not(inbox):
    raw = take(sample("no_sender.eml"), inbox, sender="dora@customer.example")
    assert raw.ticket.contact.email == "dora@customer.example"


def test_a_forms_robot_gives_way_to_the_person_who_filled_it_in(inbox):
    raw = take(mail(from_="Form <noreply@forms.example>", reply_to="Dora <dora@customer.example>"), inbox)
    assert raw.ticket.contact.email == "dora@customer.example"


def test_a_bounce_marks_the_very_message_and_brings_the_ticket_back(inbox):
    ticket, answer = answered(inbox)
    close_ticket(ticket, by=SYSTEM)
    raw = take(sample("bounce.eml"), inbox, recipient=bounce_address(inbox, answer.pk))
    answer.refresh_from_db()
    ticket.refresh_from_db()
    assert (raw.outcome, raw.ticket) == ("bounce", ticket)
    assert answer.state == "failed"
    assert answer.error == "zoe@customer.example: 550 5.1.1 mailbox unknown"
    assert ticket.status == "open"
    assert Ticket.objects.count() == 1


def test_a_bounce_without_our_address_is_tied_by_the_message_id_inside(inbox):
    _, answer = answered(inbox)
    take(sample("bounce.eml").replace(b"ORIGINAL-ID", answer.external_id.encode()), inbox)
    answer.refresh_from_db()
    assert answer.state == "failed"


def test_a_delay_fails_nothing(inbox):
    _, answer = answered(inbox)
    delayed = sample("bounce.eml").replace(b"Action: failed", b"Action: delayed")
    raw = take(delayed, inbox, recipient=bounce_address(inbox, answer.pk))
    answer.refresh_from_db()
    assert raw.outcome == "bounce" and answer.state != "failed"


def test_an_automatic_answer_neither_opens_nor_reopens_anything(inbox):
    assert take(sample("out_of_office.eml"), inbox).outcome == "ignored"
    ticket, _ = answered(inbox)
    close_ticket(ticket, by=SYSTEM)
    again = sample("out_of_office.eml").replace(b"<ooo-1@", b"<ooo-2@")
    raw = take(again, inbox, recipient=ticket_address(inbox, ticket.pk))
    ticket.refresh_from_db()
    assert (raw.outcome, raw.ticket) == ("ignored", ticket)
    assert "Auto-Submitted" in raw.reason
    assert ticket.is_finished and Ticket.objects.count() == 1


def test_our_own_mail_coming_round_is_set_aside(inbox):
    raw = take(mail(from_="Shop <support@example.com>"), inbox)
    assert raw.outcome == "ignored" and "our own" in raw.reason


def test_a_form_that_writes_in_our_name_brings_its_customers_question(inbox):
    raw = take(mail(from_="Shop <support@example.com>", reply_to="Ann <ann@customers.test>"), inbox)
    assert raw.outcome == "created" and raw.ticket.contact.email == "ann@customers.test"


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"list_id": "<support.example.com>", "to": "support@example.com"}, "created"),
        ({"list_unsubscribe": "<mailto:u@forms.example>", "to": "support@example.com"}, "created"),
        ({"list_id": "<talk.elsewhere.example>", "to": "talk@elsewhere.example"}, "ignored"),
        ({"precedence": "bulk", "to": "support@example.com"}, "ignored"),
    ],
)
def test_a_lists_mail_is_a_ticket_when_it_is_written_to_us(inbox, fields, outcome):
    assert take(mail(**fields), inbox).outcome == outcome


def test_what_cannot_be_read_is_quarantined_and_can_be_read_again(inbox, settings):
    settings.JOBS_INLINE = True
    raw = take(b"\r\n\r\n", inbox)
    assert (raw.outcome, raw.reason) == ("quarantined", "the message is empty")
    raw.body = mail()
    raw.save(update_fields=["body"])  # as after a better parser came
    assert replay_raw(raw, by=SYSTEM).outcome == "created"


def test_a_mail_to_the_unsubscribe_address_ends_surveys(inbox):
    ticket, _ = answered(inbox)
    close_ticket(ticket, by=SYSTEM)
    ticket.refresh_from_db()
    ticket.first_replied_at = ticket.created_at
    assert deserves_survey(ticket)
    raw = take(
        mail("", subject="unsubscribe"), inbox, recipient=unsubscribe_address(inbox, ticket.contact_id)
    )
    ticket.contact.refresh_from_db()
    assert raw.outcome == "ignored"
    assert not deserves_survey(ticket)


def test_addresses_that_are_not_ours_are_none(inbox):
    assert find_recipient("nobody@example.com") is None
    assert find_recipient("bounce+m1.aaaaaaaaaaaa@example.com") is None
    assert find_recipient("support@elsewhere.example") is None
    assert find_recipient("not an address") is None
    assert find_recipient("sup\x00port@example.com") is None
    assert find_recipient("\udcffsupport@example.com") is None
    assert find_recipient("Support+anything@Example.COM").inbox == inbox


def test_the_report_adds_up_for_every_inbox_and_in_all(inbox):
    other = make_inbox(address="sales@example.com")
    for raw_mail, where in (
        (mail("a"), inbox),
        (mail("a"), inbox),
        (b"\n", other),
        (sample("bounce.eml"), other),
    ):
        take(raw_mail, where)
    store_raw(mail("waiting"), inbox=other, door="smtp")
    report = inbound_report()
    assert report["received"] == 5
    counts = {name: report[name] for name in ("created", "duplicate", "quarantined", "bounce", "pending")}
    assert counts == {"created": 1, "duplicate": 1, "quarantined": 1, "bounce": 1, "pending": 1}
    assert [one["received"] for one in report["inboxes"]] == [2, 3]


@pytest.mark.parametrize(
    ("door", "fields"), [("smtp", {}), ("imap", {"return_path": "<>"}), ("pipe", {"return_path": "<>"})]
)
def test_what_nobody_may_answer_is_filed_and_keeps_nobody_waiting_whatever_way_it_came(inbox, door, fields):
    raw = store_raw(mail("A form was filled in.", **fields), inbox=inbox, door=door)
    raw = handle_raw(raw.pk)
    assert (raw.outcome, raw.message.is_automatic, raw.ticket.waiting_since) == ("created", True, None)
