"""Who is told of what happens to a ticket, why, and when it counts as read."""

from datetime import timedelta

import pytest
from django.core import mail as sent_mail
from django.core.cache import cache
from django.urls import reverse

from helpdesk import clock
from helpdesk.events.tasks import tell_forgotten
from helpdesk.notices.mailing import mail_due
from helpdesk.notices.models import Notice, NoticeHabits
from helpdesk.tickets.actions import assign_ticket, snooze_ticket, transfer_ticket
from helpdesk.tickets.handing_over import hand_over_ticket
from helpdesk.tickets.tasks import wake_due
from helpdesk.tickets.writing import add_note
from tests.factories import (
    by,
    customer_writes,
    make_admin,
    make_agent,
    make_department,
    make_inbox,
    make_ticket,
)

pytestmark = pytest.mark.django_db(transaction=True)
Kind = Notice.Kind


@pytest.fixture(autouse=True)
def inline_jobs(settings):
    settings.JOBS_INLINE = True


def goes_on(ticket, text="Hello?"):
    first = ticket.messages.filter(kind="incoming").first()
    return customer_writes(ticket.inbox, text, replies_to=[first.external_id])


def told(user):
    return sorted(user.notices.values_list("kind", flat=True))


def test_whoever_is_given_a_ticket_hears_of_it_and_whoever_takes_one_does_not():
    ann, bo, ticket = make_agent("Ann"), make_agent("Bo"), make_ticket(subject="Parcel")
    assign_ticket(ticket, to=bo, by=by(ann))
    notice = bo.notices.get()
    assert (notice.kind, notice.title, notice.reason) == ("assigned", f"#{ticket.pk} Parcel", "assignee")
    assign_ticket(ticket, to=ann, by=by(ann))
    assert not ann.notices.exists()


def test_a_customer_s_lines_are_one_notice_until_it_is_read_and_then_one_again(client):
    ann, ticket = make_agent("Ann"), make_ticket()
    assign_ticket(ticket, to=ann, by=by(ann))
    goes_on(ticket)
    goes_on(ticket, "Are you there?")
    assert told(ann) == ["customer_wrote"]
    client.force_login(ann)
    client.get(reverse("desk:ticket", args=[ticket.pk]))
    assert not ann.notices.filter(read_at=None).exists()
    goes_on(ticket, "Thanks!")
    notice = ann.notices.get()
    assert notice.read_at is None and notice.text == "Thanks!"


def test_what_the_agent_has_seen_before_the_job_came_is_no_news(client, settings):
    ann, ticket = make_agent("Ann"), make_ticket()
    assign_ticket(ticket, to=ann, by=by(ann))
    settings.JOBS_INLINE = False
    goes_on(ticket)
    client.force_login(ann)
    client.get(reverse("desk:ticket", args=[ticket.pk]))
    settings.JOBS_INLINE = True
    with clock.frozen_at(clock.now() + timedelta(minutes=5)):
        tell_forgotten()
    assert not ann.notices.exists()


def test_a_note_tells_whom_it_names_and_the_ticket_s_agent_never_its_writer():
    ann, bo, cy = make_agent("Ann"), make_agent("Bo"), make_agent("Cy")
    ticket = make_ticket()
    assign_ticket(ticket, to=ann, by=by(ann))
    add_note(ticket, "@Bo and @Cy: any idea?", by=by(cy), mentions=[bo, cy])
    assert (told(ann), told(bo), told(cy)) == (["noted"], ["mentioned"], [])
    add_note(ticket, "@Ann: done", by=by(bo), mentions=[ann])
    assert told(ann) == ["mentioned", "noted"]


def test_a_name_that_may_not_see_the_ticket_is_told_nothing():
    boss = make_agent("Boss")
    closed = make_department("Legal", is_restricted=True)
    ticket = make_ticket(make_inbox(department=closed))
    add_note(ticket, "@Boss", by=by(make_agent("Ann")), mentions=[boss])
    assert not boss.notices.exists()


def test_handing_over_is_one_notice():
    ann, bo, ticket = make_agent("Ann"), make_agent("Bo"), make_ticket()
    hand_over_ticket(ticket, department=None, to=bo, note="@Bo please", by=by(ann))
    assert told(bo) == ["handed_over"]
    assert bo.notices.get().ticket_id == ticket.pk


def test_time_wakes_a_ticket_and_its_agent_hears_of_it():
    ann, ticket = make_agent("Ann"), make_ticket()
    assign_ticket(ticket, to=ann, by=by(ann))
    snooze_ticket(ticket, until=clock.now() + timedelta(hours=1), by=by(ann))
    with clock.frozen_at(clock.now() + timedelta(hours=2)):
        wake_due()
    assert told(ann) == ["woken"]


def test_of_new_tickets_only_those_hear_who_asked_and_work_there():
    ann, bo = make_agent("Ann"), make_agent("Bo")
    make_agent("Cy")
    sales = make_department("Sales", members=(ann,))
    make_ticket(make_inbox(department=sales))
    assert not Notice.objects.exists()
    for user in (ann, bo):
        NoticeHabits.objects.create(user=user, choices={"new_ticket": {"page": True}})
    make_ticket(make_inbox(department=sales), email="dan@customer.example")
    assert [(one.user, one.reason) for one in Notice.objects.all()] == [(ann, "member")]
    make_ticket(make_inbox(), email="eve@customer.example")
    assert told(bo) == ["new_ticket"]


def test_the_page_says_why_and_the_bell_carries_what_the_browser_shows(client):
    ann, bo, ticket = make_agent("Ann"), make_agent("Bo"), make_ticket(subject="Parcel")
    assign_ticket(ticket, to=bo, by=by(ann))
    client.force_login(bo)
    page = client.get("/notices/").content.decode()
    assert (
        "Because the ticket is yours." in page
        and "It went: under the bell, by the browser, by mail, still to come." in page
    )
    bell = client.get("/notices/bell/").content.decode()
    assert f"#{ticket.pk} Parcel" in bell and "data-announced" in bell
    client.force_login(ann)
    assert "data-announced" not in client.get("/notices/bell/").content.decode()


def test_a_digest_says_nothing_of_a_ticket_that_its_reader_may_not_see_any_more():
    cache.clear()
    ann, ticket = make_agent("Ann", email="ann@shop.example"), make_ticket(subject="Salary")
    other = make_ticket(subject="Parcel", email="dan@customer.example")
    for one in (ticket, other):
        assign_ticket(one, to=ann, by=by(ann))
        add_note(one, "Please look", by=by(make_agent()))
    transfer_ticket(ticket, to=make_department("Legal", is_restricted=True), by=by(make_admin()))
    with clock.frozen_at(clock.now() + timedelta(days=2)):
        assert mail_due() == 1
    (mail,) = sent_mail.outbox
    assert "Parcel" in mail.body and "Salary" not in mail.body
