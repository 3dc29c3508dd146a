"""The browsers of a teammate that are pushed to: switched on, tried out, removed, and whose they are."""

import json

import pytest
from django.test import Client

from helpdesk.notices.devices import MOST
from helpdesk.notices.models import Device
from helpdesk.notices.webpush import push_keys
from tests.factories import make_agent
from tests.helpdesk.notices.pushes import device_of, send_due, tell

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"


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
