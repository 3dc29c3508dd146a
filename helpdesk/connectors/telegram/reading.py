"""A stored update becomes a message on a ticket, or is set aside with its reason."""

import json
import logging

from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _

from helpdesk.connectors.telegram.bot import LARGEST_DOWNLOAD, BotError, bot_of
from helpdesk.connectors.telegram.update import ChatMessage, Nothing, RemoteFile, parse_update
from helpdesk.inboxes.contract import InboundFile, InboundMessage, Reading, Sender, Unreadable
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.outgoing import Unreachable
from helpdesk.people.models import ContactIdentity

log = logging.getLogger(__name__)
# From this attempt on a file that can't be fetched is named instead: the words must not wait for it for ever.
WITHOUT_FILES_FROM = 4


def read_raw(raw: RawMessage) -> Reading:
    """Raises Unreadable for what is no update. A file that can't be fetched just now raises Unreachable or
    BotError, so that the row stays pending and is read again."""
    try:
        update = json.loads(bytes(raw.body))
    except ValueError as error:
        raise Unreadable("Not JSON.") from error
    message = parse_update(update)
    if isinstance(message, Nothing):
        return Reading(outcome=RawMessage.Outcome.IGNORED, reason=message.reason)
    files, missing = fetch_files(raw, message)
    lines = [marked_text(message), *missing]
    return Reading(message=inbound(raw.inbox, message, "\n".join(filter(None, lines)), files))


def inbound(inbox: Inbox, message: ChatMessage, text: str, files: list[InboundFile]) -> InboundMessage:
    edit = f":{message.edited_at}" if message.edited_at else ""
    return InboundMessage(
        inbox=inbox,
        sender=Sender(
            ContactIdentity.Kind.TELEGRAM,
            str(message.sender),
            name=message.name,
            language=language_of(message.language),
            is_verified=True,
        ),
        external_id=external_id(inbox, message.chat, message.number) + edit,
        text=text,
        sent_at=message.sent_at,
        files=files,
        replies_to=[external_id(inbox, message.chat, message.answers)] if message.answers else (),
        language=language_of(message.language),
    )


def external_id(inbox: Inbox, chat: int | str, number: int) -> str:
    """Telegram numbers messages within a chat, and two bots may share a chat's id."""
    return f"tg{inbox.pk}:{chat}:{number}"


def marked_text(message: ChatMessage) -> str:
    return _("(edited) %(text)s") % {"text": message.text} if message.edited_at else message.text


def language_of(code: str) -> str:
    """One of ours where it is spoken here, else as Telegram gave it."""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return code.lower()


def fetch_files(raw: RawMessage, message: ChatMessage) -> tuple[list[InboundFile], list[str]]:
    """The files, and a line for each that could not be had."""
    files, missing = [], []
    for remote in message.files:
        file = fetch_file(raw, remote)
        if file is None:
            missing.append(_("(the file %(name)s could not be fetched)") % {"name": remote.name})
        else:
            files.append(file)
    return files, missing


def fetch_file(raw: RawMessage, remote: RemoteFile) -> InboundFile | None:
    """None where it will never come: too large, gone, or tried too often."""
    bot = bot_of(raw.inbox)
    if bot is None or (remote.size or 0) > LARGEST_DOWNLOAD:
        return None
    try:
        content = bot.fetch_file(remote.file_id)
    except (BotError, Unreachable) as error:
        is_final = isinstance(error, BotError) and error.code in (400, 404, 413)
        if not is_final and raw.attempts < WITHOUT_FILES_FROM:
            raise
        log.warning("a file of raw message %s: %s", raw.pk, error)
        return None
    return InboundFile(remote.name, remote.content_type, content)
