"""The monitor, its wall board, and what a manager does from its rows."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk import clock
from helpdesk.asked import read_number
from helpdesk.errors import Invalid, NotAllowed, NotThere
from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.actions import TicketIsTaken, take_ticket
from helpdesk.tickets.models import Ticket
from routing.assignment.recalling import end_recall, recall_agent
from routing.models import Department
from routing.monitor.drawing import page_of
from routing.monitor.sight import Sight, agent_led, sight_of
from routing.monitor.snapshot import Agent, View, current_snapshot, forget_snapshot, view_of

HOURS = (1, 2, 4, 8)


@login_required
@never_cache
@require_GET
def monitor(request: HttpRequest) -> HttpResponse:
    """How it stands now. `channel` and `department` narrow it; the page asks for its part again every few seconds."""
    page = current_page(request)
    part = "monitor/_now.html" if request.headers.get("HX-Request") else "monitor/monitor.html"
    return render(request, part, page)


@login_required
@never_cache
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """The same for a screen on the wall: large, and nothing to press."""
    page = current_page(request)
    part = "monitor/_wall.html" if request.headers.get("HX-Request") else "monitor/wall.html"
    return render(request, part, page)


def current_page(request: HttpRequest) -> dict:
    sight = sight_of(request.user)
    return page_of(seen_view(request, sight), sight) | {
        "asked": asked_of(request),
        "query": request.GET.urlencode(),
    }


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: from now on this agent serves that channel or department, for some hours. A GET has the choices, which
    the page asks for when the menu is opened."""
    agent = agent_led(request.user, pk)
    if request.method == "GET":
        choices = {"agent": agent, "hours": HOURS, "all_channels": Inbox.Kind.choices}
        choices |= {"led": departments_to_help(request.user), "query": request.GET.urlencode()}
        return render(request, part_of(request, "recall"), choices)
    kind, _colon, value = request.POST.get("to", "").partition(":")
    hours = request.POST.get("hours", "")
    if hours not in map(str, HOURS):
        raise Invalid(_("Choose for how long."), field="hours")
    until = clock.now() + timedelta(hours=int(hours))
    by = Actor.agent(request.user)
    if kind == "department":
        department = active_department(request.user, value)
        recall_agent(agent, department=department, until=until, by=by)
        where = str(department)
    else:
        recall_agent(agent, to_channels=[value], until=until, by=by)
        where = str(Inbox.Kind(value).label)
    said = _("%(agent)s serves %(where)s from now on. Press “Back” at their row to take it back.")
    messages.success(request, said % {"agent": agent, "where": where})
    return back(request)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to what is planned or usual for them."""
    agent = agent_led(request.user, pk)
    end_recall(agent, by=Actor.agent(request.user))
    messages.success(request, _("%(agent)s serves again what they usually do.") % {"agent": agent})
    return back(request)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a waiting ticket to somebody, or to nobody. A GET has the choices, those first who can carry most. Whoever took it
    after the choices were drawn (`seen`: who had it then) keeps it, and the manager is told."""
    sight = sight_of(request.user)
    ticket = Ticket.objects.visible_to(request.user).filter(pk=pk).select_related("assignee").first()
    if ticket is None:
        raise NotThere
    if sight.led is not None and ticket.department_id not in sight.led:
        raise NotAllowed
    if request.method == "GET":
        agents = sorted(seen_view(request, sight).agents, key=by_room)
        choices = {"ticket": ticket, "agents": agents, "query": request.GET.urlencode()}
        return render(request, part_of(request, "give"), choices)
    wanted = request.POST.get("agent", "")
    agent = agent_of(wanted) if wanted else None
    try:
        take_ticket(ticket, to=agent, seen=seen_agent(request.POST), by=Actor.agent(request.user))
    except TicketIsTaken as refusal:
        messages.error(request, str(refusal))
        return back(request)
    said = (
        _("#%(number)s is %(agent)s’s now.") % {"number": pk, "agent": agent}
        if agent
        else _("#%(number)s waits for anybody again.") % {"number": pk}
    )
    messages.success(request, said)
    return back(request)


def agent_of(wanted: str) -> User:
    agent = User.objects.agents().filter(pk=read_number(wanted)).first()
    if agent is None:
        raise Invalid(_("Choose an agent."), field="agent")
    return agent


def seen_agent(post: QueryDict) -> int | None:
    seen = post.get("seen", "")
    number = read_number(seen)
    if seen and number is None:
        raise Invalid(_("Choose an agent."), field="seen")
    return number


def by_room(agent: Agent) -> tuple:
    """Those at their desk first, the one with most room before the others."""
    return (not agent.load.takes_tickets, not agent.load.is_at_desk, agent.load.share, agent.name)


def departments_to_help(user: User) -> QuerySet:
    """Those in use that this person leads."""
    led, rows = sight_of(user).led, Department.objects.filter(is_active=True)
    return rows if led is None else rows.filter(pk__in=led)


def active_department(user: User, wanted: str) -> Department:
    department = departments_to_help(user).filter(pk=read_number(wanted)).first()
    if department is None:
        raise Invalid(_("Choose a department."), field="to")
    return department


def seen_view(request: HttpRequest, sight: Sight) -> View:
    return view_of(current_snapshot(), seen=sight.seen, **asked_of(request))


def asked_of(request: HttpRequest) -> dict:
    """What makes no sense in the address is left out."""
    channel, department = request.GET.get("channel", ""), request.GET.get("department", "")
    return {
        "channel": channel if channel in Inbox.Kind.values else "",
        "department": read_number(department),
    }


def part_of(request: HttpRequest, name: str) -> str:
    """The choices alone, or on a page of their own where there are no scripts."""
    return f"monitor/_{name}.html" if request.headers.get("HX-Request") else f"monitor/{name}.html"


def back(request: HttpRequest) -> HttpResponse:
    """To the monitor, which shows what was done."""
    forget_snapshot()
    query = request.GET.urlencode()
    response = redirect("monitor:monitor")
    if query:
        response["Location"] += f"?{query}"
    return response
