"""What is known of a ticket's customer, changed where it stands in the pane."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from helpdesk.desk.about import about_ticket, where_they_are
from helpdesk.desk.changes import Said
from helpdesk.desk.drawn_facts import fact_url, in_head
from helpdesk.desk.facts import edit_fact, find_fact, hints_for
from helpdesk.desk.known import drawn_as
from helpdesk.desk.place import place_beside
from helpdesk.desk.undoing import with_undo
from helpdesk.desk.views.doing import back_to
from helpdesk.desk.views.pages import find_ticket, go_to_kept
from helpdesk.errors import HelpdeskError, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.attributes.changing import ChangedMeanwhile, mark_of
from helpdesk.people.attributes.definitions import PERSON
from helpdesk.people.attributes.facts import Fact
from helpdesk.people.attributes.kinds import KINDS, yes_no_words
from helpdesk.people.attributes.models import Attribute
from helpdesk.people.attributes.own_fields import OWN_FIELDS
from helpdesk.tickets.models import Ticket

INPUT_TYPES = {"date": "date", "email": "email", "tel": "tel", "link": "url"}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def fact(request: HttpRequest, pk: int, of: str, key: str) -> HttpResponse:
    """The form of one value; posted, it is kept. `leave`: the row as it stands, and the pane with it."""
    ticket = find_ticket(pk, request.user)
    if ticket.merged_into_id:
        return go_to_kept(request, ticket)
    found = find_fact(ticket, of, key)
    if found is None:
        raise NotThere
    if request.method == "POST":
        return save(request, ticket, found)
    if "leave" in request.GET:
        return show_row(request, pk, found, None)
    return draw_form(request, ticket, found, draft=draft_of(found))


def save(request: HttpRequest, ticket: Ticket, found: Fact) -> HttpResponse:
    text, seen = request.POST.get("value", ""), request.POST.get("seen", "")
    try:
        words, undo = edit_fact(ticket, found, text, seen=seen, by=Actor.agent(request.user))
    except ChangedMeanwhile as error:
        now = find_fact(find_ticket(ticket.pk, request.user), found.of, found.key) or found
        context = {"draft": text, "error": error, "stands": now.words, "seen": mark_of(error.now)}
        return draw_form(request, ticket, now, status=409, **context)
    except HelpdeskError as error:
        status = 409 if error.status == 409 else 422
        return draw_form(request, ticket, found, status=status, draft=text, error=error, seen=seen)
    said = Said(words, ("fact", "put_back", undo)) if undo else None
    return show_row(request, ticket.pk, found, said)


def show_row(request: HttpRequest, pk: int, found: Fact, said: Said | None) -> HttpResponse:
    """The row as it stands now, with the keyboard in it, and the pane and a toast around it."""
    if "HX-Request" not in request.headers:
        if said:
            messages.success(request, said.text)
        query = request.GET.copy()
        query.pop("leave", None)
        return redirect(back_to(request, pk).partition("?")[0] + (f"?{query.urlencode()}" if query else ""))
    ticket = find_ticket(pk, request.user)
    now = find_fact(ticket, found.of, found.key) or found
    context = {
        "ticket": ticket,
        "place": place_beside(request, ticket),
        "about": about_ticket(ticket, request.user),
        "said": with_undo(said, pk, request.user) if said else None,
        "row": drawn_as(now, ticket),
    }
    return render(request, "desk/_fact_shown.html", context)


def draw_form(
    request: HttpRequest, ticket: Ticket, found: Fact, *, status: int = 200, **context: Any
) -> HttpResponse:
    place = place_beside(request, ticket)
    context = {
        "ticket": ticket,
        "fact": found,
        "place": place,
        "seen": found.mark,
        "url": fact_url(found, ticket, place.suffix),
        "in_head": in_head(found),
        "options": options_of(found),
        "hints": hints_for(found),
        "input_type": INPUT_TYPES.get(found.kind, "text"),
    } | context
    name = "_fact_form" if "HX-Request" in request.headers else "fact"
    return render(request, f"desk/{name}.html", context, status=status)


def options_of(found: Fact) -> list[tuple[str, str]]:
    """What can be chosen; nothing where it is typed. A language that is none of ours stays to be chosen."""
    if found.kind == Attribute.Kind.YES_NO:
        return [("true", yes_no_words(True)), ("false", yes_no_words(False))]
    if found.key == "language" and found.of == PERSON:
        known = [(code, str(name)) for code, name in settings.LANGUAGES]
        return known + [(found.raw, found.raw)] * bool(found.raw and found.raw not in dict(known))
    return [(choice, choice) for choice in found.choices] if found.kind == Attribute.Kind.CHOICE else []


def draft_of(found: Fact) -> str:
    """What stands in the field when it is opened: a number as one types it, a yes as it is chosen."""
    is_own = found.of == PERSON and found.key in OWN_FIELDS
    if (
        found.problem
        or found.kind == Attribute.Kind.NUMBER
        or found.raw in (None, "")
        or (is_own and found.key == "company")
    ):
        return found.words
    value = found.raw if is_own else KINDS[found.kind].read(found.raw, found.choices)
    return str(value).lower() if isinstance(value, bool) else str(value)


@login_required
@never_cache
@require_GET
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the customer is on the site now. Raises NotThere for one who has never been there."""
    ticket = find_ticket(pk, request.user)
    about = where_they_are(ticket, request.user)
    if about["visitor"] is None:
        raise NotThere
    context = {"ticket": ticket, "about": about}
    return render(request, "desk/_here.html", context)
