"""The bell, and the mail that goes out for what nobody reads."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail as sent_mail
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as LocBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from helpdesk import clock
from helpdesk.notices.mailing import BACK_OFF, PAUSE, mail_due
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify, notify_admins
from tests.factories import make_admin, make_agent

pytestmark = pytest.mark.django_db
KIND = Notice.Kind.DELIVERY_FAILED


class AwayBackend(BaseEmailBackend):
    """A mail server that nobody answers at."""

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("away")


class OddBackend(LocBackend):
    """As a provider's: it refuses one address with an error of its own, and takes the others."""

    def send_messages(self, messages):
        if messages[0].to == ["ada@shop.example"]:
            raise LookupError("no such domain")
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def ada():
    return make_admin("Ada", email="ada@shop.example")


def tell(*users, key="message:1", title="An answer on #4 did not arrive", **matter):
    matter = {"text": "550 No such user", "url": "/desk/tickets/4/"} | matter
    notify(users, KIND, key=key, title=title, **matter)


def later(**time):
    return clock.frozen_at(clock.now() + timedelta(**time))


def test_the_same_matter_is_told_once(ada):
    tell(ada)
    tell(ada)
    tell(ada, key="message:2")
    assert ada.notices.count() == 2


def test_what_is_not_read_within_two_minutes_is_mailed_in_one_mail(ada):
    tell(ada, make_agent("Bo", email="bo@shop.example"))
    tell(ada, key="message:2", title="An answer on #5 did not arrive", url="/desk/tickets/5/")
    assert mail_due() == 0
    with later(minutes=3):
        assert mail_due() == 2
        assert mail_due() == 0
    to_ada, to_bo = sorted(sent_mail.outbox, key=lambda one: one.to)
    assert (to_ada.to, to_bo.to) == (["ada@shop.example"], ["bo@shop.example"])
    assert to_ada.subject == "An answer on #4 did not arrive, and 1 more notice"
    assert "550 No such user\nhttp://testserver/desk/tickets/4/" in to_ada.body
    assert "http://testserver/desk/tickets/5/" in to_ada.body
    assert to_bo.subject == "An answer on #4 did not arrive"
    assert 'href="http://testserver/desk/tickets/4/"' in to_bo.alternatives[0][0]
    assert to_ada.extra_headers["Auto-Submitted"] == "auto-generated"
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {"sent"}


def test_what_was_read_meanwhile_is_not_mailed(ada, client):
    tell(ada)
    client.force_login(ada)
    assert client.get(f"/notices/{Notice.objects.get().pk}/")["Location"] == "/desk/tickets/4/"
    with later(minutes=3):
        assert mail_due() == 0
    assert Notice.objects.get().mail_state == "none"


@pytest.mark.parametrize("field", ["mails_notices", "is_active"])
def test_who_does_not_want_mail_or_has_left_gets_none(ada, field):
    setattr(ada, field, False)
    ada.save()
    tell(ada)
    with later(minutes=3):
        assert mail_due() == 0
    assert not sent_mail.outbox


def test_a_storm_of_notices_is_a_mail_every_ten_minutes(ada):
    tell(ada)
    with later(minutes=3):
        mail_due()
        for number in range(20):
            tell(ada, key=f"storm:{number}")
    with later(minutes=6):
        assert mail_due() == 0
    cache.delete(f"notices.mailed.{ada.pk}")  # PAUSE seconds have gone by
    with later(minutes=3, seconds=PAUSE):
        assert mail_due() == 1
    assert sent_mail.outbox[1].body.count("did not arrive") == 20


def test_a_mail_server_that_is_away_is_tried_again_and_then_given_up(ada, settings):
    tell(ada)
    settings.EMAIL_BACKEND = "tests.helpdesk.notices.test_notices.AwayBackend"
    moment = clock.now() + timedelta(minutes=3)
    for seconds in (*BACK_OFF, 1):
        with clock.frozen_at(moment):
            assert mail_due() == 0
            assert mail_due() == 0  # not before its time
        moment += timedelta(seconds=seconds + 1)
    notice = Notice.objects.get()
    assert (notice.mail_state, notice.mail_attempts) == ("failed", len(BACK_OFF) + 1)
    assert "away" in notice.mail_error


def test_one_whose_mail_the_backend_trips_over_costs_the_others_nothing(ada, settings):
    tell(ada, make_agent("Bo", email="bo@shop.example"))
    settings.EMAIL_BACKEND = "tests.helpdesk.notices.test_notices.OddBackend"
    with later(minutes=3):
        assert mail_due() == 1
    assert [one.to for one in sent_mail.outbox] == [["bo@shop.example"]]
    assert "no such domain" in ada.notices.get().mail_error


def test_a_try_after_a_crash_goes_out_under_the_same_message_id(ada):
    tell(ada)
    with later(minutes=3):
        mail_due()
    Notice.objects.update(
        mail_state="queued", next_attempt_at=clock.now()
    )  # as a dead worker's lease leaves it
    cache.clear()
    with later(minutes=9):
        mail_due()
    first, second = (one.extra_headers["Message-ID"] for one in sent_mail.outbox)
    assert first == second


def test_everybody_is_told_in_their_own_language(ada):
    notify_admins(KIND, key="x", title=format_lazy("{word} #4", word=gettext_lazy("Yes")))
    make_admin("Gina", language="it")
    notify_admins(KIND, key="y", title=format_lazy("{word} #5", word=gettext_lazy("Yes")))
    assert set(Notice.objects.values_list("title", flat=True)) == {"Yes #4", "Yes #5", "Sì #5"}


def test_the_bell_counts_what_is_unread_and_the_page_lists_it(ada, client):
    other = make_admin("Bo")
    tell(ada, other)
    tell(ada, key="message:2", title="Another")
    client.force_login(ada)
    page = client.get("/notices/").content.decode()
    assert "Notices: 2 unread" in page
    assert page.index("Another") < page.index("An answer on #4 did not arrive")
    client.get(f"/notices/{ada.notices.first().pk}/")
    assert (
        "Notices: 1 unread" in client.get("/notices/bell/", headers={"HX-Request": "true"}).content.decode()
    )
    client.post("/notices/reading/")
    assert "unread" not in client.get("/notices/").content.decode()
    assert other.notices.filter(read_at=None).count() == 1


def test_nobody_reads_the_notices_of_others_and_none_leads_away(ada, client):
    tell(ada, url="//evil.example/")
    client.force_login(make_agent())
    assert client.get(f"/notices/{ada.notices.get().pk}/").status_code == 404
    client.force_login(ada)
    assert client.get(f"/notices/{ada.notices.get().pk}/")["Location"] == "/notices/"


def test_a_page_whose_session_is_over_keeps_its_bell(client):
    assert client.get("/notices/bell/", headers={"HX-Request": "true"}).status_code == 204


def test_the_page_costs_the_same_with_many_notices(ada, client):
    client.force_login(ada)
    client.get("/notices/")

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/notices/").status_code == 200
        return len(captured)

    tell(ada)
    few = queries()
    for number in range(60):
        tell(ada, key=f"many:{number}")
    assert queries() == few <= 6
    page = client.get("/notices/").content.decode()
    assert 'class="pager"' in page
    assert "Notices: 61 unread" in page
