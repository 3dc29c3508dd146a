"""A ticket's traces in sentences, the newest first."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.conditions import Offers, say_line
from helpdesk.conditions.saying import Said
from helpdesk.tickets.models import Ticket
from routing.assignment.choosing import LAST_AGENT, SKILLED
from routing.assignment.tracing import ABSENT, ESCALATED, INBOX, LEFT, MISSED
from routing.models import Trace

MOST = 20
Data = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """`text` says what happened and why; `lines`: the conditions that held, `tried`: the rules that did not fit before."""

    at: datetime
    icon: str
    text: str
    lines: list[tuple[Said, str]] = field(default_factory=list)  # (condition, the value as it was)
    tried: list[str] = field(default_factory=list)


def steps_of(ticket: Ticket) -> list[Step]:
    offers = Offers()
    return [step_of(trace, offers) for trace in ticket.traces.order_by("-at", "-id")[:MOST]]


def step_of(trace: Trace, offers: Offers) -> Step:
    icon, tell = TOLD[trace.step]
    step = Step(trace.at, icon, tell(trace.data))
    if trace.step == Trace.Step.RULES:
        step.tried.extend(name for pk, name in trace.data["tried"] if pk != trace.data["matched"])
        for line, held, value in trace.data["lines"]:
            if held:
                step.lines.append((say_line(line, offers), shown(value)))
    return step


def shown(value: Any) -> str:
    """The value as it was, short."""
    if isinstance(value, list):
        value = ", ".join(str(each) for each in value if each)
    text = "" if value is None else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def tell_rules(data: Data) -> str:
    outcome = data["outcome"]
    if outcome == LEFT:
        return _("The rules left it alone: somebody of the team has decided.")
    if outcome == INBOX:
        return _("No rule fitted, so it stayed in the department of its inbox.")
    if outcome == ESCALATED and data.get("matched") is None:
        return _("No rule fitted, and its inbox has no department: a person has to look.")
    if outcome == ESCALATED:
        return _("The rule “%(rule)s” fitted, but nobody could take it: a person has to look.") % {
            "rule": data["name"]
        }
    where = ", ".join(filter(None, (data.get("department"), data.get("agent"), data.get("skill"))))
    return _("The rule “%(rule)s” fitted: to %(where)s.") % {"rule": data["name"], "where": where}


def tell_given(data: Data) -> str:
    told = {name: data[name] for name in ("name", "load", "capacity")}
    if data["why"] == LAST_AGENT:
        why = _(
            "%(name)s got it: the last to help this customer, and free (%(load)s of %(capacity)s points)."
        )
    elif data["why"] == SKILLED:
        why = _("%(name)s got it: has the skill it needs, and was free (%(load)s of %(capacity)s points).")
    else:
        why = ngettext(
            "%(name)s got it: the only one who was there and free (%(load)s of %(capacity)s points).",
            "%(name)s got it: the least busy of %(of)s who were there and free (%(load)s of %(capacity)s points).",
            data["of"],
        )
        told["of"] = data["of"]
    return why % told


def tell_returned(data: Data) -> str:
    told = {"name": data["name"]}
    if data["why"] == MISSED:
        return _("%(name)s did not open it in time, so it waited for the next.") % told
    if data["why"] == ABSENT:
        return _("%(name)s had left the desk, so it waited for somebody else.") % told
    return _("The customer wrote again while %(name)s was away, so it waited for somebody else.") % told


TOLD = {
    Trace.Step.RULES: ("split", tell_rules),
    Trace.Step.GIVEN: ("user-check", tell_given),
    Trace.Step.RETURNED: ("undo-2", tell_returned),
}
