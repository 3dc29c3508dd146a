"""Doors of the composer besides sending: drafts, the preview, and who else is writing."""

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from helpdesk.asked import read_number
from helpdesk.desk.drafts import Turn, device_of, save_draft
from helpdesk.desk.fitting import fitting_tickets
from helpdesk.desk.mails import as_paragraphs
from helpdesk.desk.models import Draft
from helpdesk.desk.views.doing import read_uuid
from helpdesk.desk.views.pages import find_ticket
from helpdesk.errors import Invalid, NotThere
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.people.models import User
from helpdesk.tickets.markup import marked_up
from helpdesk.tickets.models import Ticket


@login_required
@require_POST
def draft(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep what is in the box. Answers when that was, which is what the page knows it by; "" where nothing is kept."""
    ticket = seen_ticket(pk, request.user)
    if request.POST.get("kind") not in Draft.Kind.values:
        raise Invalid(field="kind")
    at = save_draft(
        ticket.pk,
        ticket.department_id,
        user=request.user,
        kind=request.POST["kind"],
        text=request.POST.get("text", ""),
        device=device_of(request.headers.get("User-Agent", "")),
        composer=read_uuid(request.POST.get("client_uuid", "")),
        turn=read_turn(request),
    )
    return JsonResponse({"at": at})


@login_required
@never_cache
@require_GET
def drafts(request: HttpRequest, pk: int) -> HttpResponse:
    """The line above the composer: what colleagues have begun here."""
    return render(request, "desk/_drafts.html", {"ticket": find_ticket(pk, request.user)})


@login_required
@never_cache
@require_GET
def colleague_draft(request: HttpRequest, pk: int, draft: int) -> HttpResponse:
    """What a colleague has begun, to be read."""
    begun = get_object_or_404(Draft.objects.begun(), pk=draft, ticket=seen_ticket(pk, request.user))
    return HttpResponse(drawn(begun.text))


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The text as it will be read."""
    return HttpResponse(drawn(request.POST.get("text", "").strip()))


@login_required
@never_cache
@require_GET
def fitting(request: HttpRequest, pk: int) -> HttpResponse:
    """Solved tickets that may answer this one."""
    ticket = find_ticket(pk, request.user)
    return render(
        request, "desk/_fitting.html", {"ticket": ticket, "fitting": fitting_tickets(ticket, request.user)}
    )


@login_required
@require_POST
def inserted(request: HttpRequest, pk: int) -> HttpResponse:
    """An `article`, or the answer of the ticket `from`, was put into what is being written."""
    ticket = find_ticket(pk, request.user)
    article, other = (read_number(request.POST.get(name, "")) for name in ("article", "from"))
    by = Actor.agent(request.user)
    if article and apps.get_model("knowledge", "Article").objects.filter(pk=article).exists():
        data = {"article": article, "language": request.POST.get("language", "")[:10]}
        record(names.ARTICLE_SUGGESTED, by=by, ticket=ticket, data=data)
    if other:
        record(names.ANSWER_REUSED, by=by, ticket=ticket, data={"from": seen_ticket(other, request.user).pk})
    return HttpResponse(status=204)


def read_turn(request: HttpRequest) -> Turn | None:
    """None for what carries none: of a page that was opened before there were any."""
    browser = read_uuid(request.POST.get("browser", ""))
    number = read_number(request.POST.get("turn", ""))
    return Turn(browser, number) if browser and number else None


def drawn(text: str) -> str:
    """As `mails.words_of` draws a message."""
    return marked_up(text) or as_paragraphs(text)


def seen_ticket(pk: int, user: User) -> Ticket:
    ticket = Ticket.objects.visible_to(user).only("department_id").filter(pk=pk).first()
    if ticket is None:
        raise NotThere
    return ticket
