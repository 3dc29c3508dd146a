import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.connectors.telegram.splitting import LONGEST, split_text, units
from helpdesk.events.actor import Actor
from helpdesk.inboxes.contract import InboundFile
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.models import Message
from helpdesk.tickets.writing import reply
from tests.factories import make_agent
from tests.helpdesk.connectors.telegram.conftest import SECRET, an_update, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return Actor.agent(make_agent("Marco"))


def answer(ticket, agent, text: str = "On its way.", **fields) -> Message:
    message = reply(ticket, text, by=agent, **fields)
    deliver(message.pk)
    message.refresh_from_db()
    return message


def test_the_whole_loop(client, inbox, telegram, agent, settings, django_capture_on_commit_callbacks):
    """The customer writes, the team answers in the same chat, the customer answers on the same ticket."""
    settings.JOBS_INLINE = True

    def write(update: dict) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            answered = client.post(
                "/hooks/telegram/bot-7/", update, content_type="application/json", headers=headers
            )
        assert answered.status_code == 200

    write(an_update("Where is my parcel?", number=1))
    ticket = Message.objects.get().ticket
    with django_capture_on_commit_callbacks(execute=True):
        reply(ticket, "On its way.", by=agent)
    (sent,) = telegram.sent("sendMessage")
    assert (sent["chat_id"], sent["text"]) == ("1111111", "On its way.")
    write(an_update("Thanks!", number=2, reply_to_message={"message_id": 5000}))
    assert list(ticket.messages.in_order().values_list("kind", "text", "state")) == [
        ("incoming", "Where is my parcel?", "received"),
        ("outgoing", "On its way.", "sent"),
        ("incoming", "Thanks!", "received"),
    ]
    assert ticket.messages.latest("id").thread_reason == "reference"
    with django_capture_on_commit_callbacks(execute=True):
        close_ticket(ticket, by=agent)
    assert "/rate/" in telegram.sent("sendMessage")[-1]["text"]


def test_answers_with_one_tap_are_a_keyboard_under_the_last_piece(inbox, telegram):
    clerk, choices = Actor("bot", 1, "Clerk"), ["Invoice", "Delivery"]
    ticket = read(inbox, an_update()).ticket
    answer(ticket, clerk, "Long. " * 1000 + "What is it about?", choices=choices)
    *earlier, last = telegram.sent("sendMessage")
    keyboard = {
        "keyboard": [[{"text": "Invoice"}], [{"text": "Delivery"}]],
        "one_time_keyboard": True,
        "resize_keyboard": True,
    }
    assert last["reply_markup"] == keyboard
    assert earlier and not any("reply_markup" in one for one in earlier)
    answer(ticket, clerk, "Thank you.")
    assert "reply_markup" not in telegram.sent("sendMessage")[-1]


def test_a_long_answer_goes_out_in_pieces_in_order(inbox, telegram, agent):
    ticket = read(inbox, an_update()).ticket
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 150 for number in range(12))
    message = answer(ticket, agent, text)
    pieces = [sent["text"] for sent in telegram.sent("sendMessage")]
    assert len(pieces) > 2 and message.state == "sent"
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_files_go_after_the_words(inbox, telegram, agent):
    ticket = read(inbox, an_update()).ticket
    answer(ticket, agent, "Here it is.", files=[InboundFile("invoice ü.pdf", "application/pdf", b"%PDF")])
    assert [name for name, _ in telegram.calls] == ["sendMessage", "sendDocument"]
    assert telegram.sent("sendDocument")[0]["document"][1] == b"%PDF"


def test_a_second_try_does_not_say_again_what_was_said(inbox, telegram, agent):
    ticket = read(inbox, an_update()).ticket
    files = [InboundFile("a.txt", "text/plain", b"a"), InboundFile("b.txt", "text/plain", b"b")]
    message = reply(ticket, "Two files.", by=agent, files=files)
    telegram.refusals = [*[(200, telegram.answer("sendMessage", {"chat_id": "1"})[1])] * 2]
    telegram.calls.clear()
    telegram.refuse(500, "Internal Server Error")
    deliver(message.pk)
    Message.objects.filter(pk=message.pk).update(next_attempt_at=message.created_at)
    deliver(message.pk)
    message.refresh_from_db()
    assert message.state == "sent"
    assert [name for name, _ in telegram.calls] == [
        "sendMessage",
        "sendDocument",
        "sendDocument",
        "sendDocument",
    ]
    assert telegram.calls[-1][1]["document"][1] == b"b"


def test_too_many_messages_wait_as_long_as_telegram_says(inbox, telegram, agent):
    ticket = read(inbox, an_update()).ticket
    telegram.refuse(429, "Too Many Requests: retry after 35", retry_after=35)
    message = answer(ticket, agent)
    assert (message.state, "429" in message.error) == ("queued", True)
    assert 30 < (message.next_attempt_at - message.released_at).total_seconds() < 60


def test_a_customer_who_blocked_the_bot_brings_the_ticket_back(inbox, telegram, agent, names_of):
    ticket = read(inbox, an_update()).ticket
    telegram.refuse(403, "Forbidden: bot was blocked by the user")
    message = answer(ticket, agent)
    assert (message.state, message.error) == (
        "failed",
        "Telegram: 403 Forbidden: bot was blocked by the user",
    )
    assert names_of(ticket)[-1] == "message.failed"


@pytest.mark.parametrize(("code", "words"), [(500, "Internal"), (502, "Bad Gateway"), (401, "Unauthorized")])
def test_what_may_pass_is_tried_again(inbox, telegram, agent, code, words):
    ticket = read(inbox, an_update()).ticket
    telegram.refuse(code, words)
    assert answer(ticket, agent).state == "queued"


def test_an_answer_that_is_none_is_tried_again(inbox, telegram, agent):
    ticket = read(inbox, an_update()).ticket
    telegram.refusals = [(200, ["not", "a", "Bot", "API", "answer"])]
    assert answer(ticket, agent).state == "queued"


def test_a_bot_without_a_token_fails_at_once_and_says_so(inbox, telegram, agent):
    ticket = read(inbox, an_update()).ticket
    inbox.secrets = {}
    inbox.save()
    message = answer(ticket, agent)
    assert (message.state, "not connected" in message.error) == ("failed", True)


@given(text=st.text(min_size=1), longest=st.integers(2, 40))
def test_pieces_fit_and_lose_nothing_but_spaces(text, longest):
    pieces = list(split_text(text, longest))
    assert all(0 < units(piece) <= longest for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_emoji_count_twice():
    assert [units(piece) for piece in split_text("👍" * LONGEST)] == [LONGEST, LONGEST]
