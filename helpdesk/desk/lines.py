"""The ledger's facts as small lines of a ticket's timeline. One table says how each is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.models import User
from helpdesk.people.sight import all_departments, team_of
from helpdesk.tickets.budgets import words_for
from helpdesk.tickets.marks import name_of_mark
from helpdesk.tickets.models import Survey, Ticket, TicketMerge
from helpdesk.tickets.site_deeds import say_facts
from helpdesk.tickets.snoozing import UNTIL_REPLY


@dataclass(frozen=True)
class Line:
    """One event, told in a sentence."""

    event_id: int
    at: datetime
    icon: str
    text: str
    comment: str = ""
    other: int = 0  # the ticket it leads to
    undo: int = 0  # the ticket that can be taken out again ...
    ticket: int = 0  # ... of this one
    is_of_rule: bool = False  # a trigger did it: why, its log says
    is_line = True

    @property
    def dom_id(self) -> str:
        return f"event-{self.event_id}"


class Names:
    """Who and what the ids in events stand for. Each table is read once, and only where a line needs it; where it is for a
    page of `user`, for the whole page."""

    def __init__(self, user: User | None = None) -> None:
        self._user = user
        self._agents: dict[int, str] | None = None
        self._departments: dict[int, str] | None = None
        self._merged: dict[int, datetime] | None = None

    def agent(self, pk: int | None) -> str:
        if self._agents is None:
            team = team_of(self._user) if self._user else User.objects.only("name", "email")
            self._agents = {user.pk: str(user) for user in team}
        return self._agents.get(pk) or _("somebody who left")

    def department(self, pk: int | None) -> str:
        if self._departments is None:
            model = apps.get_model("routing", "Department")
            known = all_departments(self._user) if self._user else model.objects.only("name")
            self._departments = {department.pk: department.name for department in known}
        return self._departments.get(pk) or _("no department")

    def is_merged(self, pk: int, into: int, at: datetime) -> bool:
        """Whether the ticket still stands merged into that one, as it was told at this moment and not by a merge before."""
        if self._merged is None:
            held = TicketMerge.objects.filter(kept=into, undone_at=None)
            self._merged = dict(held.values_list("gone", "merged_at"))
        return pk in self._merged and self._merged[pk] <= at


def tell_assigned(event: Event, who: str, named: Names) -> str:
    to = event.data.get("to")
    if to is None:
        return _("%(who)s unassigned this") % {"who": who}
    if event.actor_kind == "agent" and to == event.actor_id:
        return _("%(who)s took this") % {"who": who}
    return _("%(who)s assigned this to %(agent)s") % {"who": who, "agent": named.agent(to)}


def tell_transferred(event: Event, who: str, named: Names) -> str:
    return _("%(who)s moved this to %(department)s") % {
        "who": who,
        "department": named.department(event.data.get("to")),
    }


def tell_handed_over(event: Event, who: str, named: Names) -> str:
    data = event.data
    told = {
        "who": who,
        "to": holder(named, data.get("to"), data.get("department_to")),
        "before": holder(named, data.get("from"), data.get("department_from")),
    }
    if data.get("undo"):
        return _("%(who)s took it back: it is with %(to)s again") % told
    had_it = event.actor_kind == "agent" and data.get("from") in (None, event.actor_id)
    if had_it:
        return _("%(who)s handed this over to %(to)s") % told
    return _("%(who)s handed this over to %(to)s. Before, %(before)s had it") % told


def holder(named: Names, agent: int | None, department: int | None) -> str:
    """Dana (Billing), Dana, or Billing."""
    if agent is None:
        return named.department(department)
    if department is None:
        return named.agent(agent)
    return f"{named.agent(agent)} ({named.department(department)})"


def tell_status(event: Event, who: str, named: Names) -> str:
    status = dict(Ticket.Status.choices).get(event.data.get("to"), event.data.get("to"))
    return _("%(who)s set the status to %(status)s") % {"who": who, "status": status}


def tell_priority(event: Event, who: str, named: Names) -> str:
    priority = dict(Ticket.Priority.choices).get(event.data.get("to"), event.data.get("to"))
    return _("%(who)s set the priority to %(priority)s") % {"who": who, "priority": priority}


def tell_tagged(event: Event, who: str, named: Names) -> str:
    return _("%(who)s added the tag %(tags)s") % {"who": who, "tags": ", ".join(event.data.get("tags", []))}


def tell_untagged(event: Event, who: str, named: Names) -> str:
    return _("%(who)s removed the tag %(tags)s") % {"who": who, "tags": ", ".join(event.data.get("tags", []))}


def tell_closed(event: Event, who: str, named: Names) -> str:
    if event.data.get("status") == Ticket.Status.SOLVED:
        return _("%(who)s marked this as solved") % {"who": who}
    return _("%(who)s closed this") % {"who": who}


def tell_snoozed(event: Event, who: str, named: Names) -> str:
    until = parse_datetime(event.data.get("until", ""))
    if until == UNTIL_REPLY:
        return _("%(who)s snoozed this until they reply") % {"who": who}
    return _("%(who)s snoozed this until %(moment)s") % {
        "who": who,
        "moment": date_format(localtime(until), "SHORT_DATETIME_FORMAT") if until else "?",
    }


def tell_woken(event: Event, who: str, named: Names) -> str:
    if event.data.get("reason") == "agent":
        return _("%(who)s ended the snooze") % {"who": who}
    return _("Back from snooze")


def tell_did(event: Event, who: str, named: Names) -> str:
    said = ", ".join(say_facts(event.data.get("facts", {})))
    told = {"who": who, "did": event.data.get("did", ""), "facts": Truncator(said).chars(90)}
    return (
        _("%(who)s on the site: %(did)s (%(facts)s)") if said else _("%(who)s on the site: %(did)s")
    ) % told


def tell_rated(event: Event, who: str, named: Names) -> str:
    if event.data.get("style") == Survey.Style.THUMBS:
        is_good = event.value is not None and event.value > 3
        return (_("%(who)s gave a thumb up") if is_good else _("%(who)s gave a thumb down")) % {"who": who}
    return _("%(who)s rated the help %(score)s of 5") % {"who": who, "score": event.value}


def tell_loop(event: Event, who: str, named: Names) -> str:
    return _("No more automatic answers to %(address)s: %(reason)s") % {
        "address": event.data.get("address", ""),
        "reason": words_for(event.data.get("reason", "")),
    }


def tell_read(event: Event, who: str, named: Names) -> str:
    outcome = event.data.get("outcome")
    if outcome in ("created", "appended"):
        return _("%(who)s had the mail read again, and now it could be") % {"who": who}
    if outcome == "duplicate":
        return _("%(who)s had the mail read again: it has come by another way already") % {"who": who}
    return _("%(who)s had the mail read again. It was set aside: %(reason)s") % {
        "who": who,
        "reason": event.data.get("reason", ""),
    }


def tell_merged(event: Event, who: str, named: Names) -> str:
    if gone := event.data.get("gone"):
        return _("%(who)s merged #%(number)s into this") % {"who": who, "number": gone}
    return _("%(who)s merged this into #%(number)s") % {"who": who, "number": event.data.get("into")}


def tell_unmerged(event: Event, who: str, named: Names) -> str:
    if back := event.data.get("back"):
        return _("%(who)s took #%(number)s out again") % {"who": who, "number": back}
    return _("%(who)s took this out of #%(number)s again") % {
        "who": who,
        "number": event.data.get("out_of"),
    }


def tell_split(event: Event, who: str, named: Names) -> str:
    if to := event.data.get("to"):
        return _("%(who)s split off #%(number)s") % {"who": who, "number": to}
    return _("%(who)s split this off #%(number)s") % {"who": who, "number": event.data.get("out_of")}


def tell_joined(event: Event, who: str, named: Names) -> str:
    return _("%(who)s put %(name)s in copy") % {"who": who, "name": event.data.get("name", "")}


def tell_parted(event: Event, who: str, named: Names) -> str:
    return _("%(who)s took %(name)s off this") % {"who": who, "name": event.data.get("name", "")}


def tell_proactive(event: Event, who: str, named: Names) -> str:
    return _("%(who)s opened our message “%(text)s” and then wrote") % {
        "who": who,
        "text": Truncator(" ".join(str(event.data.get("text", "")).split())).chars(90),
    }


def tell_escalated(event: Event, who: str, named: Names) -> str:
    reason = dict(Ticket.EscalationReason.choices).get(event.data.get("reason"), "")
    words = event.data.get("words", "")
    return _("%(who)s escalated this: %(reason)s") % {"who": who, "reason": words or reason}


def tell_marked(event: Event, who: str, named: Names) -> str:
    told = {"who": who, "marks": ", ".join(map(name_of_mark, event.data.get("marks", [])))}
    if why := event.data.get("why"):
        return _("Marked as “%(marks)s”, because of: %(why)s") % (told | {"why": why})
    return _("%(who)s marked this as “%(marks)s”") % told


def tell_unmarked(event: Event, who: str, named: Names) -> str:
    marks = ", ".join(map(name_of_mark, event.data.get("marks", [])))
    return _("%(who)s took the mark “%(marks)s” off") % {"who": who, "marks": marks}


PROMISES: dict[str, str | Promise] = {
    "first": gettext_lazy("the first answer"),
    "next": gettext_lazy("the next answer"),
    "resolution": gettext_lazy("the solution"),
}


def tell_near(event: Event, who: str, named: Names) -> str:
    due = parse_datetime(event.data.get("due", ""))
    return _("Promised until %(moment)s: %(promise)s") % {
        "promise": PROMISES.get(event.data.get("promise"), ""),
        "moment": date_format(localtime(due), "SHORT_DATETIME_FORMAT") if due else "?",
    }


def tell_not_kept(event: Event, who: str, named: Names) -> str:
    return _("A promise was not kept: %(promise)s") % {"promise": PROMISES.get(event.data.get("promise"), "")}


def tell_escalation(event: Event, who: str, named: Names) -> str:
    told = {"who": who, "path": event.data.get("path", ""), "to": event.data.get("to", "")}
    if event.name == names.ESCALATION_STARTED:
        return _("%(who)s asked for help, by the path “%(path)s”") % told
    return _("The path “%(path)s” told %(to)s") % told


def tell_missed(event: Event, who: str, named: Names) -> str:
    return _("%(agent)s did not open this chat in time") % {"agent": named.agent(event.data.get("agent"))}


WHY_A_BOT_WENT: dict[str, str | Promise] = {
    "done": gettext_lazy("all was asked"),
    "person": gettext_lazy("the customer asked for a person"),
    "silence": gettext_lazy("no answer came"),
    "mail": gettext_lazy("the customer went on by mail"),
    "care": gettext_lazy("it is left to people"),
    "off": gettext_lazy("the bot was switched off"),
}


def tell_bot_went(event: Event, who: str, named: Names) -> str:
    why = WHY_A_BOT_WENT.get(event.data.get("reason"))
    if why is None:
        return _("The bot handed over to the team")
    return _("The bot %(who)s handed over to the team: %(why)s") % {"who": who, "why": why}


def plain(sentence: Callable[[], str]) -> Callable[[Event, str, Names], str]:
    return lambda event, who, named: sentence() % {"who": who}


LINES: dict[str, tuple[str, Callable[[Event, str, Names], str]]] = {
    names.TICKET_ASSIGNED: ("user-check", tell_assigned),
    names.TICKET_TRANSFERRED: ("folder", tell_transferred),
    names.TICKET_HANDED_OVER: ("arrow-right", tell_handed_over),
    names.TICKET_STATUS_CHANGED: ("circle-dot", tell_status),
    names.TICKET_PRIORITISED: ("flag", tell_priority),
    names.TICKET_TAGGED: ("tag", tell_tagged),
    names.TICKET_UNTAGGED: ("tag", tell_untagged),
    names.TICKET_CLOSED: ("check", tell_closed),
    names.TICKET_REOPENED: ("rotate-ccw", plain(lambda: _("%(who)s reopened this"))),
    names.TICKET_SNOOZED: ("alarm-clock", tell_snoozed),
    names.TICKET_WOKEN: ("bell", tell_woken),
    names.TICKET_ESCALATED: ("triangle-alert", tell_escalated),
    names.TICKET_MARKED: ("shield-alert", tell_marked),
    names.TICKET_UNMARKED: ("undo-2", tell_unmarked),
    names.SLA_NEAR: ("alarm-clock", tell_near),
    names.SLA_MISSED: ("alarm-clock", tell_not_kept),
    names.ESCALATION_STARTED: ("trending-up", tell_escalation),
    names.ESCALATION_STEPPED: ("trending-up", tell_escalation),
    names.OFFER_MISSED: ("timer", tell_missed),
    names.TICKET_MARKED_SPAM: ("ban", plain(lambda: _("%(who)s marked this as spam"))),
    names.TICKET_TRASHED: ("trash-2", plain(lambda: _("%(who)s moved this to the trash"))),
    names.TICKET_RESTORED: ("undo-2", plain(lambda: _("%(who)s took this out of the trash"))),
    names.TICKET_UNMARKED_SPAM: ("undo-2", plain(lambda: _("%(who)s took this out of spam"))),
    names.TICKET_MERGED: ("merge", tell_merged),
    names.TICKET_UNMERGED: ("undo-2", tell_unmerged),
    names.TICKET_SPLIT: ("split", tell_split),
    names.PARTICIPANT_ADDED: ("user-plus", tell_joined),
    names.PARTICIPANT_REMOVED: ("users", tell_parted),
    names.SURVEY_RATED: ("star", tell_rated),
    names.VISITOR_DID: ("activity", tell_did),
    names.PROACTIVE_REPLIED: ("megaphone", tell_proactive),
    names.INBOUND_READ: ("mail", tell_read),
    names.LOOP_STOPPED: ("circle-pause", tell_loop),
    names.BOT_HANDED_OVER: ("bot", tell_bot_went),
}


def line_of(event: Event, named: Names) -> Line | None:
    """How the timeline tells this event; None for one it does not show."""
    if event.name not in LINES or came_along(event):
        return None
    icon, tell = LINES[event.name]
    return Line(
        event_id=event.pk,
        at=moment_of(event),
        icon=icon,
        text=tell(event, author_of(event), named),
        comment=event.data.get("comment", "") if event.name == names.SURVEY_RATED else "",
        other=other_ticket(event),
        undo=undo_of(event, named),
        ticket=event.ticket_id,
        is_of_rule=event.actor_kind == "trigger",
    )


def moment_of(event: Event) -> datetime:
    """When it stands in the timeline. What they had read of ours stands before what they wrote then."""
    told = event.data.get("at") if event.name == names.PROACTIVE_REPLIED else None
    return (parse_datetime(told) if told else None) or event.occurred_at


def came_along(event: Event) -> bool:
    """Whom a mail was written to besides us, or who is new on the ticket: the message and the pane beside it show it.
    And what a handing over did: its own line says it."""
    return (
        bool(event.data.get("handover"))
        or event.name == names.PARTICIPANT_ADDED
        and event.actor_kind == "customer"
    )


def other_ticket(event: Event) -> int:
    """The ticket that a split or an undone merge leads to. A merged one leads only back here."""
    if event.name not in (names.TICKET_SPLIT, names.TICKET_UNMERGED):
        return 0
    return next((event.data[key] for key in ("to", "out_of", "back") if event.data.get(key)), 0)


def undo_of(event: Event, named: Names) -> int:
    gone = event.data.get("gone") if event.name == names.TICKET_MERGED else None
    return gone if gone and named.is_merged(gone, event.ticket_id, event.occurred_at) else 0


def author_of(event: Event) -> str:
    if event.actor_kind == "trigger":
        return _("The trigger “%(name)s”") % {"name": event.actor_name}
    if event.actor_kind == "rule":
        return _("The rule “%(name)s”") % {"name": event.actor_name}
    return event.actor_name or (_("The customer") if event.actor_kind == "customer" else _("The helpdesk"))
