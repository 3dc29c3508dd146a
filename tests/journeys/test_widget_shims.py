"""Pages written for other widgets, unchanged but for the address of the script, and the unmodified npm package."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from helpdesk.connectors.webchat.identity import hash_of, make_secret
from helpdesk.people.contacts import find_contact
from helpdesk.people.deeds import deeds_of
from helpdesk.people.models import Contact
from helpdesk.people.visitors import read_visitor
from tests.factories import make_article, make_inbox
from tests.journeys.hosts import site_of
from tests.journeys.outage import eventually
from tests.journeys.test_widget import answer, messages_of, write
from tests.journeys.widget import wait_until, widget_of

PACKAGE = Path(__file__).parent.parent / "samples" / "messenger-js-sdk"

# As in Chatwoot's settings; only BASE_URL is another.
CHATWOOT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Boots</title></head><body><h1>Boots</h1>
<script>
  window.heard = [];
  for (const name of ["ready", "on-message", "opened", "closed", "error"])
    window.addEventListener("chatwoot:" + name, ({ detail }) => heard.push([name, detail]));
  window.chatwootSettings = {"position":"left","type":"expanded_bubble","launcherTitle":"Chat with us"};
  (function(d,t) {
    var BASE_URL="%(base)s";
    var g=d.createElement(t),s=d.getElementsByTagName(t)[0];
    g.src=BASE_URL+"/packs/js/sdk.js";
    g.async = true;
    s.parentNode.insertBefore(g,s);
    g.onload=function(){
      window.chatwootSDK.run({
        websiteToken: 'of-the-other-widget',
        baseUrl: BASE_URL
      })
    }
  })(document,"script");
</script></body></html>"""

# As in Intercom's documentation; only the address of the script is another.
INTERCOM = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Boots</title></head><body><h1>Boots</h1>
<button id="my_custom_link">Ask</button>
<script>
  window.intercomSettings = {
    api_base: "https://api-iam.intercom.io", app_id: "abc12345",
    name: "Carla Nagy", user_id: "42", email: "carla@customer.example", created_at: 1312182000,
    user_hash: "%(hash)s", plan: "pro", company: {id: "6", name: "Nagy Kft"},
    custom_launcher_selector: "#my_custom_link", hide_default_launcher: true
  };
</script>
<script>(function(){var w=window;var ic=w.Intercom;if(typeof ic==="function"){ic('reattach_activator');ic('update',w.intercomSettings);}else{var d=document;var i=function(){i.c(arguments);};i.q=[];i.c=function(args){i.q.push(args);};w.Intercom=i;var l=function(){var s=d.createElement('script');s.type='text/javascript';s.async=true;s.src='%(script)s';var x=d.getElementsByTagName('script')[0];x.parentNode.insertBefore(s,x);};if(document.readyState==='complete'){l();}else if(w.attachEvent){w.attachEvent('onload',l);}else{w.addEventListener('load',l,false);}}})();</script>
<script>
  window.heard = [];
  Intercom("onShow", () => heard.push("show"));
  Intercom("onHide", () => heard.push("hide"));
  Intercom("onUnreadCountChange", (count) => heard.push(count));
</script></body></html>"""

# A page built with @intercom/messenger-js-sdk: its modules as the package has them.
PACKAGED = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Boots</title></head><body><h1>Boots</h1>
<script>window.modules = {}; window.define_module = (name, body) => { modules[name] = body };
window.require = (name) => { const m = { exports: {} }; modules[name](m, m.exports); modules[name] = (n) => { n.exports = m.exports };
  return m.exports }; </script>
<script src="/constants.js"></script><script src="/instance-manager.js"></script><script src="/index.js"></script>
<script>window.sdk = (() => { const m = { exports: {} }; modules["./index"](m, m.exports); return m.exports })();
sdk.default({ app_id: "%(key)s", widgetUrl: "%(script)s", name: "Carla Nagy", language_override: "it",
  horizontal_padding: 60, vertical_padding: 40 });
sdk.onShow(() => { window.shown = true });</script></body></html>"""


@pytest.fixture
def inbox(clean_start):
    return make_inbox("webchat", name="Shop", options={"team": "Fernweh Supply"})


def test_a_page_written_for_chatwoot_goes_on_unchanged(visit, site, inbox):
    secret = make_secret(inbox)
    with site_of(CHATWOOT % {"base": f"{site.url}/widget/{inbox.key}"}) as shop:
        page = visit(shop)
        wait_until(page, "window.$chatwoot?.hasLoaded === true")
        page.evaluate(
            """([hash]) => {
            $chatwoot.setUser("user-42", { name: "Carla Nagy", email: "carla@customer.example", identifier_hash: hash });
            $chatwoot.setCustomAttributes({ plan: "pro", seats: 3 });
            $chatwoot.deleteCustomAttribute("seats");
            $chatwoot.setLabel("vip");
            $chatwoot.toggle("open");
            }""",
            [hash_of(secret, "user-42")],
        )
        frame = widget_of(page)
        thread = messages_of(frame)
        write(frame, "Do the boots run small?")
        expect(thread.locator(".is-waiting")).to_have_count(0)
        assert page.evaluate("$chatwoot.isOpen")
        answer("Take half a size more.")
        wait_until(page, "heard.some(([name]) => name === 'on-message')")
        said = page.evaluate("heard.find(([name]) => name === 'on-message')[1]")
        assert (said["content"], said["sender"]["name"]) == ("Take half a size more.", "Alice Moreau")
        person = find_contact("external", "user-42")
        assert (person.name, person.email) == ("Carla Nagy", "carla@customer.example")
        assert person.attributes["claims"] == {"plan": "pro", "labels": "vip"}
        assert page.evaluate("heard.map(([name]) => name)")[:2] == ["ready", "opened"]
        refused = page.evaluate(
            "() => { try { $chatwoot.setUser({}) } catch (error) { return error.message } }"
        )
        assert refused == "Identifier should be a string or a number"
        with page.expect_event("framenavigated", lambda frame: "lang=it-IT" in frame.url) as navigated:
            page.evaluate("() => { $chatwoot.setLocale('it_IT') }")
        it = navigated.value
        it.wait_for_selector("body[data-ready]")
        expect(it.get_by_role("log")).to_contain_text("Take half a size more.")
        page.evaluate("$chatwoot.toggle('close')")
        wait_until(page, "heard.some(([name]) => name === 'closed')")
        page.evaluate("$chatwoot.popoutChatWindow()")  # the same chat, and no other window
        wait_until(page, "$chatwoot.isOpen")
        assert len(page.context.pages) == 1
        page.evaluate("$chatwoot.reset()")
        wait_until(page, "Object.keys(localStorage).length === 0")
        assert page.problems == []


def test_a_page_written_for_intercom_goes_on_unchanged(visit, site, inbox):
    make_article("Size guide")
    proof = hash_of(make_secret(inbox), "42")
    address = f"{site.url}/widget/{inbox.key}/intercom.js"
    with site_of(INTERCOM % {"script": address, "hash": proof}) as shop:
        page = visit(shop)
        wait_until(page, "Boolean(window.Intercom?.booted)")
        size = page.viewport_size
        page.mouse.click(size["width"] - 48, size["height"] - 48)  # the launcher is hidden
        assert len(page.frames) == 1
        page.click("#my_custom_link")
        frame = widget_of(page)
        thread = messages_of(frame)
        write(frame, "Do the boots run small?")
        expect(thread.locator(".is-waiting")).to_have_count(0)
        person = find_contact("external", "42")
        assert (person.name, person.email) == ("Carla Nagy", "carla@customer.example")
        assert person.attributes["claims"] == {
            "plan": "pro",
            "company": "Nagy Kft",
            "created_at": "1312182000",
        }
        page.evaluate("() => { Intercom('hide'); Intercom('trackEvent', 'invited-friend', { plan: 'pro' }) }")
        page.evaluate("Intercom('showNewMessage', 'Half a size more?')")
        expect(frame.get_by_role("textbox", name="Write a message…")).to_have_value("Half a size more?")
        assert page.evaluate("heard.filter((one) => typeof one === 'string')") == ["show", "hide", "show"]
        token = page.evaluate(f"localStorage['helpdesk.{inbox.key}.token']")
        visitor = read_visitor(token)
        assert page.evaluate("Intercom('getVisitorId')") == visitor.hex
        deeds = eventually(lambda: deeds_of([visitor]))
        assert [(deed.name, deed.details) for deed in deeds] == [("invited-friend", "plan: pro")]
        page.evaluate("Intercom('update', { plan: 'gold' })")
        page.evaluate("Intercom('shutdown')")
        wait_until(page, "Object.keys(localStorage).length === 0")
        assert page.problems == []


def test_the_unmodified_npm_package_boots_the_widget(visit, site, inbox):
    files = {
        f"/{name}.js": f"define_module({json.dumps('./' + name)}, (module, exports) => {{\n{source}\n}});"
        for name in ("constants", "instance-manager", "index")
        for source in [(PACKAGE / f"{name}.js").read_text()]
    }
    page_text = PACKAGED % {"key": inbox.key, "script": f"{site.url}/widget/intercom.js"}
    with site_of(page_text, files=files) as shop:
        page = visit(shop)
        x, y = page.viewport_size["width"] - 60 - 28, page.viewport_size["height"] - 40 - 28
        wait_until(page, f"Boolean(document.elementFromPoint({x}, {y})?.matches('[data-helpdesk]'))")
        page.mouse.click(x, y)
        frame = widget_of(page)
        expect(frame.get_by_role("heading", name="Come possiamo aiutarti?")).to_be_visible()
        wait_until(page, "window.shown === true")
        page.evaluate("sdk.hide()")
        page.evaluate("sdk.showNewMessage('Ciao')")
        box = frame.locator("[data-compose] textarea, textarea").first
        expect(box).to_have_value("Ciao")
        box.press("Enter")
        expect(frame.locator(".message--mine:not(.is-waiting)")).to_have_count(1)
        assert Contact.objects.get().name == "Carla Nagy"
        assert page.problems == []
