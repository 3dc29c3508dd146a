"""The door by which somebody says whether new tickets may come to them: a part of the rail's menu, on every page."""

from datetime import datetime, time, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.events.actor import Actor
from helpdesk.people.availability import State, availability_of, set_availability
from helpdesk.people.templatetags.availability import draw_state

ICONS = {
    State.ONLINE: "circle-check",
    State.BUSY: "circle-pause",
    State.AWAY: "clock",
    State.OFFLINE: "log-out",
}
# How long, as the menu offers it.
SPANS = (
    ("", _("until I say otherwise")),
    ("30", _("for 30 minutes")),
    ("60", _("for an hour")),
    ("120", _("for two hours")),
    ("day", _("until tomorrow morning")),
)


@login_required
def availability(request: HttpRequest) -> HttpResponse:
    """GET: the menu's part. POST: say it; the part comes back with the rail's mark, or without scripts the page one was on."""
    is_change = request.method == "POST"
    if is_change:
        set_availability(
            request.user,
            state=request.POST.get("state", ""),
            reason=request.POST.get("reason", ""),
            until=moment_of(request.POST.get("for", "")),
            by=Actor.agent(request.user),
        )
        if "HX-Request" not in request.headers:
            return back(request)
    now = availability_of(request.user)
    page = {
        "now": now,
        "states": [(state, state.label, ICONS[state]) for state in State],
        "spans": SPANS,
        "mark": draw_state(now.state, is_news=True) if is_change else "",
    }
    is_part = "HX-Request" in request.headers
    return render(request, "people/_availability.html" if is_part else "people/availability.html", page)


def moment_of(span: str) -> datetime | None:
    """None for no end, and for what is no span."""
    if span == "day":
        tomorrow = localtime(clock.now()).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(8), get_current_timezone())
    is_offered = span and span in dict(SPANS)
    return clock.now() + timedelta(minutes=int(span)) if is_offered else None


def back(request: HttpRequest) -> HttpResponseRedirect:
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    return HttpResponseRedirect(came_from) if is_ours else redirect("account")
