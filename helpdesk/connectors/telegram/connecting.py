"""Telling Telegram where to bring what customers write."""

from secrets import token_urlsafe

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from helpdesk.connectors.telegram.bot import BotError, bot_of
from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.outgoing import Unreachable

UPDATES = ["message", "edited_message", "my_chat_member"]


def connect_bot(inbox: Inbox) -> str:
    """Register our hook and its secret with Telegram; returns a sentence with the bot's name.

    Safe to repeat. Raises Invalid with Telegram's own words where it refuses.
    """
    bot = bot_of(inbox)
    if bot is None:
        raise Invalid(_("Paste the token that @BotFather gave you."), field="token")
    if not inbox.secrets.get("webhook_secret"):
        inbox.secrets = inbox.secrets | {"webhook_secret": token_urlsafe(32)}
        inbox.save(update_fields=["secrets"])
    try:
        name = bot.call("getMe")["username"]
        bot.call(
            "setWebhook",
            url=hook_url(inbox),
            secret_token=inbox.secrets["webhook_secret"],
            allowed_updates=UPDATES,
        )
    except (BotError, Unreachable) as error:
        raise Invalid(str(error), field="token") from error
    return _("Connected: what customers write to @%(bot)s becomes tickets.") % {"bot": name}


def hook_url(inbox: Inbox) -> str:
    return settings.PUBLIC_URL + reverse("telegram:hook", args=[inbox.key])
