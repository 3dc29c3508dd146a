"""Which mail is fetched, what is kept of it, and that no mail holds up another."""

from contextlib import suppress
from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.connectors.email.imap.commands import UID, by_uid, items_in, moment_of
from helpdesk.connectors.email.imap.reconciling import compare, reconcile
from helpdesk.connectors.email.imap.storing import MOST_TRIES
from helpdesk.connectors.email.imap.trouble import EXPECTED
from helpdesk.connectors.email.models import FetchedMail, ImapFolder
from helpdesk.connectors.email.recipients import ticket_address
from helpdesk.inboxes.models import RawMessage
from helpdesk.notices.models import Notice
from tests.factories import handle_raw, make_admin, make_ticket
from tests.helpdesk.connectors.email.imap.looking import fetch_once, folder_of, numbered, subjects
from tests.helpdesk.connectors.email.samples import mail

pytestmark = pytest.mark.django_db(transaction=True)


def test_reading_starts_with_the_first_connection_and_the_mail_of_before_stays_where_it_is(
    dovecot, user, inbox
):
    dovecot.deliver(user, numbered(1), numbered(2))
    fetch_once(inbox)
    assert RawMessage.objects.count() == 0
    dovecot.deliver(user, numbered(3))
    fetch_once(inbox)
    raw = RawMessage.objects.get()
    assert numbered(3).strip() in bytes(raw.body)
    assert (raw.inbox, raw.door, raw.recipient, raw.sender) == (
        inbox,
        "imap",
        "support@example.com",
        "carla@customer.example",
    )
    assert reconcile(ImapFolder.objects.get()) == (1, 1, [])


def test_what_is_fetched_becomes_a_ticket(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1))
    fetch_once(inbox)
    raw = handle_raw(RawMessage.objects.get().pk)
    assert (raw.outcome, raw.ticket.subject) == ("created", "Order 1")


def test_everything_or_all_mail_from_a_date_on_can_be_taken_over(dovecot, user, make_mailbox_inbox):
    inbox = make_mailbox_inbox(imap_since="all")
    with dovecot.client(user) as mailbox:
        mailbox.append(numbered(1), dt=clock.now() - timedelta(days=400))
        mailbox.append(numbered(2), dt=clock.now() - timedelta(days=3))
    day = (clock.now() - timedelta(days=10)).date().isoformat()
    inbox.options["imap_since"] = day
    inbox.save()
    fetch_once(inbox)
    assert reconcile(ImapFolder.objects.get()) == (1, 1, [])
    assert subjects() == ["Order 2"]

    inbox.options["imap_since"] = "all"
    inbox.save()
    fetch_once(inbox)
    folder = ImapFolder.objects.get()
    assert compare(folder) == (2, 1, [1])
    assert reconcile(folder) == (2, 2, [])
    assert subjects() == ["Order 2", "Order 1"]


def test_a_date_begins_to_the_second_although_servers_only_know_days(dovecot, user, make_mailbox_inbox):
    inbox = make_mailbox_inbox(imap_since=clock.now().date().isoformat())
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with dovecot.client(user) as mailbox:
        mailbox.append(numbered(1), dt=midnight - timedelta(seconds=1))
        mailbox.append(numbered(2), dt=midnight + timedelta(seconds=1))
    fetch_once(inbox)
    assert not reconcile(ImapFolder.objects.get()).missing
    assert subjects() == ["Order 2"]


def test_what_somebody_else_has_read_comes_all_the_same_and_nothing_is_marked(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1), numbered(2))
    with dovecot.client(user) as mailbox:
        mailbox.client.uid("STORE", "1", "+FLAGS", r"(\Seen)")
    fetch_once(inbox)
    assert subjects() == ["Order 1", "Order 2"]
    with dovecot.client(user) as mailbox:
        assert mailbox.uids("SEEN") == ["1"]


def test_a_mail_is_fetched_once_however_often_the_folder_is_opened(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1))
    for _ in range(3):
        fetch_once(inbox)
        reconcile(ImapFolder.objects.get())
    assert RawMessage.objects.count() == 1


def test_uids_dealt_out_anew_make_no_doubles_and_lose_nothing(dovecot, user, inbox):
    dovecot.deliver(user, numbered(0))  # from before the start: it stays out for good
    with dovecot.client(user) as mailbox:
        mailbox.append(numbered(99), dt=clock.now() - timedelta(days=90))
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1), numbered(2))
    fetch_once(inbox)
    before = ImapFolder.objects.get().uid_validity
    dovecot.deliver(user, numbered(3))
    dovecot.deal_out_uids_anew(user)

    fetch_once(inbox)
    folder = ImapFolder.objects.get()
    assert folder.uid_validity != before
    assert not reconcile(folder).missing
    assert {"Order 1", "Order 2", "Order 3"} <= set(subjects())
    assert len(subjects()) == len(set(subjects()))
    assert "Order 99" not in subjects()
    dovecot.deliver(user, numbered(4))
    fetch_once(inbox)
    assert subjects()[-1] == "Order 4"


def test_reconciliation_finds_what_was_overlooked(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, *(numbered(number) for number in range(1, 6)))
    fetch_once(inbox)
    FetchedMail.objects.get(uid=2).delete()  # its note is lost: known by its bytes
    FetchedMail.objects.get(uid=4).raw.delete()
    FetchedMail.objects.get(uid=4).delete()  # the mail itself is lost
    folder = ImapFolder.objects.get()
    assert compare(folder) == (5, 3, [2, 4])
    assert reconcile(folder) == (5, 5, [])
    folder.refresh_from_db()
    assert (folder.server_count, folder.stored_count) == (5, 5)
    assert sorted(subjects()) == [f"Order {number}" for number in range(1, 6)]
    assert not Notice.objects.exists()


def test_a_raw_message_that_was_deleted_here_is_not_fetched_again(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1))
    fetch_once(inbox)
    RawMessage.objects.all().delete()
    assert reconcile(ImapFolder.objects.get()) == (1, 1, [])
    assert not RawMessage.objects.exists()


def test_a_huge_mail_is_a_visible_thing_and_holds_nobody_up(dovecot, user, inbox, settings):
    fetch_once(inbox)
    settings.MAIL_MAX_BYTES = 2**20
    mails = [numbered(number) for number in range(1, 41)]
    mails[7] = mail("x" * 2**21, subject="Far too large", message_id="<large@customer.example>")
    dovecot.deliver(user, *mails)
    fetch_once(inbox)
    assert RawMessage.objects.count() == 40
    large = RawMessage.objects.get(outcome="quarantined")
    assert large.reason == "The mail has 2.0 MB, more than the 1.0 MB that are taken."
    assert b"Far too large" in bytes(large.body)
    assert b"Only its header was fetched" in bytes(large.body)
    assert len(bytes(large.body)) < 2_000
    assert not reconcile(ImapFolder.objects.get()).missing


def test_a_mail_that_breaks_the_connection_is_told_and_comes_when_it_can_while_the_others_go_on(
    dovecot, user, inbox
):
    make_admin()
    fetch_once(inbox)
    dovecot.deliver(user, *(numbered(number) for number in range(1, 41)))
    broken = file_of(dovecot, user, "Order 8")
    broken.chmod(0)

    alone = set()
    for _connection in range(3):
        with_luck(fetch_once, inbox, alone=alone)
    others = [f"Order {number}" for number in range(1, 41) if number != 8]
    assert sorted(subjects()) == sorted(others)
    assert folder_of(inbox).last_uid == 40
    note = FetchedMail.objects.exclude(error="").get()
    assert (note.uid, note.raw) == (8, None)
    assert not Notice.objects.exists()  # there are tries left
    for _ in range(MOST_TRIES):
        with_luck(fetch_once, inbox, alone=alone)
    assert reconcile(folder_of(inbox)) == (40, 39, [8])
    assert Notice.objects.get().kind == "mail_missing"
    assert reconcile(folder_of(inbox)) == (40, 39, [8])
    assert Notice.objects.count() == 1

    broken.chmod(0o600)
    assert reconcile(folder_of(inbox)) == (40, 40, [])
    assert sorted(subjects()) == sorted([*others, "Order 8"])


def test_a_mail_that_is_gone_before_it_could_be_fetched_is_not_missing(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1), numbered(2), numbered(3))
    lost = file_of(dovecot, user, "Order 2")
    lost.rename(dovecot.root / "elsewhere")
    lost.mkdir()  # the server's list has it still: it finds out when it is asked for it
    fetch_once(inbox)
    fetch_once(inbox)
    assert subjects() == ["Order 1", "Order 3"]
    assert not FetchedMail.objects.exclude(error="").exists()
    assert reconcile(folder_of(inbox)) == (2, 2, [])


def test_what_is_deleted_between_two_looks_is_no_gap(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1), numbered(2), numbered(3))
    with dovecot.client(user) as mailbox:
        mailbox.delete("2")
    fetch_once(inbox)
    with dovecot.client(user) as mailbox:
        mailbox.delete("1")
    assert reconcile(folder_of(inbox)) == (1, 1, [])
    assert subjects() == ["Order 1", "Order 3"]


def test_an_answer_to_a_tickets_own_address_is_found_in_the_headers(dovecot, user, inbox):
    fetch_once(inbox)
    ticket = make_ticket(inbox)
    dovecot.deliver(user, numbered(1, to=f"support@example.com, {ticket_address(inbox, ticket.pk)}"))
    dovecot.deliver(user, numbered(2, to="Support+shop@example.com"), numbered(3, to="someone@else.example"))
    fetch_once(inbox)
    recipients = RawMessage.objects.order_by("pk").values_list("recipient", flat=True)
    assert list(recipients) == [
        ticket_address(inbox, ticket.pk),
        "support+shop@example.com",
        "support@example.com",
    ]
    assert handle_raw(RawMessage.objects.earliest("pk").pk).ticket == ticket


def test_a_stored_mail_is_marked_as_read_where_the_inbox_says_so(dovecot, user, make_mailbox_inbox):
    inbox = make_mailbox_inbox(imap_after="seen")
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1), numbered(2))
    fetch_once(inbox)
    with dovecot.client(user) as mailbox:
        assert mailbox.uids("SEEN") == ["1", "2"]


def test_a_stored_mail_is_moved_where_the_inbox_says_so_and_the_folder_is_made(
    dovecot, user, make_mailbox_inbox
):
    inbox = make_mailbox_inbox(imap_after="move", imap_move_to="Erledigt & geprüft")
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1), numbered(2))
    fetch_once(inbox)
    assert dovecot.count(user) == 0
    assert dovecot.count(user, "Erledigt & geprüft") == 2
    assert reconcile(folder_of(inbox)) == (0, 0, [])
    assert subjects() == ["Order 1", "Order 2"]


def test_a_folder_that_nothing_can_be_moved_to_costs_no_mail(dovecot, user, make_mailbox_inbox):
    inbox = make_mailbox_inbox(imap_after="move", imap_move_to="a//b")
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1))
    fetch_once(inbox)
    assert dovecot.count(user) == 1
    fetch_once(inbox)
    assert subjects() == ["Order 1"]


def test_another_folder_with_a_name_of_any_script_is_read(dovecot, user, make_mailbox_inbox):
    with dovecot.client(user) as mailbox:
        mailbox.folder.create("客服 Ärger")
    inbox = make_mailbox_inbox(imap_folder="INBOX, 客服 Ärger", imap_since="all")
    fetch_once(inbox, "客服 Ärger")
    with dovecot.client(user) as mailbox:
        mailbox.append(numbered(1), "客服 Ärger")
    fetch_once(inbox, "客服 Ärger")
    assert subjects() == ["Order 1"]


def test_another_mailbox_under_the_same_inbox_is_read_from_now_on(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1))
    fetch_once(inbox)
    other = dovecot.new_user()
    with dovecot.client(other) as mailbox:
        mailbox.append(numbered(2), dt=clock.now() - timedelta(days=9))
    inbox.options |= {"imap_user": other}
    inbox.save()
    fetch_once(inbox)
    assert not reconcile(folder_of(inbox)).missing
    dovecot.deliver(other, numbered(3))
    fetch_once(inbox)
    assert subjects() == ["Order 1", "Order 3"]


def test_answers_that_nobody_asked_for_are_told_from_the_others():
    told = [
        (b"1 (UID 7 BODY[] {2}", b"ab"),
        b")",
        b"3 (FLAGS (\\Seen))",
        (b"2 (BODY[] {2}", b"cd"),
        b" UID 8)",
    ]
    assert [(UID.search(text), literal) for text, literal in items_in(told)][1] == (None, None)
    assert by_uid(items_in(told)) == {7: b"ab", 8: b"cd"}
    assert by_uid(items_in([b'1 (UID 7 BODY[] "")', b"2 (UID 8 BODY[] NIL)"])) == {7: b""}


def test_times_of_arrival_are_read_in_any_zone():
    assert moment_of(b" 7-Nov-2026 09:05:00 +0130").isoformat() == "2026-11-07T07:35:00+00:00"
    assert moment_of(b"yesterday") is None


def file_of(dovecot, user, subject):
    """Where Dovecot keeps a mail, once it knows it."""
    with dovecot.client(user) as mailbox:
        mailbox.uids()
    files = (dovecot.root / "homes" / user).rglob("*/*:2*")
    return next(path for path in files if f"{subject}\n".encode() in path.read_bytes())


def with_luck(work, *arguments, **named):
    """Over a connection that the server may break."""
    with suppress(*EXPECTED):
        work(*arguments, **named)
