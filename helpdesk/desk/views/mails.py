"""A mail as it was sent, in a locked frame; and reading one again that could not be read."""

from csp.decorators import csp
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from helpdesk.desk.about import about_ticket
from helpdesk.desk.changes import Said
from helpdesk.desk.place import place_beside
from helpdesk.desk.timeline import ready_to_draw
from helpdesk.desk.views.doing import find_message, show_changed
from helpdesk.desk.views.pages import find_ticket
from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets.models import Message
from helpdesk.tickets.pictures import html_with_pictures
from helpdesk.tickets.raw import replay_raw

# No script, no form, no plug-in, no frame, no style sheet; links open in a tab that knows nothing of us.
LOCKED = {
    "default-src": ["'none'"],
    "img-src": ["'self'"],
    "style-src": ["'unsafe-inline'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@login_required
@require_GET
@xframe_options_sameorigin
@csp(LOCKED)
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The message as the customer's program laid it out: cleaned when it came in, locked in a sandbox, and without
    anything from the web, so that nobody learns that it is being read."""
    return draw_original(request, pk, from_the_web=False)


@login_required
@require_GET
@xframe_options_sameorigin
@csp(LOCKED | {"img-src": ["'self'", "https:"]})
def original_with_pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """The same with the pictures of the web, because the reader asked for them: by https, and without a referrer."""
    return draw_original(request, pk, from_the_web=True)


def draw_original(request: HttpRequest, pk: int, *, from_the_web: bool) -> HttpResponse:
    message = find_message(pk, request.user)
    html = html_with_pictures(message, from_the_web=from_the_web)
    response = render(request, "desk/original.html", {"html": html, "message": message})
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_required
@require_POST
def reread(request: HttpRequest, pk: int) -> HttpResponse:
    """Read again what the note `pk` says could not be read."""
    note = find_message(pk, request.user)
    raw = RawMessage.objects.filter(message=note, outcome=RawMessage.Outcome.QUARANTINED).first()
    if raw is None:  # a colleague was faster
        return show_changed(request, note.ticket_id, Said(_("It has been read already.")))
    raw = replay_raw(raw, by=Actor.agent(request.user))
    outcome = RawMessage.Outcome
    said = Said(words_for(raw, note), is_bad=raw.outcome in (outcome.QUARANTINED, outcome.PENDING))
    if "HX-Request" not in request.headers:
        return show_changed(request, note.ticket_id, said)
    ticket = find_ticket(note.ticket_id, request.user)
    entries = ready_to_draw(ticket.messages.filter(pk__in=[note.pk, raw.message_id])).in_order()
    context = {"ticket": ticket, "place": place_beside(request, ticket), "said": said, "entries": entries}
    return render(request, "desk/_reread.html", context | {"about": about_ticket(ticket, request.user)})


def words_for(raw: RawMessage, note: Message) -> str:
    """What came of it."""
    outcome = RawMessage.Outcome
    if raw.outcome in (outcome.CREATED, outcome.APPENDED):
        return _("Now it could be read.")
    if raw.outcome == outcome.DUPLICATE:
        return _("It has come by another way already: ticket #%(number)s.") % {"number": raw.ticket_id}
    if raw.outcome == outcome.QUARANTINED:
        return _("It still can't be read: %(reason)s") % {"reason": raw.reason}
    if raw.outcome == outcome.PENDING:
        return _("It could not be read yet. It is tried again by itself.")
    return _("It was set aside: %(reason)s") % {"reason": raw.reason}
