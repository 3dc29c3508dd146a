"""Two customers who are one person, and a phone call written down: without a mouse."""

from playwright.sync_api import expect

from helpdesk.tickets.models import PhoneCall, Ticket
from tests.factories import make_inbox, make_ticket
from tests.journeys.accessibility import violations


def test_two_are_made_one_and_two_again_and_a_call_is_written_down(as_agent):
    inbox = make_inbox()
    other = make_ticket(inbox, subject="My order", email="bob@customer.example", name="Bob Lee").contact
    ticket = make_ticket(inbox, subject="Torn tent", email="ann@customer.example", name="Ann Lee")
    page = as_agent(path=f"/desk/tickets/{ticket.pk}/?view=open")
    page.wait_for_selector("html[data-live=live]")
    dialog, toasts = page.locator("dialog[open]"), page.locator("#toasts")
    page.keyboard.press("Shift+Y")
    expect(dialog.locator("[name=q]")).to_be_focused()
    page.keyboard.type("bob")
    choice = dialog.locator("a.merger-choice", has_text="bob@customer.example")
    expect(choice).to_have_count(1)
    choice.press("Enter")
    expect(dialog.locator("#one-person-now")).to_be_visible()
    assert violations(page) == []
    dialog.locator(f"[name=keep][value='{other.pk}']").check()
    expect(dialog.locator(f"[name=keep][value='{other.pk}']")).to_be_checked()
    expect(dialog.locator(".merger-facts")).to_contain_text("1 ticket of Ann Lee")
    dialog.locator("#one-person-now").press("Enter")
    expect(toasts).to_contain_text("Ann Lee and Bob Lee are one person now.")
    expect(page.locator("#about .about-head")).to_contain_text("Bob Lee")
    expect(page.locator("#one-person")).to_contain_text("Was several people")
    assert Ticket.objects.of(other).count() == 2
    page.keyboard.press("Control+z")
    expect(page.locator("#about .about-head")).to_contain_text("Ann Lee")
    assert Ticket.objects.of(other).count() == 1

    page.keyboard.press("l")
    expect(dialog.locator("#call-title")).to_contain_text("Ann Lee")
    assert violations(page) == []
    dialog.locator("[name=number]").fill("call me")
    dialog.locator("[name=text]").fill("She waits until Monday.")
    dialog.locator("#log-call-now").press("Enter")
    expect(dialog.locator(".error")).to_contain_text("This is no phone number")
    dialog.locator("[name=number]").fill("+39 02 123 4567")
    dialog.locator("#log-call-now").press("Enter")
    call = page.locator("#timeline article", has_text="She waits until Monday.")
    expect(call).to_contain_text("They called · +39 02 123 4567 · 5 minutes")
    expect(dialog).to_have_count(0)
    assert PhoneCall.objects.get().message.ticket_id == ticket.pk
    assert [one for one in page.problems if "422" not in one] == []


PASTE = """(name) => {
    const given = new DataTransfer();
    given.items.add(new File([name], name, { type: name.endsWith("png") ? "image/png" : "text/plain" }));
    const event = new ClipboardEvent("paste", { clipboardData: given, bubbles: true, cancelable: true });
    document.getElementById("composer-text").dispatchEvent(event);
}"""


def test_a_pasted_picture_is_described_and_keeps_its_words_when_another_file_comes(as_agent):
    ticket = make_ticket(make_inbox(), email="ann@customer.example")
    page = as_agent(path=f"/desk/tickets/{ticket.pk}/")
    page.wait_for_selector("html[data-live=live]")
    words = page.locator("#composer .chip-words")
    page.evaluate(PASTE, "seam.png")
    words.fill("The torn seam")
    words.press("Enter")  # it does not send
    page.evaluate(PASTE, "plan.txt")
    expect(words).to_have_count(2)
    expect(words.last).to_be_hidden()
    assert words.first.input_value().strip() == "The torn seam"
    page.click("#kind-note")
    page.fill("#composer-text", "See there.")
    page.press("#composer-text", "Control+Enter")
    expect(page.locator("#timeline article", has_text="See there.").locator("img")).to_have_attribute(
        "alt", "The torn seam"
    )
    assert page.problems == []
