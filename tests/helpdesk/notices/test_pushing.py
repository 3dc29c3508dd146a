"""What goes to a teammate's phone while no page of ours is open there."""

from datetime import timedelta
from email.utils import format_datetime

import http_ece
import pytest
from django.core.cache import cache
from django.db import connection

from helpdesk import clock
from helpdesk.health.figures import metrics_text
from helpdesk.notices.models import Device, Notice, Push
from helpdesk.notices.pushing import BACK_OFF, LEASE, due_pushes, forget_old_pushes, send_push
from helpdesk.notices.webpush import encrypted_for, make_keys, push_keys
from tests.factories import make_agent, make_department, make_inbox, make_ticket
from tests.helpdesk.notices.pushes import device_of, later, send_due, tell
from tests.push_service import AUTH, push_service

pytestmark = pytest.mark.django_db
Kind, State = Notice.Kind, Push.State


def state():
    return Push.objects.get().state


def test_a_notice_comes_to_each_device_signed_and_readable_there_alone(ada, service):
    device_of(ada, service), device_of(ada, service, "two")
    tell(ada)
    assert due_pushes() == []  # a page that is looked at shows it first
    assert send_due() == 2
    assert send_due() == 0
    assert sorted(one["path"] for one in service.taken) == ["one", "two"]
    came = service.taken[0]
    notice = Notice.objects.get()
    assert came["payload"] == {
        "title": "#4 Where is it?",
        "body": "A ticket is yours now",
        "tag": f"notice-{notice.pk}",
        "url": f"/notices/{notice.pk}/",
        "at": "/desk/tickets/4/",
        "unread": 1,
    }
    assert came["claims"]["sub"] == "mailto:support@example.com"
    assert came["claims"]["exp"] <= (clock.now() + timedelta(hours=24)).timestamp()
    assert (came["headers"]["topic"], came["headers"]["urgency"]) == (
        service.taken[1]["headers"]["topic"],
        "high",
    )
    assert set(Push.objects.values_list("state", flat=True)) == {State.SENT}
    assert Device.objects.filter(used_at=None).count() == 0


def test_only_the_device_s_own_key_opens_it(ada, service):
    sealed = encrypted_for(device_of(ada, service), b"#4")
    assert b"#4" not in sealed
    assert http_ece.decrypt(sealed, private_key=service.key, auth_secret=AUTH, version="aes128gcm") == b"#4"
    with push_service() as other, pytest.raises(Exception):  # noqa: B017, PT011  the library has no narrower one
        http_ece.decrypt(sealed, private_key=other.key, auth_secret=AUTH, version="aes128gcm")


def test_the_longest_title_fits_and_is_in_the_person_s_language(ada, service):
    ada.language = "zh-hans"
    ada.save()
    device_of(ada, service)
    tell(ada, title="票" * 300)
    send_due()
    assert service.taken[0]["size"] < 4096
    assert service.taken[0]["payload"]["title"] == "票" * 200
    assert (
        service.taken[0]["payload"]["body"] == "一个工单现在归您"
        or not service.taken[0]["payload"]["body"].isascii()
    )


def test_what_goes_together_is_of_one_ticket(ada, service):
    ticket = make_ticket(make_inbox())
    device_of(ada, service)
    tell(ada, key="event:1", ticket_id=ticket.pk)
    tell(ada, kind=Kind.MENTIONED, key="message:1", ticket_id=ticket.pk)
    tell(ada, key="other")
    send_due()
    tags = [one["payload"]["tag"] for one in service.taken]
    topics = [one["headers"]["topic"] for one in service.taken]
    assert tags[:2] == [f"ticket-{ticket.pk}"] * 2 and tags[2] != tags[0]
    assert topics[0] == topics[1] != topics[2]


def test_the_same_matter_is_pushed_once_and_again_only_where_it_is_told_anew(ada, service):
    device_of(ada, service)
    tell(ada)
    tell(ada)
    send_due()
    tell(ada)
    assert send_due() == 0
    Notice.objects.update(read_at=clock.now())
    with later(minutes=1):
        tell(ada, renews=True)
    assert send_due(minutes=2) == 1
    assert len(service.taken) == 2


def test_nobody_is_told_who_did_not_choose_it_or_has_no_device(ada, service):
    device_of(ada, service)
    tell(ada, kind=Kind.NOTED)  # by default under the bell and in the digest
    tell(make_agent("Bo"))
    assert not Push.objects.exists()


def test_what_was_read_meanwhile_is_not_pushed(ada, service):
    device_of(ada, service)
    tell(ada)
    Notice.objects.update(read_at=clock.now())
    send_due()
    assert (service.taken, state()) == ([], State.DROPPED)


def test_what_a_page_in_sight_has_shown_is_not_pushed(ada, service, client):
    device_of(ada, service)
    tell(ada)
    client.force_login(ada)
    client.get("/notices/bell/?looking=1", headers={"HX-Request": "true"})
    send_due()
    assert (service.taken, state()) == ([], State.DROPPED)


def test_a_page_out_of_sight_holds_nothing_back(ada, service, client):
    device_of(ada, service)
    tell(ada)
    client.force_login(ada)
    client.get("/notices/bell/", headers={"HX-Request": "true"})
    send_due()
    assert state() == State.SENT


def test_while_a_page_is_in_sight_the_push_waits_and_goes_where_it_was_not_shown(ada, service, client):
    client.force_login(ada)
    client.get("/notices/bell/?looking=1", headers={"HX-Request": "true"})
    device_of(ada, service)
    tell(ada)
    send_due()
    assert (service.taken, state()) == ([], State.QUEUED)
    cache.clear()  # nobody looks any more
    send_due(minutes=1)
    assert state() == State.SENT


def test_who_may_not_see_the_ticket_any_more_is_not_told(service):
    bo = make_agent("Bo")
    board = make_department("Board", is_restricted=True)
    board.members.add(bo)
    ticket = make_ticket(make_inbox(department=board))
    device_of(bo, service)
    tell(bo, ticket_id=ticket.pk)
    board.members.remove(bo)
    send_due()
    assert (service.taken, state()) == ([], State.DROPPED)


def test_who_is_no_admin_any_more_hears_nothing_of_what_admins_hear(ada, service):
    device_of(ada, service)
    tell(ada, kind=Kind.INBOX_FAILING)
    ada.role = ada.Role.AGENT
    ada.save()
    send_due()
    assert (service.taken, state()) == ([], State.DROPPED)


def test_who_has_left_hears_nothing(ada, service):
    device_of(ada, service)
    tell(ada)
    ada.is_active = False
    ada.save()
    send_due()
    assert service.taken == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_removed(ada, service, status):
    service.answers["one"] = (status, {})
    device_of(ada, service), device_of(ada, service, "two")
    tell(ada)
    send_due()
    assert list(ada.devices.values_list("endpoint", flat=True)) == [f"{service.address}/two"]


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_what_a_service_will_never_take_is_given_up_and_said(ada, service, status, caplog):
    service.answers["one"] = (status, {})
    device_of(ada, service)
    tell(ada)
    send_due()
    assert state() == State.FAILED
    assert ada.devices.get().fault == f"HTTP {status}"
    assert "was given up" in caplog.text
    assert service.address not in caplog.text
    assert send_due(days=1) == 0


def test_a_service_that_asks_for_time_gets_it(ada, service):
    service.answers["one"] = (429, {"Retry-After": "600"})
    device_of(ada, service)
    tell(ada)
    send_due()
    assert send_due(minutes=9) == 0
    service.answers.clear()
    assert send_due(minutes=11) == 1
    assert (state(), ada.devices.get().fault) == (State.SENT, "")


@pytest.mark.parametrize("asked", ["", "soon", "-1", "9" * 12, "Sun, 99 Nov 2026 00:00:00 GMT"])
def test_a_service_that_stumbles_is_tried_again_and_then_given_up(ada, service, asked):
    service.answers["one"] = (503, {"Retry-After": asked})
    device_of(ada, service)
    tell(ada)
    moment = clock.now() + timedelta(seconds=5)
    for seconds in (*BACK_OFF, 1):
        with clock.frozen_at(moment):
            assert len(due_pushes()) == 1
            send_push(due_pushes()[0])
            assert due_pushes() == []
        moment += timedelta(seconds=seconds + 1)
    assert (state(), Push.objects.get().error) == (State.FAILED, "HTTP 503")


def test_a_date_to_come_back_at_is_understood(ada, service):
    until = format_datetime(clock.now().replace(microsecond=0) + timedelta(minutes=30))
    service.answers["one"] = (503, {"Retry-After": until})
    device_of(ada, service)
    tell(ada)
    send_due()
    assert send_due(minutes=29) == 0
    assert send_due(minutes=31) == 1


def test_a_service_that_is_away_is_tried_again(ada, service):
    device_of(ada, service)
    ada.devices.update(endpoint="http://127.0.0.1:9/one")
    tell(ada)
    send_due()
    assert state() == State.QUEUED
    assert "127.0.0.1 did not answer" in ada.devices.get().fault


def test_private_addresses_are_refused(ada, service, settings):
    device_of(ada, service)
    tell(ada)
    settings.ALLOW_PRIVATE_ADDRESSES = False
    send_due()
    assert (service.taken, state()) == ([], State.FAILED)
    assert "private address" in ada.devices.get().fault


def test_a_worker_that_dies_while_sending_loses_nothing(ada, service, monkeypatch):
    device_of(ada, service)
    tell(ada)

    def killed(*_arguments, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("helpdesk.notices.pushing.hand_over", killed)
        with pytest.raises(KeyboardInterrupt):
            send_due()
    assert send_due(minutes=1) == 0  # the lease holds
    assert send_due(seconds=LEASE.total_seconds() + 10) == 1
    assert state() == State.SENT


def test_what_failed_is_counted_for_the_operator_and_forgotten_in_the_end(ada, service):
    service.answers["one"] = (403, {})
    device_of(ada, service)
    tell(ada)
    send_due()
    assert "helpdesk_pushes_failed_last_day 1.0" in metrics_text().decode()
    tell(ada, key="waiting")
    with later(days=91):
        assert "helpdesk_pushes_failed_last_day 0.0" in metrics_text().decode()
        forget_old_pushes()
    assert state() == State.QUEUED


def test_there_is_one_pair_of_keys_and_its_secret_half_is_encrypted():
    first = push_keys()
    assert push_keys().public == make_keys().public == first.public
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM notices_pushkeys")
        [(stored,)] = cursor.fetchall()
    assert "PRIVATE" in first.secrets["private"]
    assert "PRIVATE" not in stored
