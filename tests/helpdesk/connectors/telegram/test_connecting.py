import pytest

from helpdesk.connectors.telegram.connecting import connect_bot
from helpdesk.errors import Invalid
from tests.helpdesk.connectors.telegram.fake import TOKEN

pytestmark = pytest.mark.django_db


def test_telegram_is_told_where_to_bring_messages_and_with_which_secret(inbox, telegram):
    assert "@fernweh_bot" in connect_bot(inbox)
    (hook,) = telegram.sent("setWebhook")
    assert hook["url"] == "http://testserver/hooks/telegram/bot-7/"
    assert hook["secret_token"] == inbox.secrets["webhook_secret"]
    assert "edited_message" in hook["allowed_updates"]


def test_a_secret_is_made_where_there_is_none(inbox, telegram):
    inbox.secrets = {"token": TOKEN}
    inbox.save()
    connect_bot(inbox)
    inbox.refresh_from_db()
    assert len(inbox.secrets["webhook_secret"]) >= 32


def test_a_refusal_is_shown_in_telegrams_words(inbox, telegram):
    telegram.refuse(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook")
    with pytest.raises(Invalid, match="HTTPS url must be provided"):
        connect_bot(inbox)


def test_a_wrong_token_is_shown_without_showing_it(inbox, telegram):
    inbox.secrets |= {"token": "1:wrong"}
    with pytest.raises(Invalid, match="401 Unauthorized") as refusal:
        connect_bot(inbox)
    assert "1:wrong" not in str(refusal.value)


def test_without_a_token_it_asks_for_one(inbox):
    inbox.secrets = {}
    with pytest.raises(Invalid, match="BotFather"):
        connect_bot(inbox)
