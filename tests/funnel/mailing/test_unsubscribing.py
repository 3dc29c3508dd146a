"""The report by mail never goes to who wants no more, and rests while it is paused."""

import pytest
from django.test import Client
from django.urls import reverse

from funnel.models import ReportMail, ReportSchedule
from funnel.sharing.schedules import make_due_mails, pause_schedule, resume_schedule, unsubscribe_token
from helpdesk import clock
from tests.funnel.mailing.january import JANUARY_OVER, monthly, rome, run_due

pytestmark = pytest.mark.django_db


def leave_url(schedule: ReportSchedule) -> str:
    return reverse("funnel:unsubscribe", args=[unsubscribe_token(schedule)])


def test_a_mail_program_unsubscribes_by_one_post_without_cookies(
    january, lea, smtp_sink, django_capture_on_commit_callbacks
):
    schedule = monthly(lea)
    client = Client(enforce_csrf_checks=True)
    assert client.get(leave_url(schedule)).status_code == 200
    schedule.refresh_from_db()
    assert schedule.is_active  # scanners open links
    answer = client.post(leave_url(schedule), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    assert not smtp_sink.envelopes
    schedule.refresh_from_db()
    resume_schedule(schedule)  # nobody here overrules the reader
    schedule.refresh_from_db()
    assert not schedule.is_active
    assert schedule.unsubscribed_at


def test_what_waits_for_another_try_does_not_leave_after_unsubscribing(january, lea, smtp_sink):
    schedule = monthly(lea)
    with clock.frozen_at(JANUARY_OVER):
        make_due_mails()
        Client().post(leave_url(schedule))
        assert not ReportMail.objects.exists()


def test_a_forged_way_out_ends_nothing(client, lea):
    schedule = monthly(lea)
    address = reverse("funnel:unsubscribe", args=[unsubscribe_token(schedule)[:-1] + "x"])
    assert client.post(address).status_code == 404
    schedule.refresh_from_db()
    assert schedule.is_active


def test_leaving_mails_that_were_deleted_meanwhile_is_said_to_be_done(client, lea):
    schedule = monthly(lea)
    address = leave_url(schedule)
    schedule.delete()
    assert client.post(address).status_code == 200


def test_a_paused_mail_rests_and_goes_on_with_its_next_date(
    january, lea, smtp_sink, django_capture_on_commit_callbacks
):
    schedule = monthly(lea)
    pause_schedule(schedule)
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    assert not smtp_sink.envelopes
    with clock.frozen_at(rome(2026, 2, 10, 9, 0)):
        resume_schedule(schedule)
    run_due(django_capture_on_commit_callbacks, rome(2026, 2, 10, 9, 1))
    assert not smtp_sink.envelopes
    run_due(django_capture_on_commit_callbacks, rome(2026, 3, 1, 8, 0))
    assert len(smtp_sink.envelopes) == 1
