"""What an agent does: thin doors on the verbs of helpdesk.tickets."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from helpdesk import clock
from helpdesk.asked import read_number
from helpdesk.desk.about import about_ticket
from helpdesk.desk.addressing import chosen_in, seen_in
from helpdesk.desk.changes import Said
from helpdesk.desk.chat_answers import answer_at_once
from helpdesk.desk.drafts import clear_draft
from helpdesk.desk.forms import NewTicketForm
from helpdesk.desk.macros import refuse_unfilled, run_staged, staged_in
from helpdesk.desk.mail_answers import mail_at_once
from helpdesk.desk.mentions import hints_for, named_in
from helpdesk.desk.models import Draft
from helpdesk.desk.place import place_beside
from helpdesk.desk.sending import undo_seconds_for
from helpdesk.desk.timeline import note_look, ready_to_draw, timeline_of
from helpdesk.desk.undoing import with_undo
from helpdesk.desk.uploads import files_from
from helpdesk.desk.views.drawing import draw_desk, list_of, ticket_context
from helpdesk.desk.views.pages import find_ticket
from helpdesk.desk.ways import shown_ways
from helpdesk.errors import Conflict, HelpdeskError, NotAllowed, NotThere
from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.notices.models import Notice
from helpdesk.notices.reading import read_notices
from helpdesk.people.models import User
from helpdesk.tickets.delivery import retry_delivery, undo_reply
from helpdesk.tickets.fresh import is_as_it_stands
from helpdesk.tickets.markup import marked_up
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.participants import Recipients
from helpdesk.tickets.shortcuts.running import do_close, take_back_runs_of
from helpdesk.tickets.ways import chosen_way
from helpdesk.tickets.writing import add_note, reply


def show_changed(request: HttpRequest, pk: int, said: Said) -> HttpResponse:
    """htmx gets head, context and a toast, a plain form its page back."""
    said = with_undo(said, pk, request.user)
    ticket = Ticket.objects.visible_to(request.user).filter(pk=pk).exists() and find_ticket(pk, request.user)
    if "HX-Request" not in request.headers:
        (messages.error if said.is_bad else messages.success)(request, said.text)
        return redirect(back_to(request, pk) if ticket else reverse("desk:home"))
    if not ticket:  # moved where this agent may not see it
        return render(request, "desk/_gone.html", {"said": said, "left": pk})
    context = {"ticket": ticket, "place": place_beside(request, ticket), "said": said}
    if said.is_moved:
        context["timeline"] = timeline_of(ticket, user=request.user)
    return render(request, "desk/_changed.html", context | {"about": about_ticket(ticket, request.user)})


def back_to(request: HttpRequest, pk: int) -> str:
    """The ticket's page beside the list it was opened from."""
    query = request.GET.urlencode()
    return reverse("desk:ticket", args=[pk]) + (f"?{query}" if query else "")


@login_required
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the composer: an answer or a note. Where the customer wrote meanwhile the draft comes back (409)."""
    message, said = None if request.FILES else write_at_once(request, pk), None
    if message is None:
        ticket = find_ticket(pk, request.user)
        try:
            message, said = write_with_macros(request, ticket)
        except HelpdeskError as error:
            return show_refused(request, ticket, error)
        note_look(ticket, request.user, newest=message.pk)
    kind = Draft.Kind.NOTE if message.kind == Message.Kind.NOTE else Draft.Kind.REPLY
    clear_draft(pk, message.ticket.department_id, user=request.user, kind=kind, at=clock.now())
    if "HX-Request" not in request.headers:
        return redirect(back_to(request, pk))
    return show_written(request, find_ticket(pk, request.user), message, said)


def write_at_once(request: HttpRequest, pk: int) -> Message | None:
    """An answer of the usual kind, by mail or in a chat."""
    form, by = request.POST, request.user
    return mail_at_once(form, pk, by=by) or answer_at_once(form, pk, by=by)


def write_with_macros(request: HttpRequest, ticket: Ticket) -> tuple[Message, Said | None]:
    """The message with the steps of the macros that were taken for it, or neither; and what was done, in words."""
    refuse_unfilled(request.POST)
    macros = staged_in(request.POST, ticket, request.user)
    if not macros:
        return write_message(request, ticket), None
    with transaction.atomic():
        message = write_message(request, ticket, closes=do_close(macros))
        return message, run_staged(message, ticket, macros, request.user)


def write_message(request: HttpRequest, ticket: Ticket, *, closes: bool = False) -> Message:
    """`closes`: a macro does, once the answer is out; of one that is out at once the macro's own step does it."""
    by, form = Actor.agent(request.user), request.POST
    files = files_from(request.FILES.getlist("files"), form.getlist("description"))
    text, pressed = form.get("text", ""), read_uuid(form.get("client_uuid", ""))
    html = marked_up(text.strip())
    if form.get("kind") == "note":
        named = named_in(text, ticket, request.user)
        return add_note(
            ticket,
            text,
            by=by,
            html=html,
            files=files,
            client_uuid=pressed,
            mentions=named.users,
            members=named.members,
        )
    seen = read_number(form.get("last_seen", ""))
    way = chosen_way(ticket, read_number(form["way"]) or 0) if form.get("way") else None
    is_addressed = "known" in form and (way is None or way.kind == Inbox.Kind.EMAIL)
    to, cc = chosen_in(form) if is_addressed else (None, ())
    undo_seconds = undo_seconds_for(ticket, way)
    return reply(
        ticket,
        text,
        by=by,
        html=html,
        files=files,
        to=to,
        cc=cc,
        seen_people=seen_in(form),
        seen_channel="" if way else form.get("channel", ""),
        way=way,
        client_uuid=pressed,
        last_seen=seen,
        undo_seconds=undo_seconds,
        closes=form.get("then") == "close" or (closes and undo_seconds > 0),
    )


def read_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def show_written(
    request: HttpRequest, ticket: Ticket, message: Message, said: Said | None = None
) -> HttpResponse:
    """A fresh composer, the new bubble, and what sending changed around it."""
    context = {"ticket": ticket, "place": place_beside(request, ticket), "newest": message.pk}
    if said:
        context["said"] = with_undo(said, ticket.pk, request.user)
        context["timeline"] = timeline_of(ticket, user=request.user) if said.is_moved else None
    context |= {"next_way": {"way": request.POST.get("way", "")}, "client_uuid": uuid4()}
    if is_as_it_stands(message):  # it changes nothing around it but what every page hears of
        return render(request, "desk/_written.html", context | {"entries": [message]})
    context |= {"entries": ready_to_draw(ticket.messages.filter(pk=message.pk))}
    return render(request, "desk/_written.html", context | {"about": about_ticket(ticket, request.user)})


def show_refused(request: HttpRequest, ticket: Ticket, error: HelpdeskError) -> HttpResponse:
    """The composer with its text kept and the reason; after a collision also the messages the writer missed."""
    status = 409 if isinstance(error, Conflict) else 422
    context = {
        "ticket": ticket,
        "place": place_beside(request, ticket),
        "error": error,
        "draft": request.POST,
    }
    if "HX-Request" not in request.headers:
        context = ticket_context(request, ticket) | context | list_of(request, context["place"])
        return draw_desk(request, context, status=status)
    newer = ready_to_draw(ticket.messages.filter(pk__gt=read_number(request.POST.get("last_seen", "")) or 0))
    context |= {"entries": newer.in_order() if status == 409 else [], "client_uuid": uuid4()}
    return render(request, "desk/_refused.html", context | {"newest": newest_of(ticket)}, status=status)


@login_required
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The agent has the message `newest` before its eyes."""
    ticket = find_ticket(pk, request.user)
    newest = read_number(request.POST.get("newest", ""))
    if newest and ticket.messages.filter(pk=newest).exists():
        note_look(ticket, request.user, newest=newest)
        read_notices(Notice.objects.filter(user=request.user, ticket_id=ticket.pk))
    return HttpResponse(status=204)


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try to deliver a failed answer again."""
    message = find_message(pk, request.user)
    retry_delivery(message, by=Actor.agent(request.user))
    return show_changed(request, message.ticket_id, Said(_("Trying again.")))


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an answer back while it waits; its text, and what was begun below it meanwhile, is in the composer again."""
    message = find_message(pk, request.user)
    if message.user_id != request.user.pk:
        raise NotAllowed
    files = ", ".join(message.attachments.values_list("name", flat=True))
    macros, is_left = take_answer_back(message, request.user)
    ticket = find_ticket(message.ticket_id, request.user)
    texts = [message.text, request.POST.get("text", "")]
    told = (
        _("Taken back. Attach again: %(files)s.") % {"files": files}
        if files
        else pgettext("answer", "Taken back.")
    )
    if is_left:
        told = f"{told} {_('What its macro did was changed since, and stays.')}"
    context = {"place": place_beside(request, ticket), "gone": pk, "said": Said(told)}
    recipients = Recipients(tuple(message.to), tuple(message.cc)) if message.to else None
    draft = {"kind": "reply", "text": "\n\n".join(filter(None, texts)), "recipients": recipients}
    draft |= {"way": message.inbox_id, "macro_reply": macros}
    context |= {"draft": draft}
    if "HX-Request" not in request.headers:
        messages.success(request, told)
        return draw_desk(
            request, ticket_context(request, ticket) | context | list_of(request, context["place"])
        )
    context |= {"ticket": ticket, "client_uuid": uuid4(), "newest": newest_of(ticket)}
    return render(request, "desk/_undone.html", context | {"about": about_ticket(ticket, request.user)})


def take_answer_back(message: Message, user: User) -> tuple[list[int], bool]:
    """Take the answer back with the steps that went with it: which macros those were of, and whether some had to stay."""
    with transaction.atomic():
        macros, is_left = take_back_runs_of(message, user=user)
        undo_reply(message, by=Actor.agent(user))
    return macros, is_left


def newest_of(ticket: Ticket) -> int:
    return ticket.messages.aggregate(newest=Max("pk"))["newest"] or 0


def find_message(pk: int, user: User) -> Message:
    message = Message.objects.filter(pk=pk, ticket__in=Ticket.objects.visible_to(user)).first()
    if message is None:
        raise NotThere
    return message


@login_required
@never_cache
@require_GET
def ways(request: HttpRequest, pk: int) -> HttpResponse:
    """How an answer would go now, in words: the customer of a chat comes and leaves while the agent writes."""
    return render(request, "desk/_way_words.html", {"ways": shown_ways(find_ticket(pk, request.user))})


@login_required
@require_GET
def colleagues(request: HttpRequest, pk: int) -> HttpResponse:
    """The list under the composer after typing "@" in a note."""
    ticket = find_ticket(pk, request.user)
    users, hints = hints_for(request.GET.get("q", "")[:40], ticket, request.user)
    return render(request, "desk/_colleagues.html", {"colleagues": users, "hints": hints})


@login_required
def new_ticket(request: HttpRequest) -> HttpResponse:
    """Write to a customer first."""
    form = NewTicketForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        ticket = form.begin(by=Actor.agent(request.user))
        messages.success(request, _("Your message is on its way."))
        return redirect("desk:ticket", ticket.pk)
    status = 422 if form.is_bound else 200
    return render(request, "desk/new_ticket.html", {"form": form}, status=status)
