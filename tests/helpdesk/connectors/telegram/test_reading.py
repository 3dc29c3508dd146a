import pytest

from helpdesk.connectors.telegram.bot import BotError
from helpdesk.inboxes.models import RawMessage
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Message, Ticket
from tests.factories import handle_raw, make_inbox
from tests.helpdesk.connectors.telegram.conftest import an_update, read
from tests.helpdesk.connectors.telegram.fake import TOKEN

pytestmark = pytest.mark.django_db


def test_a_message_becomes_a_ticket_of_its_writer(inbox):
    raw = read(inbox, an_update("Dov'è il mio pacco?"))
    assert raw.outcome == "created"
    ticket = raw.ticket
    assert (ticket.channel, ticket.language, ticket.contact.name) == ("telegram", "it", "Ann")
    assert [str(each) for each in ticket.contact.identities.all()] == ["telegram:1111111"]
    assert raw.message.external_id == f"tg{inbox.pk}:1111111:1365"


def test_one_customer_has_one_thread(inbox):
    first = read(inbox, an_update("Hello", number=1))
    second = read(inbox, an_update("Are you there?", number=2))
    other = read(inbox, an_update("Hello", number=1, person=2**40))
    assert (second.outcome, second.ticket) == ("appended", first.ticket)
    assert other.ticket != first.ticket
    assert Contact.objects.count() == 2


def test_the_same_update_twice_is_one_message(inbox):
    update = an_update()
    assert [read(inbox, update).outcome for _ in range(3)] == ["created", "duplicate", "duplicate"]
    assert Message.objects.count() == 1


def test_two_bots_may_share_a_chat_and_a_number(inbox):
    other = make_inbox("telegram", secrets={"token": TOKEN})
    assert [read(each, an_update()).outcome for each in (inbox, other)] == ["created", "created"]


def test_a_reply_lands_on_the_ticket_it_answers_even_when_that_is_long_closed(inbox):
    first = read(inbox, an_update("One", number=1)).ticket
    Ticket.objects.filter(pk=first.pk).update(
        status="closed", closed_at=first.created_at.replace(year=first.created_at.year - 1)
    )
    second = read(inbox, an_update("Two", number=2)).ticket
    assert second != first
    Ticket.objects.filter(pk=first.pk).update(status="open", closed_at=None)
    assert (
        read(inbox, an_update("To the first", number=3, reply_to_message={"message_id": 1})).ticket == first
    )


def test_an_edit_is_kept_beside_what_was_said_first(inbox):
    read(inbox, an_update("At nine", number=4))
    update = an_update("At ten", number=4, edit_date=1441645600)
    raw = read(inbox, {"update_id": 1, "edited_message": update["message"]})
    assert raw.outcome == "appended"
    assert list(raw.ticket.messages.in_order().values_list("text", flat=True)) == [
        "At nine",
        "(edited) At ten",
    ]


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        (an_update("/start"), "opened the chat"),
        (an_update("/start@fernweh_bot abc"), "opened the chat"),
        (an_update(chat={"id": -100, "type": "supergroup"}), "supergroup"),
        ({"update_id": 1, "my_chat_member": {"new_chat_member": {"status": "kicked"}}}, "my_chat_member"),
        ({"update_id": 1}, "another kind"),
        (an_update(**{"from": {"id": 5, "is_bot": True}}), "bot"),
    ],
)
def test_what_is_no_message_is_set_aside_with_its_reason(inbox, update, reason):
    raw = read(inbox, update)
    assert (raw.outcome, reason in raw.reason) == ("ignored", True)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "message",
    [{"text": "x"}, {"chat": 7, "from": {}}, {"chat": {"id": "x", "type": "private"}, "from": {"id": 1}}],
)
def test_what_breaks_the_format_waits_in_quarantine(inbox, message):
    assert read(inbox, {"update_id": 1, "message": message}).outcome == "quarantined"


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ({"sticker": {"file_id": "s", "emoji": "👍"}}, "👍"),
        ({"location": {"latitude": 44.49, "longitude": 11.34}}, "mlat=44.49&mlon=11.34"),
        ({"contact": {"first_name": "Bo", "phone_number": "+39 051"}}, "Bo  +39 051"),
        ({"dice": {"value": 6}}, "dice"),
    ],
)
def test_what_has_no_words_is_shown_in_words(inbox, content, shown):
    assert shown in read(inbox, an_update("", **content)).message.text


def test_the_largest_photo_is_fetched_with_its_caption(inbox, telegram):
    telegram.files = {"small": b"s", "large": b"\x89PNG large"}
    photo = [{"file_id": "small", "file_size": 1}, {"file_id": "large", "file_size": 10}]
    message = read(inbox, an_update("", photo=photo, caption="The broken zip")).message
    (file,) = message.attachments.all()
    assert (message.text, file.name, file.file.read()) == ("The broken zip", "photo.jpg", b"\x89PNG large")


def test_a_document_keeps_its_name_but_no_path(inbox, telegram):
    telegram.files = {"d": b"%PDF"}
    document = {"file_id": "d", "file_name": "../../invoice.pdf", "mime_type": "application/pdf"}
    (file,) = read(inbox, an_update("", document=document)).message.attachments.all()
    assert (file.name, file.content_type) == ("invoice.pdf", "application/pdf")


def test_a_file_too_large_to_fetch_does_not_cost_the_words(inbox, telegram):
    document = {"file_id": "d", "file_name": "film.mp4", "file_size": 21 * 2**20}
    message = read(inbox, an_update("", document=document, caption="Look")).message
    assert message.text == "Look\n(the file film.mp4 could not be fetched)"
    assert telegram.calls == []


def test_a_file_that_turns_out_larger_than_allowed_is_dropped_on_the_way(inbox, telegram, settings):
    settings.ATTACHMENT_MAX_BYTES = 1000
    telegram.files = {"d": b"x" * 1001}
    message = read(inbox, an_update("", document={"file_id": "d", "file_size": 5})).message
    assert "could not be fetched" in message.text


def test_a_file_is_tried_again_then_the_words_come_without_it(inbox, telegram):
    telegram.files = {"d": b"%PDF"}
    for _ in range(3):
        telegram.refuse(502, "Bad Gateway")
    with pytest.raises(BotError):
        read(inbox, an_update("", document={"file_id": "d"}, caption="Invoice"))
    raw = RawMessage.objects.get()
    assert raw.outcome == "pending"
    for _ in range(2):
        with pytest.raises(BotError):
            handle_raw(raw.pk)
    telegram.refuse(502, "Bad Gateway")
    assert handle_raw(raw.pk).outcome == "created"
    assert "could not be fetched" in Message.objects.get().text


def test_the_token_is_in_no_error(inbox, telegram, settings):
    telegram.refuse(502, "Bad Gateway")
    with pytest.raises(BotError) as refused:
        read(inbox, an_update("", document={"file_id": "d"}))
    settings.TELEGRAM_API_BASE = "http://127.0.0.1:1"
    with pytest.raises(Exception, match="127.0.0.1 did not answer") as unreachable:
        read(inbox, an_update("", number=9, document={"file_id": "d"}))
    for error in (refused.value, unreachable.value):
        assert TOKEN not in f"{error!r} {error.__cause__!r} {error.__context__!r}"
