"""The demo's own pages: a shop with the widget, and the mailbox of everything that left by mail."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from helpdesk.demo.models import SentMail
from helpdesk.demo.people import INBOXES, PASSWORD, TEAM
from helpdesk.demo.sink import html_of, read_mail, text_of
from helpdesk.inboxes.models import Inbox
from helpdesk.keyset import keyset_page

# What a mail program lets a mail do: show itself and open links elsewhere. No scripts, no forms.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
SHOWN_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
SHOP_SHELF = [  # picture, name, line, price
    ("tent", "Fjell 2", _("A tent for two that stands in ten minutes and in any wind."), "€389"),
    ("backpack", "Ridgeline 45", _("Carries a week, weighs less than two bottles of water."), "€179"),
    ("jacket", "Bora", _("Rain jacket, cut for walking uphill."), "€219"),
    ("boot", "Granite Mid", _("Boots that forgive long days."), "€199"),
    ("lamp", "Polaris", _("Headlamp, nine hours of light."), "€59"),
    ("bottle", "Lagune", _("Keeps tea hot until the summit."), "€29"),
]


@require_GET
def shop(request: HttpRequest) -> HttpResponse:
    """A small shop such as a customer of ours might have, with the chat widget in it."""
    chat = Inbox.objects.filter(kind=Inbox.Kind.WEBCHAT, key=INBOXES[1][3]).first()
    page = {
        "chat": chat or Inbox.objects.filter(kind=Inbox.Kind.WEBCHAT, is_active=True).first(),
        "shelf": SHOP_SHELF,
        "smtp_port": settings.MAIL_DOOR_PORT,
        "logins": [row[0] for row in TEAM],
        "password": PASSWORD,
    }
    return render(request, "demo/shop.html", page)


@require_GET
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mails, newest first. htmx asks for the list alone every few seconds."""
    query = request.GET.get("q", "").strip()[:200]
    mails = SentMail.objects.defer("raw")
    for word in query.split():
        mails = (
            mails.filter(words__icontains=word)
            | mails.filter(subject__icontains=word)
            | mails.filter(recipients__icontains=word)
        )
    page = keyset_page(mails, by="sent_at", cursor=request.GET.get("cursor", ""), size=30)
    context = {"mails": page.rows, "next_cursor": page.next_cursor, "query": query}
    name = "demo/_mails.html" if request.headers.get("HX-Request") else "demo/mailbox.html"
    return render(request, name, context)


@require_GET
def mail(request: HttpRequest, number: int) -> HttpResponse:
    """One mail: its headers, its text with live links, its HTML in a sandbox, and its source."""
    sent = get_object_or_404(SentMail, pk=number)
    message = read_mail(sent.raw)
    return render(
        request,
        "demo/mail.html",
        {
            "mail": sent,
            "headers": [(name, str(message[name])) for name in SHOWN_HEADERS if message[name]],
            "text": text_of(message),
            "has_html": bool(html_of(message)),
            "files": [part.get_filename() for part in message.iter_attachments()],
            "source": bytes(sent.raw).decode("utf-8", "replace"),
            "sandbox": SANDBOX,
        },
    )


@require_GET
def mail_html(request: HttpRequest, number: int) -> HttpResponse:
    """The HTML part alone, for the sandboxed frame. Its links open in a new tab."""
    html = html_of(read_mail(get_object_or_404(SentMail, pk=number).raw))
    if not html:
        raise Http404
    response = HttpResponse(f'<base target="_blank">{html}')
    response["Content-Security-Policy"] = (
        f"sandbox {SANDBOX}; default-src 'none'; img-src data: http: https:; style-src 'unsafe-inline'; "
        "frame-ancestors 'self'"
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
