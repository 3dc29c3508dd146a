"""What goes to a teammate's phone while no page of ours is open there."""

import json
from datetime import timedelta
from email.utils import format_datetime

import http_ece
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from helpdesk import clock
from helpdesk.health.figures import metrics_text
from helpdesk.notices.devices import MOST, keep_device
from helpdesk.notices.models import Device, Notice, Push
from helpdesk.notices.notifying import notify
from helpdesk.notices.pushing import BACK_OFF, LEASE, due_pushes, forget_old_pushes, send_push
from helpdesk.notices.webpush import encrypted_for, make_keys, push_keys
from tests.factories import make_admin, make_agent, make_department, make_inbox, make_ticket
from tests.push_service import AUTH, push_service

pytestmark = pytest.mark.django_db
Kind, State = Notice.Kind, Push.State
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def service(settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with push_service() as service:
        yield service


@pytest.fixture
def ada():
    return make_admin("Ada", email="ada@shop.example")


def device_of(user, service, name="one"):
    return keep_device(user, service.subscription(name), name="Chrome, Android", replaces=None)


def tell(*users, kind=Kind.ASSIGNED, key="ticket:4", title="#4 Where is it?", **matter):
    notify(
        users, kind, key=key, title=title, text="a secret of the customer", url="/desk/tickets/4/", **matter
    )


def later(**time):
    return clock.frozen_at(clock.now() + timedelta(**time))


def send_due(**time):
    """All that is due after this time, as the jobs do; how often something was claimed or settled."""
    with later(**(time or {"seconds": 5})):
        due = due_pushes()
        for push_id in due:
            send_push(push_id)
        return len(due)


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


# ---------------------------------------------------------------- devices
def switch_on(client, subscription, **headers):
    return client.post(
        "/notices/devices/",
        json.dumps(subscription),
        content_type="application/json",
        headers={"User-Agent": CHROME, "HX-Request": "true", **headers},
    )


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(ada):
    return client_of(ada)


def test_a_browser_is_kept_once_with_its_name_and_shown(ada, browser, service):
    key = browser.get("/notices/devices/key/").json()
    assert key["key"] == push_keys().public and key["csrf"]
    assert switch_on(browser, service.subscription()).status_code == 204
    assert switch_on(browser, service.subscription()).status_code == 204
    device = ada.devices.get()
    assert (device.name, device.endpoint) == ("Chrome, Android", f"{service.address}/one")
    page = browser.get("/notices/choices/").content.decode()
    assert "Chrome, Android" in page and "this device" in page and "push-switch" not in page
    assert "push-switch" in client_of(ada).get("/notices/choices/").content.decode()


def test_a_browser_whose_subscription_changed_is_still_one_device(ada, browser, service):
    switch_on(browser, service.subscription())
    switch_on(browser, service.subscription("new"))
    assert ada.devices.get().endpoint == f"{service.address}/new"


def test_a_try_out_says_what_became_of_it(ada, browser, service):
    switch_on(browser, service.subscription())
    trial = f"/notices/devices/{ada.devices.get().pk}/trial/"
    assert "took it" in browser.post(trial, follow=True).content.decode()
    assert service.taken[0]["payload"]["title"] == "It works"
    service.answers["one"] = (403, {})
    assert "HTTP 403" in browser.post(trial, follow=True).content.decode()
    service.answers["one"] = (410, {})
    browser.post(trial)
    assert not ada.devices.exists()


def test_try_outs_are_not_endless(ada, browser, service, settings):
    settings.RATELIMIT_ENABLE = True
    switch_on(browser, service.subscription())
    trial = f"/notices/devices/{ada.devices.get().pk}/trial/"
    given = [browser.post(trial, headers={"HX-Request": "true"}).status_code for _ in range(21)]
    assert given[-1] == 429  # also where a new minute began meanwhile
    assert len(service.taken) == given.count(302) <= 20


def test_a_device_is_removed_by_its_owner_alone(ada, browser, service):
    switch_on(browser, service.subscription())
    removal = f"/notices/devices/{ada.devices.get().pk}/deletion/"
    assert client_of(make_agent("Bo")).post(removal).status_code == 404
    browser.post(removal)
    assert not ada.devices.exists()
    assert not browser.cookies["device"].value


def test_signing_out_lets_the_device_go(ada, browser, service):
    switch_on(browser, service.subscription())
    device_of(ada, service, "phone")
    tell(ada)
    browser.post("/logout/")
    assert ada.devices.get().endpoint == f"{service.address}/phone"
    send_due()
    assert [one["path"] for one in service.taken] == ["phone"]


def test_a_browser_changes_hands_with_what_was_on_its_way(ada, browser, service):
    switch_on(browser, service.subscription())
    tell(ada)
    bo = make_agent("Bo")
    switch_on(client_of(bo), service.subscription())
    send_due()
    assert (ada.devices.count(), bo.devices.count(), service.taken) == (0, 1, [])


def test_whoever_signs_in_next_ends_what_the_one_before_left_on(ada, browser, service):
    switch_on(browser, service.subscription())
    browser.cookies.pop("sessionid")  # the session has ended by itself
    bo = make_agent("Bo", password="correct horse battery")
    browser.post("/login/", {"username": bo.email, "password": "correct horse battery"})
    assert not Device.objects.exists()


def test_the_same_person_who_signs_in_again_keeps_the_device(browser, service, ada):
    ada.set_password("correct horse battery")
    ada.save()
    browser.force_login(ada)
    switch_on(browser, service.subscription())
    browser.cookies.pop("sessionid")
    browser.post("/login/", {"username": ada.email, "password": "correct horse battery"})
    assert ada.devices.exists()


def test_a_browser_that_is_pushed_to_announces_nothing_by_itself(ada, browser, service):
    tell(ada)
    assert "data-announced" in browser.get("/notices/bell/").content.decode()
    switch_on(browser, service.subscription())
    assert "data-announced" not in browser.get("/notices/bell/").content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"endpoint": "ftp://push.example/one"}, "no address"),
        ({"endpoint": "http://push.example/one"}, "no address"),
        ({"endpoint": "https://[push"}, "no address"),
        ({"endpoint": "https://me:secret@push.example/"}, "no address"),
        ({"endpoint": "https://push.example/" + "x" * 1000}, "no address"),
        ({"endpoint": 7}, "no address"),
        ({"keys": None}, "no key"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "no key"),
        ({"keys": {"p256dh": "é" * 80, "auth": "AAAA"}}, "no key"),
    ],
)
def test_what_is_no_subscription_is_refused(ada, browser, service, settings, changed, words):
    settings.ALLOW_PRIVATE_ADDRESSES = False
    subscription = service.subscription() | {"endpoint": "https://push.example/one"} | changed
    answer = switch_on(browser, subscription)
    assert (answer.status_code, Device.objects.count()) == (400, 0)
    assert words in answer.content.decode()


@pytest.mark.parametrize("body", ["", "[]", "{", "7", '{"endpoint": "' + "x" * 5000 + '"}'])
def test_what_is_no_json_or_too_long_is_refused(browser, body):
    answer = browser.post(
        "/notices/devices/", body, content_type="application/json", headers={"HX-Request": "true"}
    )
    assert (answer.status_code, Device.objects.count()) == (400, 0)


def test_a_short_secret_is_refused(browser, service):
    subscription = service.subscription()
    subscription["keys"]["auth"] = "AAAA"
    assert "no secret" in switch_on(browser, subscription).content.decode()


def test_a_teammate_has_so_many_devices_and_no_more(ada, service):
    for number in range(MOST):
        device_of(ada, service, f"d{number}")
    with pytest.raises(Exception, match="remove one first"):
        device_of(ada, service, "more")
    assert ada.devices.count() == MOST
    device_of(ada, service, "d3")  # which it has already


# ---------------------------------------------------------------- the app
def test_the_worker_is_served_from_the_root_and_kept_nowhere(client):
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer["Cache-Control"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert client.post("/service-worker.js").status_code == 405


def test_the_manifest_names_the_helpdesk_and_icons_that_are_there(client, browser):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["start_url"] == "/desk/" and manifest["name"]
    for icon in manifest["icons"]:
        assert icon["src"].startswith(django_settings.STATIC_URL)
        assert client.get(icon["src"]).status_code == 200
    assert {"any", "maskable"} == {icon["purpose"] for icon in manifest["icons"]}
    for shortcut in manifest["shortcuts"]:
        assert browser.get(shortcut["url"]).status_code == 200
    assert 'rel="manifest" href="/manifest.webmanifest"' in browser.get("/notices/").content.decode()
