"""Notices on a device whose pages are closed. Chromium subscribes only with its maker's push service, so PushManager.subscribe
alone is replaced: it gives a subscription to the push service of the tests. What that has taken is handed to the browser."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, Page, expect

from helpdesk.notices.models import Device, Notice, Push
from helpdesk.notices.notifying import notify
from helpdesk.people.models import User
from tests.factories import make_agent, make_inbox, make_ticket
from tests.journeys.conftest import PASSWORD, PHONE
from tests.journeys.outage import eventually
from tests.push_service import PushService, push_service

SUBSCRIBE = """PushManager.prototype.subscribe = async function (options) {
  if (!options.userVisibleOnly || options.applicationServerKey.length < 80) throw new TypeError("options");
  return { toJSON: () => (%s) };
};"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }))"""
CLICK = """async () => {
  self.opened = "";
  self.clients.openWindow = async (url) => { self.opened = url; };
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  while (!self.opened) await new Promise((done) => setTimeout(done, 20));
  return self.opened;
}"""
PERMITTED = ["notifications"]


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
def ada() -> User:
    return make_agent("Ada", password=PASSWORD)


def subscribing(page: Page, service: PushService, name: str = "one") -> Page:
    page.add_init_script(SUBSCRIBE % json.dumps(service.subscription(name)))
    page.goto("/notices/choices/")
    return page


def switch_on(page: Page) -> None:
    page.get_by_role("button", name="Show them here").click()
    expect(page.get_by_text("this device", exact=True)).to_be_visible()


def tell(user: User, ticket: object) -> None:
    notify(
        [user],
        Notice.Kind.ASSIGNED,
        key=f"ticket:{ticket.pk}",
        title=f"#{ticket.pk} Where is it?",
        url=f"/desk/tickets/{ticket.pk}/",
        ticket_id=ticket.pk,
    )


def deliver(page: Page, payload: dict) -> None:
    """What a push service does with what it has taken."""
    session: CDPSession = page.context.new_cdp_session(page)
    found: list[dict] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda news: found.extend(news["registrations"]))
    session.send("ServiceWorker.enable")
    eventually(lambda: found or page.wait_for_timeout(50))
    origin = page.evaluate("location.origin")
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": found[-1]["registrationId"], "data": json.dumps(payload)},
    )


def test_a_notice_comes_to_a_phone_and_leads_to_its_ticket(as_agent, service, ada):
    ticket = make_ticket(make_inbox())
    page = subscribing(as_agent(ada, viewport=PHONE, permissions=PERMITTED), service)
    switch_on(page)
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_role("status").get_by_text("took it")).to_be_visible()
    assert [one["payload"]["title"] for one in service.taken] == ["It works"]

    tell(ada, ticket)
    eventually(lambda: len(service.taken) == 2 or page.wait_for_timeout(100))
    came = service.taken[-1]["payload"]
    deliver(page, came)
    eventually(lambda: page.evaluate(SHOWN) or page.wait_for_timeout(50))
    notice = Notice.objects.get()
    shown = {
        "title": f"#{ticket.pk} Where is it?",
        "body": "A ticket is yours now",
        "tag": f"ticket-{ticket.pk}",
    }
    assert page.evaluate(SHOWN) == [shown | {"url": f"/notices/{notice.pk}/"}]
    deliver(page, came | {"title": "Once more"})
    eventually(lambda: page.evaluate(SHOWN)[0]["title"] == "Once more" or page.wait_for_timeout(50))
    assert len(page.evaluate(SHOWN)) == 1  # of one ticket there is one

    assert page.context.service_workers[0].evaluate(CLICK) == f"/notices/{notice.pk}/"
    page.goto(f"/notices/{notice.pk}/")
    page.wait_for_url(f"**/desk/tickets/{ticket.pk}/**")
    assert page.problems == []


def test_a_device_that_is_removed_or_gone_or_signed_out_hears_nothing(as_agent, service, ada):
    page = subscribing(as_agent(ada, permissions=PERMITTED), service)
    switch_on(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Show them here")).to_be_visible()
    assert not Device.objects.exists()

    switch_on(page)
    service.answers["one"] = (410, {})
    tell(ada, make_ticket(make_inbox()))
    eventually(lambda: not Device.objects.exists() or page.wait_for_timeout(100))

    service.answers.clear()
    page.reload()
    switch_on(page)
    assert page.problems == []  # what is asked for while they sign out is refused, and the browser says so
    page.locator(".rail .menu > summary").last.click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login/**")
    assert not Device.objects.exists()
    taken = len(service.taken)
    tell(ada, make_ticket(make_inbox(), email="b@x.example"))
    assert not Push.objects.exists()
    assert len(service.taken) == taken


def test_a_browser_that_may_not_says_so(as_agent, service, ada):
    page = subscribing(as_agent(ada), service)
    page.evaluate("Notification.requestPermission = async () => 'denied'")
    page.get_by_role("button", name="Show them here").click()
    expect(page.locator("push-switch").get_by_text("does not let us")).to_be_visible()
    assert not Device.objects.exists()
