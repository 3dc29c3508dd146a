"""One of our messages -> a mail that every program threads, answers and counts the right way."""

import re
from email.utils import formataddr, formatdate

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from helpdesk.connectors.email.recipients import bounce_address, ticket_address, unsubscribe_address
from helpdesk.inboxes.contract import DeliveryError
from helpdesk.tickets.models import Message, Survey
from helpdesk.tickets.surveys import language_of, score_words, survey_url

BREAKS = re.compile("[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]+")
MOST_REFERENCES = 20
LONGEST_QUOTE = 100  # lines of the mail that is answered
REPLY_MARK = re.compile(r"^\s*(re|aw|antw|sv|vs|r|rif|odp|回复|答复)\s*(\[\d+\])?\s*[:：]", re.IGNORECASE)


def compose_mail(message: Message) -> EmailMultiAlternatives:
    """The mail of an outgoing message. Made anew for every try, always with the same Message-ID.

    Raises DeliveryError (permanent) when there is nobody to send it to.
    """
    ticket = message.ticket
    to = [one for one in message.to or [ticket.attributes.get("answer_to") or ticket.contact.email] if one]
    if not to or to[0].endswith(".invalid"):
        raise DeliveryError(_("This customer has no mail address."), permanent=True)
    survey = Survey.objects.filter(message=message).first()
    with translation.override(language_of(message.ticket)):
        answered = answered_message(message)
        mail = EmailMultiAlternatives(
            subject=subject_of(message, answered),
            body=text_of(message, answered),
            from_email=bounce_address(message.inbox, message.pk),  # the envelope; From stands in the headers
            to=[header_value(one) for one in to],
            cc=[header_value(one) for one in message.cc],
            headers=headers_of(message, survey),
        )
        mail.attach_alternative(html_of(message, survey, answered), "text/html")
    for attachment in message.attachments.all():
        with attachment.file.open("rb") as file:
            mail.attach(header_value(attachment.name), file.read(), attachment.content_type)
    return mail


def header_value(text: str) -> str:
    """The text as it may stand on one header line: what would begin another line or field becomes a blank."""
    return BREAKS.sub(" ", text).strip()


def answered_message(message: Message) -> Message | None:
    """The customer's last message before this one; None for a survey or another mail of the machine."""
    if message.is_automatic and message.author_kind == "system":
        return None
    return (
        message.ticket.messages.filter(kind=Message.Kind.INCOMING, pk__lt=message.pk)
        .order_by("-created_at", "-id")
        .first()
    )


def subject_of(message: Message, answered: Message | None) -> str:
    """`Re: subject [#42]`: the number helps where a program drops every other trace."""
    subject = header_value(message.subject or message.ticket.subject) or _("Your message")
    is_first = not message.ticket.messages.filter(pk__lt=message.pk).exclude(kind=Message.Kind.NOTE).exists()
    if not REPLY_MARK.match(subject) and not is_first:
        subject = f"Re: {subject}"
    number = f"[#{message.ticket_id}]"
    return subject if number in subject else f"{subject} {number}"


def headers_of(message: Message, survey: Survey | None) -> dict[str, str]:
    inbox, ticket = message.inbox, message.ticket
    headers = {
        "Message-ID": f"<{message.external_id}>",
        "Date": formatdate(message.created_at.timestamp(), localtime=False),
        "From": formataddr((sender_name(message), inbox.address)),
        "Reply-To": ticket_address(inbox, ticket.pk),
    }
    chain = known_ids(message)
    if chain:
        last_asked = [one_id for one_id, kind in chain if kind == Message.Kind.INCOMING]
        headers["In-Reply-To"] = f"<{(last_asked or [chain[-1][0]])[-1]}>"
        headers["References"] = " ".join(f"<{one_id}>" for one_id, _kind in trimmed(chain))
    if message.is_automatic:
        headers["Auto-Submitted"] = "auto-generated" if survey else "auto-replied"
        headers["X-Auto-Response-Suppress"] = "All"
    if survey:
        address = unsubscribe_address(inbox, ticket.contact_id)
        headers["List-Unsubscribe"] = f"<mailto:{address}?subject=unsubscribe>"
    return headers


def sender_name(message: Message) -> str:
    """The agent's name with the inbox's, or the inbox's alone for the machine's mail."""
    brand = header_value(message.inbox.name)
    if message.author_kind != "agent" or not message.author_name:
        return brand
    return header_value(f"{message.author_name} ({brand})")


def known_ids(message: Message) -> list[tuple[str, str]]:
    """(Message-ID, kind) of the ticket's earlier mails, oldest first; ids that came from no mail are left out."""
    rows = (
        message.ticket.messages.filter(pk__lt=message.pk, channel="email")
        .exclude(external_id="")
        .exclude(kind=Message.Kind.NOTE)
        .order_by("created_at", "id")
        .values_list("external_id", "kind")
    )
    # an id that two mails shared carries our mark behind a #
    clean = [(re.sub(r"#[0-9a-f]{32}$", "", one_id), kind) for one_id, kind in rows]
    return [
        (one_id, kind)
        for one_id, kind in clean
        if re.fullmatch(r"[^\s<>]+@[^\s<>]+", one_id) and one_id.isascii()
    ]


def trimmed(chain: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The first and the newest of a long chain: programs need the root and the near ones."""
    return chain if len(chain) <= MOST_REFERENCES else [chain[0], *chain[-(MOST_REFERENCES - 1) :]]


def text_of(message: Message, answered: Message | None) -> str:
    parts = [message.text]
    signature = signature_of(message)
    if signature:
        parts.append(f"-- \n{signature}")
    if answered:
        parts.append(
            f"{quote_line(answered)}\n\n" + "\n".join(f"> {line}" for line in quoted_lines(answered))
        )
    return "\n\n".join(parts) + "\n"


def html_of(message: Message, survey: Survey | None, answered: Message | None) -> str:
    context = {
        "message": message,
        "survey": survey,
        "scores": [(words, survey_url(survey, score)) for score, words in score_words().items()]
        if survey
        else [],
        "signature": signature_of(message),
        "answered": answered,
        "quote_line": quote_line(answered) if answered else "",
        "quote": "\n".join(quoted_lines(answered)) if answered else "",
        "public_url": settings.PUBLIC_URL,
    }
    return render_to_string("email/message.html", context)


def signature_of(message: Message) -> str:
    return message.user.signature.strip() if message.user and not message.is_automatic else ""


def quote_line(answered: Message) -> str:
    moment = formats.date_format(timezone.localtime(answered.created_at), "DATETIME_FORMAT")
    return _("On %(date)s, %(name)s wrote:") % {"date": moment, "name": answered.author_name}


def quoted_lines(answered: Message) -> list[str]:
    return answered.text.splitlines()[:LONGEST_QUOTE]
