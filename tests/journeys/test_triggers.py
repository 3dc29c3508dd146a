"""The story of rules: an admin makes a department, an assignment rule and a trigger, tries both on what came in before, and
sees on the next real mail what each did and why."""

import smtplib
from email.message import EmailMessage

from playwright.sync_api import expect

from helpdesk.demo.models import SentMail
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.tickets.models import Shortcut, Ticket
from routing.models import Department, Trigger, TriggerRun
from tests.factories import customer_writes, make_admin, make_inbox
from tests.journeys.conftest import PASSWORD, PATIENCE
from tests.journeys.outage import eventually


def send_mail(site, subject: str, text: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "Carla <carla@customer.example>",
        "support@example.com",
        subject,
    )
    mail.set_content(text)
    with smtplib.SMTP("127.0.0.1", site.smtp_port, timeout=20) as smtp:
        smtp.send_message(mail)


def add(page, part: str, kind: str):
    """Add a line of this kind to the If or Then part; returns the new line."""
    select = page.get_by_label({"If": "What to ask about", "Then": "What to do"}[part]).last
    select.select_option(label=kind)
    page.get_by_role("button", name={"If": "Add a condition", "Then": "Add an action"}[part]).last.click()
    return page.locator("[data-row]", has_text=kind).last


def test_an_admin_makes_a_rule_and_a_trigger_and_sees_them_at_work(site, as_agent):
    inbox = make_inbox(name="Support", address="support@example.com")
    customer_writes(inbox, subject="The bill of May")
    Shortcut.objects.create(
        name="invoice", text="Hi {{customer.first_name|}}, Billing looks for your invoice now."
    )
    define_attribute("person", "plan__tier", name="Tier", kind="text")
    page = as_agent(make_admin("Ada", password=PASSWORD), "/settings/")

    page.get_by_role("main").locator("a.settings-line", has_text="Departments").click()
    page.get_by_role("link", name="Create the first department").click()
    page.get_by_label("Name").fill("Billing")
    page.get_by_role("group", name="Members").get_by_label("Ada").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Billing")
    expect(page.get_by_role("main")).to_contain_text("1 member")
    billing = Department.objects.get()

    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Assignment rules").click()
    page.get_by_role("link", name="Write the first rule").click()
    page.get_by_label("Name").fill("Invoices go to Billing")
    add(page, "If", "Subject or first message").get_by_role("textbox").fill("invoice, bill")
    page.get_by_label("to the department").select_option(label="Billing")
    page.get_by_role("button", name="Try it on past tickets").click()
    tried = page.locator("#dry-run")
    expect(tried).to_contain_text("The bill of May", timeout=PATIENCE)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Invoices go to Billing")

    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Triggers").click()
    page.get_by_role("link", name="Write the first trigger").click()
    page.get_by_role("link", name="Begin from scratch").click()
    page.get_by_label("Name").fill("Invoices are answered")
    add(page, "If", "Subject or first message").get_by_role("textbox").fill("invoice, bill")
    superfluous = add(page, "If", "Tier")
    expect(superfluous.locator("[name^=if-field]")).to_have_value("person:plan__tier")
    superfluous.get_by_label("How to compare: Tier").select_option(label="is empty")
    expect(superfluous.get_by_role("textbox")).to_be_hidden()
    superfluous.get_by_role("button", name="Remove this line").click()
    add(page, "Then", "Add the tag").get_by_role("textbox").fill("invoice")
    add(page, "Then", "Answer with the shortcut").get_by_role("combobox").select_option(label="/invoice")

    page.get_by_role("button", name="Try it on past tickets").click()
    expect(tried).to_contain_text("Would have fired 1 time in the last 30 days", timeout=PATIENCE)
    expect(tried).to_contain_text("The bill of May")
    assert not Trigger.objects.exists()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Has not fired yet")

    send_mail(site, "Order 4711", "Hello, could you send me the INVOICE once more?\n\nCarla")
    send_mail(site, "Tent pegs", "Do the pegs come with the tent?")
    eventually(lambda: TriggerRun.objects.exists() and Ticket.objects.count() == 3)
    page.reload()
    page.get_by_role("link", name="Last fired").click()
    log = page.get_by_role("main")
    expect(log.locator(".rows > *")).to_have_count(1)
    expect(log).to_contain_text("Order 4711")
    for step in ("Add the tag invoice", "Answer with the shortcut /invoice", "done"):
        expect(log).to_contain_text(step)

    ticket = Ticket.objects.get(subject="Order 4711")
    assert (ticket.department, ticket.tags) == (billing, ["invoice"])
    assert Ticket.objects.get(subject="Tent pegs").department is None
    eventually(lambda: SentMail.objects.exists())
    answer = bytes(SentMail.objects.get().raw).decode()
    assert "carla@customer.example" in answer
    assert "Auto-Submitted: auto-" in answer
    assert "Hi Carla, Billing looks for your invoice now." in answer.replace("=\n", "")

    log.get_by_role("link", name="Order 4711").click()
    ticket_page = page.get_by_role("main")
    expect(ticket_page).to_contain_text("Billing looks for your invoice now.")
    page.wait_for_load_state()  # before that nobody hears the click
    page.get_by_text("Why here?").click()
    expect(page.locator(".ticket-way")).to_contain_text("Invoices go to Billing")
    ticket_page.get_by_role("link", name="Why?").first.click()
    expect(page.get_by_role("heading", name="What triggers did")).to_be_visible()
    page.get_by_text("1 condition, as it was").click()
    expect(page.get_by_role("main")).to_contain_text("could you send me the INVOICE once more?")
    assert page.problems == []


def test_the_switch_and_the_order_work_in_the_list(as_agent):
    for position, name in enumerate(("First", "Second")):
        Trigger.objects.create(
            name=name, on=["ticket.created"], actions=[{"do": "spam", "value": ""}], position=position
        )
    page = as_agent(
        make_admin(password=PASSWORD), "/settings/triggers/", viewport={"width": 390, "height": 844}
    )
    page.get_by_role("button", name="Move “Second” up").click()
    expect(page.locator(".rule-name").first).to_have_text("Second")
    page.get_by_role("switch", name="“First” is on").click()
    expect(page.get_by_role("switch", name="“First” is on")).to_have_attribute("aria-checked", "false")
    assert list(Trigger.objects.filter(is_active=True).values_list("name", flat=True)) == ["Second"]
    assert page.problems == []
