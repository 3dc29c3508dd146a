"""One of our messages -> a mail that every program threads, answers and counts the right way."""

import re
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formataddr, formatdate

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.connectors.email.chat_copies import copy_html, copy_text, files_in
from helpdesk.connectors.email.quoting import (
    answered_message,
    quote_line,
    quoted_lines,
    quoted_text,
    signature_of,
)
from helpdesk.connectors.email.recipients import bounce_address, ticket_address, unsubscribe_address
from helpdesk.tickets.models import Attachment, Delivery, Message, Survey
from helpdesk.tickets.pictures import SHOWN
from helpdesk.tickets.surveys import language_of, question_of, score_words, survey_url, unsubscribe_url

BREAKS = re.compile("[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]+")
MOST_REFERENCES = 20
TOKEN = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,120}")  # RFC 6838, section 4.2
# Lines of any length and letters of any kind pass every server unchanged: a DKIM signature lives by that.
QUOTED_PRINTABLE = Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = QP
REPLY_MARK = re.compile(r"^\s*(re|aw|antw|sv|vs|r|rif|odp|回复|答复)\s*(\[\d+\])?\s*[:：]", re.IGNORECASE)


def compose_mail(message: Message) -> EmailMultiAlternatives:
    """The mail of an outgoing message, to all its recipients. Made anew for every try, always with the same Message-ID."""
    survey, is_copy = Survey.objects.filter(message=message).first(), message.kind == Message.Kind.COPY
    rows = list(message.deliveries.all())
    with translation.override(language_of(message.ticket)):
        answered = answered_message(message)
        mail = EmailMultiAlternatives(
            subject=subject_of(message, answered),
            body=copy_text(message) if is_copy else text_of(message, answered),
            from_email=bounce_address(message.inbox, message.pk),  # the envelope; From stands in the headers
            to=[header_value(row.address) for row in rows if row.role == Delivery.Role.TO],
            cc=[header_value(row.address) for row in rows if row.role == Delivery.Role.CC],
            headers=headers_of(message, survey),
        )
        mail.encoding = QUOTED_PRINTABLE
        html = copy_html(message) if is_copy else html_of(message, survey, answered)
        mail.attach_alternative(html, "text/html")
    shown = {} if is_copy else described_pictures(message)
    for attachment in files_in(message) if is_copy else message.attachments.all():
        mail.attach(part_of(attachment, content_id=shown.get(attachment.pk, "")))
    return mail


def described_pictures(message: Message) -> dict[int, str]:
    """The pictures that come below the answer's words, since somebody said what they show: their Content-IDs by number."""
    found = (one for one in message.attachments.all() if one.description and one.content_type in SHOWN)
    return {one.pk: f"{one.key.hex}@picture" for one in found if not one.is_inline}


def part_of(attachment: Attachment, *, content_id: str = "") -> MIMEBase:
    """The file byte by byte; with a Content-ID where the answer's HTML shows it."""
    main, _slash, sub = attachment.content_type.partition("/")
    if not TOKEN.fullmatch(main) or not TOKEN.fullmatch(sub) or main in {"multipart", "message"}:
        main, sub = "application", "octet-stream"
    part = MIMEBase(main, sub)
    with attachment.file.open("rb") as file:
        part.set_payload(file.read())
    encode_base64(part)
    content_id = content_id or (attachment.content_id if attachment.is_inline else "")
    part.add_header(
        "Content-Disposition", "inline" if content_id else "attachment", filename=file_name(attachment)
    )
    if content_id:
        part["Content-ID"] = f"<{header_value(content_id).strip('<>')}>"
    return part


def file_name(attachment: Attachment) -> str | tuple[str, str, str]:
    """As RFC 2231 writes names beyond ASCII."""
    name = header_value(attachment.name)
    return name if name.isascii() else ("utf-8", "", name)


def header_value(text: str) -> str:
    """The text as it may stand on one header line: what would begin another line or field becomes a blank."""
    return BREAKS.sub(" ", text).strip()


def subject_of(message: Message, answered: Message | None) -> str:
    """`Re: subject [#42]`: the number helps where a program drops every other trace."""
    subject = header_value(message.subject or message.ticket.subject) or _("Your message")
    is_first = not message.ticket.messages.filter(pk__lt=message.pk).exclude(kind=Message.Kind.NOTE).exists()
    if not REPLY_MARK.match(subject) and not is_first:
        subject = f"Re: {subject}"
    number = f"[#{message.ticket_id}]"
    if message.ticket.follow_up_of_id:  # the number of the ticket it came out of would lead back there
        subject = " ".join(subject.replace(f"[#{message.ticket.follow_up_of_id}]", " ").split())
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
        headers["Precedence"] = "bulk" if survey else "auto_reply"
        headers["X-Auto-Response-Suppress"] = "All"
    return headers | (ways_out(message) if survey else {})


def ways_out(message: Message) -> dict[str, str]:
    """How to end surveys: by mail, and by one click (RFC 8058), which wants https."""
    contact = message.ticket.contact
    address, url = unsubscribe_address(message.inbox, contact.pk), unsubscribe_url(contact)
    headers = {"List-Unsubscribe": f"<{url}>, <mailto:{address}?subject=unsubscribe>"}
    if url.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
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
        parts.append(f"{quote_line(answered)}\n\n{quoted_text(answered)}")
    return "\n\n".join(parts) + "\n"


def html_of(message: Message, survey: Survey | None, answered: Message | None) -> str:
    shown = described_pictures(message)
    context = {
        "message": message,
        "pictures": [(shown[one.pk], one) for one in message.attachments.all() if one.pk in shown],
        "survey": survey,
        "question": question_of(survey) if survey else "",
        "scores": [(words, survey_url(survey, score)) for score, words in score_words(survey.style).items()]
        if survey
        else [],
        "unsubscribe_url": unsubscribe_url(message.ticket.contact) if survey else "",
        "brand": message.inbox.name,
        "signature": signature_of(message),
        "answered": answered,
        "quote_line": quote_line(answered) if answered else "",
        "quote": "\n".join(quoted_lines(answered)) if answered else "",
    }
    return render_to_string("email/message.html", context)
