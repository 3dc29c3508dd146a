"""The report by mail: due in time, sent once, in the reader's language, and never to who wants no more."""

import io
import re
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from funnel.models import ReportMail, ReportSchedule, Signal
from funnel.replay import replay
from funnel.sharing.mailing import send_report
from funnel.sharing.schedules import (
    make_due_mails,
    make_mail,
    next_moment,
    pause_schedule,
    resume_schedule,
    schedule_report,
    span_before,
    try_schedule,
    unsubscribe_token,
)
from helpdesk import clock
from helpdesk.celery import app
from helpdesk.people.models import User, Workspace
from helpdesk.tickets.delivery import LEASE
from helpdesk.tickets.outcomes import BACK_OFF
from tests import factories
from tests.funnel.histories import GOLDEN
from tests.helpdesk.connectors.email.conftest import smtp_sink  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
ROME = ZoneInfo("Europe/Rome")
WEEK, MONTH = ReportSchedule.Every.WEEK, ReportSchedule.Every.MONTH
JANUARY_OVER = datetime(2026, 2, 1, 8, 0, tzinfo=ROME)


def rome(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ROME)


@pytest.fixture
def january(outbox, settings):
    """The golden January, with a worker that does each job when it is queued."""
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    settings.JOBS_INLINE = True


@pytest.fixture
def lea():
    return factories.make_agent("Lea")


def monthly(by, *, address: str = "board@shop.example", language: str = "en", words: dict | None = None):
    with clock.frozen_at(rome(2026, 1, 15, 12, 0)):
        return schedule_report(words or {}, address=address, every=MONTH, language=language, by=by)


def run_due(django_capture_on_commit_callbacks, at: datetime) -> None:
    """What beat and worker do at this moment."""
    with clock.frozen_at(at), django_capture_on_commit_callbacks(execute=True):
        make_due_mails()


def parsed(envelope) -> EmailMessage:
    return message_from_bytes(envelope.content, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def html_of(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()


# ---------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("every", "after", "then"),
    [
        (WEEK, rome(2026, 1, 14, 12, 0), rome(2026, 1, 19, 8, 0)),
        (WEEK, rome(2026, 1, 19, 7, 59), rome(2026, 1, 19, 8, 0)),
        (WEEK, rome(2026, 1, 19, 8, 0), rome(2026, 1, 26, 8, 0)),
        (WEEK, rome(2026, 3, 25, 12, 0), rome(2026, 3, 30, 8, 0)),  # the clock went forward on the 29th
        (WEEK, rome(2026, 10, 21, 12, 0), rome(2026, 10, 26, 8, 0)),  # and back on the 25th
        (WEEK, rome(2026, 12, 28, 9, 0), rome(2027, 1, 4, 8, 0)),
        (MONTH, rome(2026, 1, 31, 23, 0), rome(2026, 2, 1, 8, 0)),
        (MONTH, rome(2026, 2, 1, 8, 0), rome(2026, 3, 1, 8, 0)),
        (MONTH, rome(2026, 12, 1, 8, 1), rome(2027, 1, 1, 8, 0)),
    ],
)
def test_the_next_mail_leaves_at_eight_of_the_reporting_zone(every, after, then):
    assert next_moment(every, after=after, zone=ROME) == then
    assert next_moment(every, after=after, zone=ROME).astimezone(ROME).hour == 8


def test_a_week_with_a_change_of_the_clock_is_an_hour_shorter_or_longer():
    spring = next_moment(WEEK, after=rome(2026, 3, 23, 9, 0), zone=ROME) - rome(2026, 3, 23, 8, 0)
    assert rome(2026, 3, 30, 8, 0).timestamp() - rome(2026, 3, 23, 8, 0).timestamp() == 7 * 86400 - 3600
    assert spring == timedelta(days=7)  # on the wall


@pytest.mark.parametrize(
    ("every", "day", "since", "until"),
    [
        (WEEK, date(2026, 1, 19), date(2026, 1, 12), date(2026, 1, 18)),
        (WEEK, date(2026, 1, 25), date(2026, 1, 12), date(2026, 1, 18)),
        (WEEK, date(2026, 1, 1), date(2025, 12, 22), date(2025, 12, 28)),
        (MONTH, date(2026, 3, 1), date(2026, 2, 1), date(2026, 2, 28)),
        (MONTH, date(2026, 1, 31), date(2025, 12, 1), date(2025, 12, 31)),
        (MONTH, date(2028, 3, 1), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_mail_tells_of_the_last_whole_week_or_month(every, day, since, until):
    assert span_before(every, day) == (since, until)


# ---------------------------------------------------------------- once


def test_the_first_of_february_brings_january(january, lea, smtp_sink, django_capture_on_commit_callbacks):  # noqa: F811
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


def test_sweeping_and_sending_twice_sends_once(
    january,
    lea,
    smtp_sink,  # noqa: F811
    django_capture_on_commit_callbacks,
):
    monthly(lea)
    for _again in range(3):
        run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    with clock.frozen_at(JANUARY_OVER + LEASE * 2):
        send_report(ReportMail.objects.get().pk)
    assert len(smtp_sink.envelopes) == 1


def test_the_same_span_is_not_told_twice_when_the_reporting_zone_moves(
    january,
    lea,
    smtp_sink,  # noqa: F811
    django_capture_on_commit_callbacks,
):
    monthly(lea)
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    ReportSchedule.objects.update(next_at=JANUARY_OVER + timedelta(hours=8))
    Workspace.objects.update(time_zone="America/New_York")
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER + timedelta(hours=8))
    assert len(smtp_sink.envelopes) == 1


def test_no_mail_leaves_in_the_name_of_a_teammate_whose_account_is_closed(
    january,
    lea,
    smtp_sink,  # noqa: F811
    django_capture_on_commit_callbacks,
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
    january,
    lea,
    smtp_sink,  # noqa: F811
    django_capture_on_commit_callbacks,
):
    schedule = monthly(lea)
    run_due(django_capture_on_commit_callbacks, rome(2026, 4, 20, 15, 0))
    assert [(mail.since, mail.until) for mail in ReportMail.objects.all()] == [
        (date(2026, 3, 1), date(2026, 3, 31))
    ]
    schedule.refresh_from_db()
    assert schedule.next_at == rome(2026, 5, 1, 8, 0)


def test_a_job_that_was_never_queued_is_found_by_the_sweep(january, lea, smtp_sink, settings):  # noqa: F811
    monthly(lea)
    with clock.frozen_at(JANUARY_OVER):
        make_due_mails()  # the commit's callback is lost with its process
    assert not smtp_sink.envelopes
    with clock.frozen_at(JANUARY_OVER + timedelta(minutes=1)):
        assert [mail.state for mail in ReportMail.objects.due()] == ["queued"]
        send_report(ReportMail.objects.get().pk)
    assert len(smtp_sink.envelopes) == 1


def test_a_worker_that_died_while_sending_is_followed_by_another_under_the_same_message_id(
    january,
    lea,
    smtp_sink,  # noqa: F811
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


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_shown(january, lea, smtp_sink):  # noqa: F811
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


def test_a_server_that_never_takes_it_is_given_up_after_a_day(january, lea, smtp_sink):  # noqa: F811
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


# ---------------------------------------------------------------- what it says


@pytest.fixture
def sent(january, lea, smtp_sink, django_capture_on_commit_callbacks):  # noqa: F811
    """sent(language="it"): the mail of January as the server got it."""

    def send(**fields) -> EmailMessage:
        monthly(lea, **fields)
        run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
        return parsed(smtp_sink.envelopes[-1])

    return send


def test_the_mail_says_the_headline_and_six_figures_in_both_forms(sent):
    mail = sent()
    assert mail["Subject"].endswith("support report, January 2026")
    for form in (text_of(mail), html_of(mail)):
        assert "Self-service solved 33.3% of 9 problems." in form
        for figure in ("33.3%", "11", "7", "13 min 30 s", "9 h 5 min", "60.0%"):
            assert figure in form
    assert html_of(mail).count('class="figure"') == 6


def test_the_report_as_a_pdf_comes_along(sent):
    (attached,) = sent(language="it").iter_attachments()
    assert attached.get_filename() == "funnel-2026-01-01-2026-01-31.pdf"
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(attached.get_content())).pages)
    assert "33,3" in words


def test_the_mail_speaks_its_readers_language(sent):
    mail = sent(language="it")
    assert "33,3" in text_of(mail)
    assert '<html lang="it">' in html_of(mail)
    assert "gennaio 2026" in mail["Subject"]


def test_filters_hold_in_the_mail_and_are_named(sent):
    mail = sent(words={"period": "year", "channel": ["email"]})
    assert re.search(r"New conversations: 1\b", text_of(mail))
    assert "Email" in text_of(mail)


def test_a_mail_whose_filter_is_gone_is_not_sent_without_it(
    january,
    lea,
    smtp_sink,  # noqa: F811
):
    gone = factories.make_department("Gone")
    monthly(lea, words={"department": [str(gone.pk)]})
    gone.delete()
    with clock.frozen_at(JANUARY_OVER):
        make_due_mails()
        send_report(ReportMail.objects.get().pk)
    assert ReportMail.objects.get().state == "failed"
    assert not smtp_sink.envelopes


def test_its_link_opens_the_same_month_without_an_account(sent, client):
    mail = sent()
    (url,) = set(re.findall(r"http://testserver(/funnel/shared/\S+/)", text_of(mail)))
    with clock.frozen_at(JANUARY_OVER):
        assert "Self-service solved 33.3% of 9 problems." in client.get(url).content.decode()
    with clock.frozen_at(JANUARY_OVER + timedelta(days=34)):
        assert "1 January 2026 to 31 January 2026" in client.get(url).content.decode()
    with clock.frozen_at(JANUARY_OVER + timedelta(days=36)):
        assert client.get(url).status_code == 404


def test_its_headers_are_those_of_a_machine_that_can_be_told_to_stop(sent, settings):
    settings.PUBLIC_URL = "https://help.shop.example"
    settings.DEFAULT_FROM_EMAIL = "reports@shop.example"
    mail = sent()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@shop.example>")
    assert mail["From"].addresses[0].addr_spec == "reports@shop.example"
    assert re.fullmatch(
        r"<https://help\.shop\.example/funnel/unsubscribe/\S+/>", mail["List-Unsubscribe"].strip()
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_is_offered_over_https_only(sent):
    mail = sent()
    assert mail["List-Unsubscribe"].strip().startswith("<http://testserver/")
    assert mail["List-Unsubscribe-Post"] is None


# ---------------------------------------------------------------- enough


def leave_url(schedule: ReportSchedule) -> str:
    return reverse("funnel:unsubscribe", args=[unsubscribe_token(schedule)])


def test_a_mail_program_unsubscribes_by_one_post_without_cookies(
    january,
    lea,
    smtp_sink,  # noqa: F811
    django_capture_on_commit_callbacks,
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


def test_what_waits_for_another_try_does_not_leave_after_unsubscribing(january, lea, smtp_sink):  # noqa: F811
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
    january,
    lea,
    smtp_sink,  # noqa: F811
    django_capture_on_commit_callbacks,
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


def test_a_mail_can_be_tried_at_once_and_comes_in_its_time_all_the_same(
    january,
    lea,
    smtp_sink,  # noqa: F811
    django_capture_on_commit_callbacks,
):
    schedule = monthly(lea)
    with clock.frozen_at(rome(2026, 1, 15, 12, 0)), django_capture_on_commit_callbacks(execute=True):
        try_schedule(schedule)
        try_schedule(schedule)
    assert [parsed(each)["Subject"][-13:] for each in smtp_sink.envelopes] == ["December 2025"] * 2
    run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
    assert len(smtp_sink.envelopes) == 3


def test_the_timetables_job_makes_what_is_due_and_sends_what_waits(january, lea, smtp_sink):  # noqa: F811
    monthly(lea)
    app.conf.task_always_eager = True
    try:
        with clock.frozen_at(JANUARY_OVER):
            app.tasks[app.conf.beat_schedule["send the report by mail"]["task"]].apply(throw=True)
    finally:
        app.conf.task_always_eager = False
    assert len(smtp_sink.envelopes) == 1
    assert ReportMail.objects.get().state == "sent"


# ---------------------------------------------------------------- where to invest


def keep_signals(*kinds: tuple[str, str, dict], **fields) -> None:
    for weight, (kind, subject, figures) in enumerate(kinds):
        Signal.objects.create(
            kind=kind,
            subject=subject,
            figures=SOME | figures,
            weight=weight,
            found_at=JANUARY_OVER,
            reckoned_at=JANUARY_OVER,
            **fields,
        )


SOME = {"team_hours": 1.0, "waiting_hours": 2.0, "by": "readers", "readers": 101, "votes": 0, "share": 0.6}
SOME |= {"average": 0.9, "questions": 312, "before": 200, "median": 14400, "month": "2026-01"}
ARTICLES = [("article_not_helping", str(n), {"title": f"Article number {n}"}) for n in range(1, 5)]
TOPIC = ("topic_without_article", "en:carla's secret", {"topic": "carla's secret"})


def test_the_mail_names_the_three_places_to_invest_that_are_worth_most_and_quotes_no_customer(sent):
    keep_signals(*ARTICLES, TOPIC)
    keep_signals(("article_not_helping", "9", {"title": "Dismissed"}), state="dismissed")
    keep_signals(("article_not_helping", "8", {"title": "No longer so"}), is_standing=False)
    mail = sent()
    for form in (text_of(mail), html_of(mail)):
        assert re.findall(r"Article number \d", form) == [f"Article number {n}" for n in (4, 3, 2)]
        assert "secret" not in form
        assert "Dismissed" not in form
        assert "No longer so" not in form


def test_a_mail_about_a_part_of_the_desk_names_no_places_of_the_whole(sent):
    keep_signals(*ARTICLES)
    assert "Article number" not in text_of(sent(words={"channel": ["email"]}))
