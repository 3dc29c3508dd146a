"""Of what somebody is told, and by which ways."""

from datetime import UTC, datetime

import pytest
from django.core import mail as sent_mail
from django.core.cache import cache

from helpdesk import clock
from helpdesk.notices.choosing import DEFAULTS, Mail, mail_at
from helpdesk.notices.mailing import mail_due
from helpdesk.notices.models import Notice, NoticeHabits
from helpdesk.notices.notifying import notify
from tests.factories import make_admin, make_agent

pytestmark = pytest.mark.django_db
Kind = Notice.Kind
MONDAY = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)


def test_every_kind_has_its_default():
    assert set(DEFAULTS) == set(Kind)


@pytest.mark.parametrize(
    ("digest", "zone", "due"),
    [
        ("hourly", "UTC", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("daily", "UTC", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (
            "daily",
            "America/New_York",
            datetime(2026, 11, 23, 13, tzinfo=UTC),
        ),  # 4:20 there: this very morning
        ("daily", "Asia/Shanghai", datetime(2026, 11, 24, 0, tzinfo=UTC)),
    ],
)
def test_a_digest_comes_at_the_full_hour_or_in_the_reader_s_morning(digest, zone, due):
    assert mail_at(NoticeHabits(digest=digest), Mail.DIGEST, MONDAY, zone) == due


def test_the_digest_is_one_mail_with_what_nobody_read(client):
    cache.clear()
    ada = make_agent("Ada", email="ada@shop.example")
    with clock.frozen_at(MONDAY):
        for number in (1, 2, 3):
            notify([ada], Kind.NOTED, key=f"message:{number}", title=f"#{number} Parcel")
        ada.notices.filter(key="message:2").update(read_at=MONDAY)
        assert mail_due() == 0
    with clock.frozen_at(MONDAY.replace(day=24, hour=8, minute=1)):
        assert mail_due() == 1
    (mail,) = sent_mail.outbox
    assert "#1 Parcel" in mail.body and "#3 Parcel" in mail.body and "#2 Parcel" not in mail.body


def test_what_one_wants_in_no_way_is_not_even_stored_and_others_are_told(client):
    ada, bo = make_agent("Ada"), make_agent("Bo")
    client.force_login(ada)
    client.post("/notices/choices/", {"digest": "hourly", f"page-{Kind.NOTED}": "on"})
    notify([ada, bo], Kind.ASSIGNED, key="event:1", title="#1")
    notify([ada], Kind.NOTED, key="message:1", title="#1")
    assert list(ada.notices.values_list("kind", "in_page", "mail_state")) == [("noted", True, "none")]
    assert bo.notices.get().mail_state == "queued"
    assert NoticeHabits.objects.get(user=ada).digest == "hourly"


def test_only_what_differs_from_the_defaults_is_kept(client):
    ada = make_agent("Ada")
    client.force_login(ada)
    form = {"digest": "daily"}
    for kind, ways in DEFAULTS.items():
        form |= {f"mail-{kind}": ways.mail}
        form |= {f"page-{kind}": "on"} if ways.page else {}
        form |= {f"browser-{kind}": "on"} if ways.browser else {}
    form[f"mail-{Kind.WOKEN}"] = "digest"
    client.post("/notices/choices/", form)
    assert NoticeHabits.objects.get().choices == {"woken": {"page": True, "browser": False, "mail": "digest"}}


@pytest.mark.parametrize("wrong", [{"digest": "yearly"}, {"digest": "daily", "mail-assigned": "by owl"}])
def test_a_way_that_is_none_is_refused(client, wrong):
    client.force_login(make_agent())
    assert client.post("/notices/choices/", wrong).status_code == 400
    assert not NoticeHabits.objects.exists()


def test_the_page_shows_each_what_can_concern_them(client):
    client.force_login(make_agent())
    assert "mail loop" not in client.get("/notices/choices/").content.decode()
    client.force_login(make_admin())
    assert "mail loop" in client.get("/notices/choices/").content.decode()


def test_what_is_told_anew_goes_the_ways_that_are_chosen_by_then():
    ada = make_agent("Ada")
    matter = {"key": "ticket:1", "title": "#1", "renews": True}
    notify([ada], Kind.CUSTOMER_WROTE, **matter)
    ada.notices.update(read_at=MONDAY)
    ways = {"page": False, "browser": False, "mail": Mail.SOON}
    NoticeHabits.objects.create(user=ada, choices={Kind.CUSTOMER_WROTE: ways})
    notify([ada], Kind.CUSTOMER_WROTE, **matter)
    told = ada.notices.get()
    assert (told.in_page, told.in_browser, told.mail_state, told.read_at) == (False, False, "queued", None)
