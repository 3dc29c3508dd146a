"""How our answers left: each try and report, and what still waits."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from helpdesk.asked import read_number
from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.keyset import keyset_page
from helpdesk.tickets.delivery import hurry_deliveries, retriable, retry_delivery
from helpdesk.tickets.models import Delivery, DeliveryAttempt, Message
from helpdesk.workspace.permissions import admin_only

Outcome = DeliveryAttempt.Outcome
WENT_WRONG = (Outcome.REFUSED, Outcome.BOUNCED, Outcome.PARTLY)
TONES = {
    Outcome.ACCEPTED: "is-ok",
    Outcome.DELIVERED: "is-ok",
    Outcome.PARTLY: "is-bad",
    Outcome.REFUSED: "is-bad",
    Outcome.BOUNCED: "is-bad",
    Outcome.DEFERRED: "is-note",
    Outcome.DELAYED: "is-note",
}
MOST_WAITING = 100  # shown; all are counted


@admin_only
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """The log, newest first: of one `outcome`, one `inbox`, one recipient (`q`, a whole address); `cursor` goes on."""
    wanted = {name: request.GET.get(name, "").strip() for name in ("outcome", "inbox", "q")}
    cursor = request.GET.get("cursor", "")
    found = keyset_page(attempts_for(wanted), by="at", cursor=cursor)
    page = {
        "rows": [
            (one, TONES.get(one.outcome, ""), one.is_retriable and one.outcome in WENT_WRONG)
            for one in found.rows
        ],
        "wanted": wanted,
        "is_filtered": any(wanted.values()),
        "outcomes": Outcome.choices,
        "inboxes": Inbox.objects.filter(kind=Inbox.Kind.EMAIL).order_by("name"),
        "is_first": not cursor,
        "newest": urlencode(wanted),
        "older": urlencode(wanted | {"cursor": found.next_cursor}) if found.next_cursor else "",
        "waiting_count": waiting().count(),
    }
    return render(request, "settings/deliveries.html", page)


def attempts_for(wanted: dict[str, str]) -> QuerySet:
    rows = (
        DeliveryAttempt.objects.select_related("inbox", "message__ticket")
        .only(*("at", "outcome", "server", "answer", "addresses", "inbox__name", "message__ticket__subject"))
        .annotate(is_retriable=Exists(retriable().filter(pk=OuterRef("message"))))
    )
    if wanted["outcome"] in Outcome.values:
        rows = rows.filter(outcome=wanted["outcome"])
    if number := read_number(wanted["inbox"]):
        rows = rows.filter(inbox=number)
    if wanted["q"]:
        rows = rows.filter(addresses__contains=[wanted["q"].lower()[:320]])
    return rows


def waiting() -> QuerySet:
    return Message.objects.filter(
        kind__in=Message.SENT_KINDS, state__in=(Message.State.QUEUED, Message.State.SENDING)
    )


@admin_only
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits to leave: since when, why, and until when."""
    left = Delivery.objects.filter(state=Delivery.State.QUEUED)
    rows = (
        waiting()
        .select_related("inbox", "ticket")
        .only(
            *("state", "created_at", "next_attempt_at", "released_at", "attempts", "error", "channel"),
            *("inbox__name", "ticket__subject"),
        )
        .prefetch_related(Prefetch("deliveries", left, to_attr="left"))
        .order_by("next_attempt_at", "pk")
    )
    page = {"rows": rows[:MOST_WAITING], "waiting_count": waiting().count(), "most": MOST_WAITING}
    return render(request, "settings/deliveries_queue.html", page)


@admin_only
@require_POST
def hurry(request: HttpRequest) -> HttpResponse:
    """Do not wait for the next try: what was in the way is mended."""
    count = hurry_deliveries()
    told = ngettext("%(count)s answer is tried now.", "%(count)s answers are tried now.", count)
    messages.success(request, told % {"count": count})
    return redirect("workspace:deliveries_queue")


@admin_only
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a failed message again, for those whom it did not reach."""
    retry_delivery(get_object_or_404(Message, pk=pk), by=Actor.agent(request.user))
    messages.success(request, _("Trying again."))
    return redirect("workspace:deliveries")
