"""The desk's screen of who is on the sites now, and what is done there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from helpdesk.errors import Conflict, HelpdeskError, Invalid
from helpdesk.people.bans import ban_of, ban_visitor, lift_ban
from helpdesk.people.contacts import find_contact
from helpdesk.people.models import Ban, Contact, ContactIdentity, User
from helpdesk.people.onlookers import PAGE, note_look, visitor_of
from helpdesk.people.presence import count_here
from helpdesk.people.sight import departments_of
from helpdesk.tickets.models import Ticket
from helpdesk.visitors.rows import Row, State
from helpdesk.visitors.table import KNOWN, ORDERS, inboxes_of, read_asked, row_of, table_for
from helpdesk.visitors.talking import start_chat


class HasLeft(Invalid):
    code = "has_left"
    sentence = gettext_lazy("They have left the site.")


class NotBanned(Conflict):
    code = "not_banned"
    sentence = gettext_lazy("They are not banned any more.")


@login_required
@never_cache
@require_GET
def visitors(request: HttpRequest) -> HttpResponse:
    """The table: as a page, or only what changes where the page asks for that."""
    return draw(request, {})


@login_required
@never_cache
@require_GET
def visitor(request: HttpRequest, visitor: UUID) -> HttpResponse:
    """The table with one visitor beside it, or that one alone. Colleagues see that this agent looks at them."""
    known = one(visitor, request.user)
    if known["row"]:
        note_look(visitor_of(visitor), request.user.pk, lasts=PAGE)
    return draw(request, known)


def one(visitor: UUID, user: User) -> dict[str, Any]:
    """The visitor; of somebody who has left, whom we know them as, where the agent may see a talk with them. `ban`: what
    keeps them out."""
    row = row_of(visitor, user)
    contact = row.contact if row else contact_of(visitor, user)
    return {"opened": visitor, "row": row, "contact": contact, "ban": ban_seen(visitor, contact, user)}


def ban_seen(visitor: UUID, contact: Contact | None, user: User) -> Ban | None:
    """Of somebody whom the agent doesn't know they see it only where it is their own."""
    ban = ban_of(visitor, contact)
    is_known = ban and (contact or user.is_admin or ban.banned_by_id == user.pk)
    return ban if is_known else None


def contact_of(visitor: UUID, user: User) -> Contact | None:
    contact = find_contact(ContactIdentity.Kind.VISITOR, str(visitor))
    return contact if contact and Ticket.objects.visible_to(user).of(contact).exists() else None


def draw(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    target = request.headers.get("HX-Target")
    part = {"visitors": "_news", "visitor": "_visitor"}.get(target, "visitors")
    context |= {"query": request.GET.urlencode(), "is_part": part != "visitors"}
    if part != "_visitor":
        context |= table_context(request)
    response = render(request, f"visitors/{part}.html", context, status=status)
    patch_vary_headers(response, ["HX-Target"])
    return response


def table_context(request: HttpRequest) -> dict[str, Any]:
    asked = read_asked(request.GET)
    table = table_for(request.user, asked)
    return {
        "asked": asked,
        "table": table,
        "counts": [(state, table.counts[state]) for state in (State.WAITING, State.CHATTING)],
        "inboxes": inboxes_of(request.user),
        "departments": departments_of(request.user),
        "choices": [*State.choices, (KNOWN, _("Known people"))],
        "orders": [(key, words) for key, (words, _order) in ORDERS.items()],
    }


@login_required
@never_cache
@require_GET
def count(request: HttpRequest) -> JsonResponse:
    """How many are here, for the rail."""
    return JsonResponse({"here": sum(count_here(inbox.pk) for inbox in inboxes_of(request.user))})


@login_required
@require_POST
def chat(request: HttpRequest, visitor: UUID) -> HttpResponse:
    """`text`: begin a conversation with it, and go there."""
    try:
        ticket = start_chat(still_here(visitor, request.user), request.POST.get("text", ""), by=request.user)
    except HelpdeskError as error:
        return draw_refused(request, visitor, error)
    messages.success(request, _("Sent. They see it in the widget, on the page they are on."))
    return redirect("desk:ticket", ticket.pk)


@login_required
@require_POST
def ban(request: HttpRequest, visitor: UUID) -> HttpResponse:
    """`reason`; `place`: also whoever else comes from that network, for a day; `everywhere`: their mail, too."""
    known = one(visitor, request.user)
    row, contact = known["row"], known["contact"]
    if not (row or contact):
        return draw_refused(request, visitor, HasLeft())
    name = row.name if row else str(contact)
    try:
        ban_visitor(
            visitor,
            name=name,
            contact=contact,
            reason=request.POST.get("reason", ""),
            place=row.here.place if row and request.POST.get("place") else "",
            is_everywhere=bool(request.POST.get("everywhere")),
            by=request.user,
        )
    except HelpdeskError as error:
        return draw_refused(request, visitor, error)
    messages.success(request, _("%(name)s is banned.") % {"name": name})
    return redirect("visitors:visitor", visitor)


@login_required
@require_POST
def lift(request: HttpRequest, visitor: UUID) -> HttpResponse:
    """Let them in again; another ban of the same person stays."""
    standing = one(visitor, request.user)["ban"]
    try:
        if standing is None:
            raise NotBanned
        lift_ban(standing, by=request.user)
    except HelpdeskError as error:
        return draw_refused(request, visitor, error)
    messages.success(request, _("%(name)s may write again.") % {"name": standing.name})
    return redirect("visitors:visitor", visitor)


def still_here(visitor: UUID, user: User) -> Row:
    """Raises HasLeft."""
    row = row_of(visitor, user)
    if row is None:
        raise HasLeft
    return row


def draw_refused(request: HttpRequest, visitor: UUID, error: HelpdeskError) -> HttpResponse:
    context = one(visitor, request.user) | {"error": error}
    return draw(request, context | {"text": request.POST.get("text", "")}, status=error.status)
