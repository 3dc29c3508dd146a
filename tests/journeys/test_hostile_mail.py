"""Thousands of payloads go the way of a mail, into a real browser: no script runs, no request leaves, nobody is taken elsewhere."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from helpdesk import clock
from helpdesk.connectors.email.parsing.clean_html import clean_html
from helpdesk.people.models import Contact
from helpdesk.tickets.files import safe_file_name
from helpdesk.tickets.models import Attachment, Message, Ticket
from helpdesk.tickets.text import clean_text
from tests.factories import make_agent, make_inbox, make_ticket
from tests.journeys.conftest import PASSWORD
from tests.journeys.hostile import INVENTORY, OWN, POKE, Watch, batches, payloads
from tests.journeys.outage import eventually

MESSAGES = 29  # on one page of a timeline, beside the ticket's first
ROWS = 300  # of a list at most


@pytest.fixture
def desk(as_agent, site):
    """The desk of an agent, watched."""
    page = as_agent(make_agent("Alice", password=PASSWORD))
    page.watch = Watch(page, site.url)
    return page


def ticket_with(rows: list[dict]) -> Ticket:
    """A ticket with one more incoming message for each row of fields."""
    ticket = make_ticket(make_inbox(), subject="Hello", text="Hello")
    first = ticket.messages.get()
    Message.objects.bulk_create(
        Message(
            ticket=ticket,
            kind=Message.Kind.INCOMING,
            inbox=ticket.inbox,
            channel=ticket.channel,
            author_kind="customer",
            contact=ticket.contact,
            created_at=first.created_at + timedelta(milliseconds=number),
            released_at=first.created_at,
            **({"author_name": "Carla", "text": "Hello"} | fields),
        )
        for number, fields in enumerate(rows, 1)
    )
    return ticket


def stored_mails(lines: list[str]) -> list[dict]:
    """As intake stores them: each payload cleaned by itself, many of them in one message."""
    return [
        {"html": "".join(f"<div>{clean_text(clean_html(line))}</div>" for line in batch)}
        for batch in batches(lines, MESSAGES)
    ]


def open_all_frames(page) -> list:
    """Unfold every mail as it was sent; its frames, loaded."""
    page.evaluate(
        """() => Promise.all([...document.querySelectorAll("iframe.original")].map((frame) => new Promise((done) => {
          frame.addEventListener("load", done, { once: true });
          frame.loading = "eager";
          frame.closest("details").open = true;
        })))"""
    )
    wanted = page.locator("iframe.original").count()
    # A frame in a process of its own may tell where it is after its page has told that it is loaded.
    return eventually(lambda: all_originals(page, wanted) or page.wait_for_timeout(20))


def all_originals(page, wanted: int) -> list:
    """The frames with a mail in them, once there are so many."""
    frames = [frame for frame in page.frames if "/original/" in frame.url]
    return frames if len(frames) == wanted else []


def test_in_the_desk_s_frame_nothing_runs_loads_or_takes_the_reader_away(desk):
    ticket = ticket_with(stored_mails(payloads()))
    desk.goto(f"/desk/tickets/{ticket.pk}/")
    frames = open_all_frames(desk)
    assert len(frames) == len(ids_of(ticket)) > 20
    found = [one for frame in frames for one in frame.evaluate(INVENTORY)]
    assert found == []
    desk.mouse.move(640, 400)
    assert desk.url.endswith(f"/desk/tickets/{ticket.pk}/")
    assert all(
        f"/desk/messages/{number}/original/" in "".join(f.url for f in frames) for number in ids_of(ticket)
    )
    assert (desk.watch.seen, desk.problems) == ([], [])


def ids_of(ticket: Ticket) -> list[int]:
    return list(ticket.messages.exclude(html="").values_list("pk", flat=True))


def test_the_cleaned_mail_alone_does_no_harm_even_without_frame_and_policy(desk):
    """The cleaner must hold by itself: the very documents, served without sandbox and without a policy."""
    ticket = ticket_with(stored_mails(payloads()))
    desk.goto("/desk/views/closed/")
    for number in ids_of(ticket):
        served = desk.request.get(f"/desk/messages/{number}/original/").text()
        show_bare(desk, served)
        assert desk.evaluate(POKE) == []
        assert desk.evaluate(INVENTORY) == []
    assert (desk.watch.seen, desk.problems) == ([], [])


def show_bare(page, document: str) -> None:
    page.context.route(
        "**/hostile/", lambda route: route.fulfill(body=document, content_type="text/html"), times=1
    )
    page.goto("/hostile/")


def test_the_watch_itself_would_see_every_one_of_these(desk):
    """The same watch over the same lines as they were written: it must cry out, or the silence above says nothing."""
    desk.goto("/desk/views/closed/")
    silent = []
    lines = [
        line for line in OWN.read_text().splitlines() if line.startswith(("<script>", "<img src", "<svg o"))
    ]
    for line in lines:
        desk.watch.seen.clear()
        show_bare(desk, f"<!doctype html><body>{line}</body>")
        if not (desk.evaluate(POKE) or desk.evaluate(INVENTORY) or desk.watch.seen):
            silent.append(line)
    assert len(lines) >= 8
    assert silent == []
    show_bare(desk, "<!doctype html><body><img src=x onerror=alert(4)></body>")
    desk.wait_for_function("window.hostile.includes('alert: 4')")
    desk.watch.seen.clear()
    show_bare(desk, "<!doctype html><body><img src='https://evil.example/pixel.gif'></body>")
    assert desk.watch.seen == ["request https://evil.example/pixel.gif"]


def test_pictures_of_the_web_come_only_when_asked_for_and_without_a_referrer(desk):
    html = clean_html(
        '<p>Hi <img src="https://pictures.example/a.png"><img src="http://pictures.example/b.png"></p>'
    )
    ticket = ticket_with([{"html": html}])
    asked = []
    desk.context.route(
        "https://pictures.example/**", lambda route: (asked.append(route.request), route.abort())
    )
    desk.goto(f"/desk/tickets/{ticket.pk}/")
    [frame] = open_all_frames(desk)
    assert (asked, desk.watch.seen) == ([], [])
    with desk.expect_request("https://pictures.example/a.png"):
        desk.get_by_role("link", name="Show pictures").click()
    expect(desk.frame_locator("iframe.original").locator("body")).to_contain_text("Hi")
    assert [request.url for request in asked] == ["https://pictures.example/a.png"]
    headers = asked[0].all_headers()
    assert "referer" not in headers and "cookie" not in headers
    assert desk.watch.seen == []


def test_as_words_in_texts_and_names_of_files_payloads_are_words(desk):
    lines = [clean_text(line) for line in payloads()]
    ticket = ticket_with(
        [{"text": "\n\n".join(batch), "author_name": batch[0][:120]} for batch in batches(lines, MESSAGES)]
    )
    texts = dict(ticket.messages.exclude(text="Hello").values_list("pk", "text"))
    attach_names(list(texts), lines)
    desk.goto(f"/desk/tickets/{ticket.pk}/")
    told = desk.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".message[data-message]")].map((each) => [
             each.dataset.message, each.querySelector(".words").textContent.replace(/\\s+/g, "")]))"""
    )
    assert {pk: told[str(pk)] for pk in texts} == {pk: "".join(text.split()) for pk, text in texts.items()}
    names = desk.locator(".file bdi").all_text_contents()
    assert sorted(names) == sorted(safe_file_name(line) for line in lines)
    assert desk.evaluate("() => window.hostile") == []
    strange = "bdi.message-author *, .words :not(p, br, a), .file bdi *"
    assert desk.locator(strange).count() == 0
    assert (desk.watch.seen, desk.problems) == ([], [])


def attach_names(messages: list[int], lines: list[str]) -> None:
    """Each payload as the name of a file, spread over the messages."""
    for message, batch in zip(messages, batches(lines, len(messages)), strict=False):
        Attachment.objects.bulk_create(
            Attachment(
                message_id=message, file="none", name=safe_file_name(line), content_type="text/plain", size=1
            )
            for line in batch
        )


def test_as_subjects_and_names_of_senders_payloads_are_words(desk):
    lines = [" ".join(clean_text(line).split())[:250] for line in payloads()]
    inbox, now = make_inbox(), clock.now()
    contacts = Contact.objects.bulk_create(
        Contact(name=line[:120], email="x@customer.example") for line in lines
    )
    Ticket.objects.bulk_create(
        Ticket(
            subject=line,
            last_snippet=line[:160],
            inbox=inbox,
            channel="email",
            contact=contact,
            created_at=now,
            updated_at=now,
            last_message_at=now - timedelta(seconds=number),
        )
        for number, (line, contact) in enumerate(zip(lines, contacts, strict=True))
    )
    url, shown = f"/desk/views/open/?shown={ROWS}", []
    while url:
        desk.goto(url)
        shown += desk.evaluate(
            """() => [...document.querySelectorAll("#rows .row")].map((row) => [
                 row.querySelector(".row-subject").textContent, row.querySelector(".row-name").textContent,
                 row.querySelector(".row-snippet").textContent])"""
        )
        assert desk.evaluate("() => window.hostile") == []
        more = desk.locator("#more a")
        url = more.get_attribute("href") + f"&shown={ROWS}" if more.count() else ""
    assert [tuple(map(squeezed, row)) for row in shown] == [
        (squeezed(line), squeezed(line[:120]), squeezed(line[:160])) for line in lines
    ]
    assert (desk.watch.seen, desk.problems) == ([], [])


def squeezed(text: str) -> str:
    return "".join(text.split())
