"""The mail that brings a visitor what they have not seen in the chat: the answers, a short quote, the way back."""

from fnmatch import fnmatch
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from helpdesk.connectors.email.quoting import quote_line, quoted_text, signature_of
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import ContactIdentity, Workspace
from helpdesk.tickets.markup import own_html
from helpdesk.tickets.models import Attachment, Message

LONGEST_QUOTE = 10  # lines


def copy_text(copy: Message) -> str:
    """The mail's plain text."""
    known = context_of(copy)
    parts = [known["opening"], *(spoken(one, known["is_by_one"]) for one in known["answers"])]
    if known["signature"]:
        parts.append(f"-- \n{known['signature']}")
    parts.append("\n".join(filter(None, (known["closing"], known["page"]))))
    parts.append(known["warning"])
    if known["asked"]:
        parts.append(f"{known['quote_line']}\n\n{known['quoted']}")
    return "\n\n".join(part for part in parts if part) + "\n"


def spoken(answer: Message, is_by_one: bool) -> str:
    return answer.text if is_by_one else f"{answer.author_name}:\n{answer.text}"


def copy_html(copy: Message) -> str:
    return render_to_string("email/chat_copy.html", {"message": copy} | context_of(copy))


def context_of(copy: Message) -> dict[str, Any]:
    """What both forms of the mail print, in the language that is set."""
    answers = answers_in(copy)
    asked = asked_before(copy, answers)
    chat = answers[0].inbox if answers else copy.ticket.inbox
    page = page_of(copy, chat)
    return {
        "answers": answers,
        "is_by_one": len({answer.user_id for answer in answers}) == 1,
        "opening": _("Your chat with %(team)s goes on here by mail.") % {"team": team_of(chat)},
        "closing": _("Answer this mail, or go on in the chat:") if page else _("You can answer this mail."),
        "page": page,
        "warning": "" if is_proven(copy) else warning(),
        "signature": signature_of(copy),
        "asked": asked,
        "quote_line": quote_line(asked) if asked else "",
        "quote": "\n".join(asked.text.splitlines()) if asked else "",
        "quoted": quoted_text(asked) if asked else "",
    }


def warning() -> str:
    return _("Was it not you who wrote there? Then please don't answer: your words would show in that chat.")


def is_proven(copy: Message) -> bool:
    """Whether the address is known to be the visitor's. Else anybody may have typed it into the chat."""
    identities = copy.ticket.contact.identities.filter(kind=ContactIdentity.Kind.EMAIL, is_verified=True)
    return identities.filter(value__in=[address.lower() for address in copy.to]).exists()


def answers_in(copy: Message) -> list[Message]:
    """Those that it carries, also what was read meanwhile: a second try is the same mail."""
    answers = list(copy.carried.select_related("inbox").order_by("created_at", "pk"))
    for answer in answers:
        answer.marked = own_html(answer.html)
    return answers


def files_in(copy: Message) -> list[Attachment]:
    return list(Attachment.objects.filter(message__mailed_in=copy).order_by("message", "pk"))


def asked_before(copy: Message, answers: list[Message]) -> Message | None:
    """What the visitor wrote last before these answers, its beginning only."""
    if not answers:
        return None
    asked = copy.ticket.messages.filter(kind=Message.Kind.INCOMING, pk__lt=answers[0].pk)
    last = asked.order_by("-created_at", "-pk").first()
    if last:
        lines = last.text.splitlines()
        last.text = "\n".join(lines if len(lines) <= LONGEST_QUOTE else [*lines[:LONGEST_QUOTE], "…"])
    return last if last and last.text else None


def team_of(chat: Inbox) -> str:
    """The name that the widget shows."""
    named = chat.options.get("team")
    return (named.strip() if isinstance(named, str) else "") or Workspace.get().name


def page_of(copy: Message, chat: Inbox) -> str:
    """The page on which the chat was begun. A visitor says where they are: where the inbox names its sites it must be
    one of them, so that nobody has us mail a link of theirs."""
    page = str(copy.ticket.attributes.get("page") or "")
    parts = urlsplit(page)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    sites = chat.options.get("allowed_sites") or []
    sites = sites.split() if isinstance(sites, str) else sites
    return page if not sites or any(is_on(parts.hostname, site) for site in sites) else ""


def is_on(host: str, site: str) -> bool:
    """Whether a host belongs to an allowed site: a host, perhaps with scheme and port, or `*.` before it."""
    named = urlsplit(site if "//" in site else f"//{site}").hostname or ""
    return bool(named) and fnmatch(host.lower(), named.lower())
