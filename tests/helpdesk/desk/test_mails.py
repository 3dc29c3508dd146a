"""What the desk shows of a mail, and reading one again that could not be read."""

import re

import pytest
from django.urls import reverse

from helpdesk.desk.live import changes_after
from helpdesk.inboxes.contract import InboundFile, Reading, Unreadable
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets.raw import store_raw
from tests.factories import (
    customer_writes,
    handle_raw,
    inbound,
    make_admin,
    make_department,
    make_inbox,
    make_ticket,
)

pytestmark = pytest.mark.django_db
PHOTO = InboundFile("photo.png", "image/png", b"\x89PNG", content_id="photo@01", is_inline=True)
INVITATION = b"""BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Fitting of the <tent>
DTSTART:20261124T090000Z
DTEND:20261124T093000Z
LOCATION:Room 4
ORGANIZER;CN=Carla Verdi:mailto:carla@customer.example
END:VEVENT
END:VCALENDAR
"""


def read_by_mood(raw: RawMessage) -> Reading:
    """A reader for these tests, which does what the inbox's option `mood` says."""
    if raw.inbox.options.get("mood") == "machine":
        return Reading(outcome="ignored", reason="Automatic answer: vacation")
    if raw.inbox.options.get("mood") == "well":
        return Reading(message=inbound(raw.inbox, "Read at last.", subject="The invoice"))
    raise Unreadable("more than 1000 parts")


@pytest.fixture
def unreadable(settings):
    settings.JOBS_INLINE = True
    settings.RAW_READERS = {"email": f"{__name__}.read_by_mood"}
    raw = store_raw(b"From: carla@customer.example\r\n\r\n<b>x</b>", inbox=make_inbox(), door="smtp")
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw


def in_mood(raw, mood):
    raw.inbox.options = {"mood": mood}
    raw.inbox.save()


def page_of(desk, ticket):
    return desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()


def test_what_could_not_be_read_stands_in_the_list_as_unread_with_its_reason(desk, unreadable):
    page = desk.get("/desk/views/open/").content.decode()
    assert "is-unread" in page and "Could not be read: carla@customer.example" in page
    page = page_of(desk, unreadable.ticket)
    assert "more than 1000 parts" in page and "Read again" in page and "mail.eml" in page
    assert "Its source" not in page, "the source is for admins"
    assert "is-unread" not in desk.get("/desk/views/open/").content.decode()


def test_an_agent_has_it_read_again_and_the_message_is_there(desk, agent, unreadable):
    in_mood(unreadable, "well")
    answer = desk.post(reverse("desk:reread", args=[unreadable.message_id]), headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert "Now it could be read." in shown and "Read at last." in shown
    assert f'<p class="line" id="message-{unreadable.message_id}"' in shown
    page = page_of(desk, unreadable.ticket)
    assert "A mail could not be read:" in page and "Alice had the mail read again" in page
    assert "Read again</button>" not in page


def test_pressed_again_after_a_colleague_it_says_so(desk, unreadable):
    in_mood(unreadable, "well")
    url = reverse("desk:reread", args=[unreadable.message_id])
    desk.post(url)
    answer = desk.post(url, headers={"HX-Request": "true"}).content.decode()
    assert "It has been read already." in answer
    assert unreadable.ticket.messages.filter(kind="incoming").count() == 1


def test_what_still_can_not_be_read_says_why(desk, unreadable):
    answer = desk.post(reverse("desk:reread", args=[unreadable.message_id]), headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert "It still can&#x27;t be read: more than 1000 parts" in shown and "Read again" in shown
    assert "toast--bad" in shown


def test_what_was_a_machine_s_closes_and_says_so(desk, unreadable):
    in_mood(unreadable, "machine")
    desk.post(reverse("desk:reread", args=[unreadable.message_id]))
    page = page_of(desk, unreadable.ticket)
    assert "It was set aside: Automatic answer: vacation" in page and "The helpdesk closed this" in page


def test_who_may_not_see_the_ticket_reads_nothing_again(desk, unreadable):
    unreadable.ticket.department = make_department("Legal", is_restricted=True)
    unreadable.ticket.save()
    assert desk.post(reverse("desk:reread", args=[unreadable.message_id])).status_code == 404


def test_who_has_it_open_sees_it_change_without_asking(desk, agent, unreadable):
    in_mood(unreadable, "well")
    before = changes_after(0, user=agent, ticket_id=unreadable.ticket_id)
    drawn = {event["name"]: event["html"] for event in before["events"]}
    assert "Read again" in drawn["inbound.quarantined"]
    desk.post(reverse("desk:reread", args=[unreadable.message_id]))
    news = changes_after(before["seq"], user=agent, ticket_id=unreadable.ticket_id)
    drawn = {event["name"]: event["html"] for event in news["events"]}
    assert "Read at last." in drawn["message.received"]
    assert (
        "A mail could not be read:" in drawn["inbound.read"]
        and "had the mail read again" in drawn["inbound.read"]
    )


def test_a_picture_stands_where_the_text_says_and_not_among_the_files(desk):
    ticket = make_ticket(text="Look:\n[cid:photo@01]\nBroken. [image: other.png]", files=[PHOTO])
    page, key = page_of(desk, ticket), ticket.messages.get().attachments.get().key
    assert f'<img class="inline-picture" src="/files/{key}/" alt="photo.png"' in page
    timeline = page.partition('id="timeline"')[2]
    assert 'class="file"' not in timeline and "[cid:" not in timeline
    assert "[other.png]" in page, "what did not come with the mail stays a word"


@pytest.mark.parametrize(
    ("text", "html", "shown"),
    [
        ("Look:\n\nBroken.", "<p>Look:</p><p>IMG</p><p>Broken.</p>", "Look:|IMG|Broken."),
        ("Broken.", "<div>IMG</div><div>Broken.</div>", "IMG|Broken."),
        ("A line that\nwas wrapped\nEnd", "<p>A line that\nwas wrapped<br>IMG</p>End", "was wrapped|IMG|End"),
        ("Look at it.", "<p>Look at it.</p><p>-- <br>Carla, Verdi Trekking</p>IMG", "Look at it.|FILE"),
    ],
)
def test_a_picture_stands_where_the_html_shows_it_when_the_text_does_not_say(desk, text, html, shown):
    html = html.replace("IMG", '<img src="cid:photo@01" alt="a > b">')
    page = page_of(desk, make_ticket(text=text, html=html, files=[PHOTO])).partition('id="timeline"')[2]
    page = page.partition('class="message-more')[0]
    words = shown.replace("IMG", 'class="inline-picture"').replace("FILE", 'class="file')
    places = [page.find(each) for each in words.split("|")]
    assert -1 not in places and places == sorted(places)
    assert page.count('class="inline-picture"') == shown.count("IMG") and "[cid:" not in page


def test_a_picture_stands_where_the_text_says_it_by_its_description(desk):
    html = '<p>Look: <img alt="The seam, a &gt; b" src="cid:photo%4001"> Torn.</p>'
    page = page_of(desk, make_ticket(text="Look: [image: The seam, a > b] Torn.", html=html, files=[PHOTO]))
    timeline = page.partition('id="timeline"')[2].partition('class="message-more')[0]
    assert timeline.count('class="inline-picture"') == 1
    assert "[The seam" not in timeline and 'class="file"' not in timeline


def test_a_file_that_is_no_picture_for_a_browser_is_drawn_as_a_file(desk):
    svg = InboundFile("x.svg", "image/svg+xml", b"<svg onload=alert(1)>", content_id="x", is_inline=True)
    page = page_of(desk, make_ticket(text="[cid:x]", files=[svg]))
    assert "inline-picture" not in page and "SVG ·" in page


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<img src="https://a.example/x.gif" alt="x">', "[x]"),
        ('<img alt="a>b" src="http://a.example/x.gif">', "[a&gt;b]"),
        ('<img src="cid:photo@01">', '<img src="/files/KEY/">'),
        ('<img src="cid:photo%4001">', '<img src="/files/KEY/">'),
        ('<img src="cid:nowhere">', ""),
        ('say src="https://a.example/"', 'say src="https://a.example/"'),
    ],
)
def test_of_pictures_only_those_that_came_inside_are_shown(desk, html, shown):
    ticket = make_ticket(html=html, files=[PHOTO])
    message = ticket.messages.get()
    answer = desk.get(reverse("desk:original", args=[message.pk]))
    body = re.search(r"<body[^>]*>(.*)</body>", answer.content.decode())[1]
    assert body == shown.replace("KEY", str(message.attachments.get().key))
    assert "https:" not in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "no-referrer"


def test_asked_for_the_web_s_pictures_come_by_https_alone(desk):
    ticket = make_ticket(html='<img src="https://a.example/x.gif"><img src="http://a.example/y.gif">')
    message = ticket.messages.get()
    assert reverse("desk:pictures", args=[message.pk]) in page_of(desk, ticket)
    answer = desk.get(reverse("desk:pictures", args=[message.pk]))
    assert '<img src="https://a.example/x.gif"></body>' in answer.content.decode()
    assert "img-src 'self' https:" in answer["Content-Security-Policy"]


def test_a_mail_without_pictures_of_the_web_asks_nothing(desk):
    assert "Show pictures" not in page_of(desk, make_ticket(html="<p>https://a.example/x.gif</p>"))


def test_an_invitation_has_a_card_with_what_when_where_and_who(desk):
    file = InboundFile("invite.ics", "text/calendar", INVITATION)
    page = page_of(desk, make_ticket(files=[file]))
    for words in ("Fitting of the &lt;tent&gt;", "Room 4", "Carla Verdi", "2026-11-24T09:00:00+00:00"):
        assert words in page


def test_a_broken_invitation_is_a_file_only(desk):
    file = InboundFile("invite.ics", "text/calendar", b"BEGIN:VCALENDAR\nnonsense")
    page = page_of(desk, make_ticket(files=[file]))
    assert 'class="invitation"' not in page and "invite.ics" in page


@pytest.mark.parametrize(
    ("check", "words"), [("pass", "Verified sender"), ("fail", "Unverified sender"), ("", None)]
)
def test_whether_the_sender_s_domain_vouches_is_told(desk, check, words):
    page = page_of(desk, make_ticket(sender_check=check))
    found = [each for each in ("Verified sender", "Unverified sender") if each in page]
    assert found == ([words] if words else [])


def test_a_language_that_is_not_the_reader_s_is_named(desk):
    assert "Română" in page_of(desk, make_ticket(language="ro"))
    page = page_of(desk, make_ticket(language="en"))
    assert 'title="Language"' not in page


def test_a_sealed_mail_is_marked_and_a_signed_one_is_not(desk):
    sealed = InboundFile("smime.p7m", "application/pkcs7-mime", b"0")
    pgp = InboundFile("encrypted.asc", "application/octet-stream", b"-----BEGIN PGP MESSAGE-----")
    signature = InboundFile("smime.p7s", "application/pkcs7-signature", b"0")
    pgp_signature = InboundFile("signature.asc", "application/pgp-signature", b"0")
    for file in (sealed, pgp):
        assert "Encrypted</span>" in page_of(desk, make_ticket(files=[file]))
    for file in (signature, pgp_signature):
        assert "Encrypted</span>" not in page_of(desk, make_ticket(files=[file]))


def test_a_long_text_is_folded_and_all_there(desk):
    page = page_of(desk, make_ticket(text="\n".join(f"line {number}" for number in range(100))))
    assert "<fold-away" in page and "line 99" in page
    assert "<fold-away" not in page_of(desk, make_ticket(text="short"))


def test_each_paragraph_runs_in_its_own_direction(desk):
    page = page_of(desk, make_ticket(text="שלום\n\nHello"))
    assert '<p dir="auto">שלום</p>' in page and '<p dir="auto">Hello</p>' in page


def test_the_source_of_a_mail_is_a_link_for_admins_only(desk, client, settings):
    settings.RAW_READERS = {"email": f"{__name__}.read_by_mood"}
    inbox = make_inbox(options={"mood": "well"})
    raw = store_raw(b"x", inbox=inbox, door="smtp")
    handle_raw(raw.pk)
    raw.refresh_from_db()
    link = reverse("workspace:raw", args=[raw.pk])
    assert link not in page_of(desk, raw.ticket)
    client.force_login(make_admin())
    assert link in page_of(client, raw.ticket)


def test_a_chat_s_message_has_no_such_link(client):
    client.force_login(make_admin())
    assert "/settings/incoming/" not in page_of(client, customer_writes(make_inbox("webchat")).ticket)
