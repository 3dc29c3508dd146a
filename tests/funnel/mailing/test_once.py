"""The report by mail is sent once, whatever happens to workers and servers."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from funnel.models import ReportMail, ReportSchedule
from funnel.sharing.mailing import send_report
from funnel.sharing.schedules import make_due_mails, make_mail, try_schedule
from helpdesk import clock
from helpdesk.celery import app
from helpdesk.people.models import User, Workspace
from helpdesk.tickets.delivery import LEASE
from helpdesk.tickets.outcomes import BACK_OFF
from tests.funnel.mailing.january import JANUARY_OVER, monthly, parsed, rome, run_due

pytestmark = pytest.mark.django_db


def test_the_first_of_february_brings_january(january, lea, smtp_sink, django_capture_on_commit_callbacks):
    schedule = monthly(lea)
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER - timedelta(minutes=1))
    assert not smtp_sink.envelopes
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    (envelope,) = smtp_sink.envelopes
    assert envelope.rcpt_tos == ["board@shop.example"]
    mail = ReportMail.objects.get()
    assert (mail.state, mail.attempts, mail.sent_at) == ("sent", 1, JANUARY_OVER)
    assert (mail.since, mail.until) == (date(2026, 1, 1), date(2026, 1, 31))
    schedule.refresh_from_db()
    assert schedule.next_at == rome(2026, 3, 1, 8, 0)


def test_sweeping_and_sending_twice_sends_once(january, lea, smtp_sink, django_capture_on_commit_callbacks):
    monthly(lea)
    for _again in range(3):
        run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    with clock.frozen_at(JANUARY_OVER + LEASE * 2):
        send_report(ReportMail.objects.get().pk)
    assert len(smtp_sink.envelopes) == 1


def test_the_same_span_is_not_told_twice_when_the_reporting_zone_moves(
    january, lea, smtp_sink, django_capture_on_commit_callbacks
):
    monthly(lea)
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    ReportSchedule.objects.update(next_at=JANUARY_OVER + timedelta(hours=8))
    Workspace.objects.update(time_zone="America/New_York")
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER + timedelta(hours=8))
    assert len(smtp_sink.envelopes) == 1


def test_no_mail_leaves_in_the_name_of_a_teammate_whose_account_is_closed(
    january, lea, smtp_sink, django_capture_on_commit_callbacks
):
    schedule = monthly(lea)
    User.objects.filter(pk=lea.pk).update(is_active=False)
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    assert smtp_sink.envelopes == []
    with clock.frozen_at(JANUARY_OVER):
        mail = make_mail(schedule, date(2026, 1, 1), date(2026, 1, 31))
        assert not ReportMail.objects.due().exists()
        User.objects.filter(pk=lea.pk).update(is_active=True)
        assert list(ReportMail.objects.due()) == [mail]


def test_after_a_long_standstill_only_the_last_month_is_told(
    january, lea, smtp_sink, django_capture_on_commit_callbacks
):
    schedule = monthly(lea)
    run_due(django_capture_on_commit_callbacks, rome(2026, 4, 20, 15, 0))
    assert [(mail.since, mail.until) for mail in ReportMail.objects.all()] == [
        (date(2026, 3, 1), date(2026, 3, 31))
    ]
    schedule.refresh_from_db()
    assert schedule.next_at == rome(2026, 5, 1, 8, 0)


def test_a_job_that_was_never_queued_is_found_by_the_sweep(january, lea, smtp_sink, settings):
    monthly(lea)
    with clock.frozen_at(JANUARY_OVER):
        make_due_mails()  # the commit's callback is lost with its process
    assert not smtp_sink.envelopes
    with clock.frozen_at(JANUARY_OVER + timedelta(minutes=1)):
        assert [mail.state for mail in ReportMail.objects.due()] == ["queued"]
        send_report(ReportMail.objects.get().pk)
    assert len(smtp_sink.envelopes) == 1


def test_a_worker_that_died_while_sending_is_followed_by_another_under_the_same_message_id(
    january, lea, smtp_sink
):
    monthly(lea)
    with clock.frozen_at(JANUARY_OVER):
        make_due_mails()
        mail = ReportMail.objects.get()
        send_report(mail.pk)
    # As if it had died between the server's yes and its own note.
    ReportMail.objects.update(state="sending", sent_at=None, next_attempt_at=JANUARY_OVER + LEASE)
    with clock.frozen_at(JANUARY_OVER + LEASE - timedelta(seconds=1)):
        send_report(mail.pk)
    assert len(smtp_sink.envelopes) == 1
    with clock.frozen_at(JANUARY_OVER + LEASE):
        send_report(mail.pk)
    first, second = (parsed(envelope)["Message-ID"] for envelope in smtp_sink.envelopes)
    assert first == second
    assert ReportMail.objects.get().state == "sent"


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_shown(january, lea, smtp_sink):
    monthly(lea)
    smtp_sink.answer = "451 4.3.0 come back later"
    with clock.frozen_at(JANUARY_OVER):
        make_due_mails()
        send_report(ReportMail.objects.get().pk)
    mail = ReportMail.objects.get()
    assert (mail.state, mail.next_attempt_at) == ("queued", JANUARY_OVER + timedelta(seconds=BACK_OFF[0]))
    assert "come back later" in mail.error
    smtp_sink.answer = "550 5.1.1 nobody here"
    with clock.frozen_at(mail.next_attempt_at):
        send_report(mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.next_attempt_at) == ("failed", 2, None)
    client = Client()
    client.force_login(lea)
    assert "nobody here" in client.get(reverse("funnel:share")).content.decode()


def test_a_server_that_never_takes_it_is_given_up_after_a_day(january, lea, smtp_sink):
    monthly(lea)
    smtp_sink.answer = "451 4.3.0 come back later"
    with clock.frozen_at(JANUARY_OVER):
        make_due_mails()
    for _try in range(len(BACK_OFF) + 1):
        mail = ReportMail.objects.get()
        assert mail.state == "queued"
        with clock.frozen_at(mail.next_attempt_at):
            send_report(mail.pk)
    assert ReportMail.objects.get().state == "failed"


def test_a_mail_can_be_tried_at_once_and_comes_in_its_time_all_the_same(
    january, lea, smtp_sink, django_capture_on_commit_callbacks
):
    schedule = monthly(lea)
    with clock.frozen_at(rome(2026, 1, 15, 12, 0)), django_capture_on_commit_callbacks(execute=True):
        try_schedule(schedule)
        try_schedule(schedule)
    assert [parsed(each)["Subject"][-13:] for each in smtp_sink.envelopes] == ["December 2025"] * 2
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    assert len(smtp_sink.envelopes) == 3


def test_the_timetables_job_makes_what_is_due_and_sends_what_waits(january, lea, smtp_sink):
    monthly(lea)
    app.conf.task_always_eager = True
    try:
        with clock.frozen_at(JANUARY_OVER):
            app.tasks[app.conf.beat_schedule["send the report by mail"]["task"]].apply(throw=True)
    finally:
        app.conf.task_always_eager = False
    assert len(smtp_sink.envelopes) == 1
    assert ReportMail.objects.get().state == "sent"
