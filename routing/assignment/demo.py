"""How the demo shop finds the right people: rules, skills, a department that assigns by itself, and the shifts of this week and
the next. Filling twice changes nothing."""

from datetime import date, time, timedelta

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from routing.assignment.saving import save_rule
from routing.assignment.shifts import instants, monday_of, today, zone
from routing.models import AssignmentRule, Department, LoadSettings, Membership, Shift, Skill

CHAT, MAIL = Inbox.Kind.WEBCHAT.value, Inbox.Kind.EMAIL.value
MONEY = "invoice, refund, payment, fattura, rimborso, pagamento, factură, rambursare, plată, 发票, 退款"
SKILLS = {"Chinese": ["Elena Marchetti"], "Sizes and materials": ["Marco Bianchi", "Ioana Popescu"]}
# Who, from when to when, by which channels.
WORKDAYS = (
    ("Elena Marchetti", time(9), time(17), []),
    ("Marco Bianchi", time(8), time(13), [CHAT]),
    ("Marco Bianchi", time(14), time(17), [MAIL]),
    ("Ioana Popescu", time(12), time(20), [CHAT, Inbox.Kind.TELEGRAM.value]),
)


def fill_assignment() -> None:
    """Needs the departments and the team."""
    if AssignmentRule.objects.exists():
        return
    team = {user.name: user for user in User.objects.agents()}
    billing = Department.objects.get(name="Billing")
    Department.objects.filter(pk=billing.pk).update(assigning=Department.Assigning.AUTOMATIC)
    Membership.objects.filter(user__in=team.values(), user__role=User.Role.ADMIN).update(
        role=Membership.Role.LEAD
    )
    LoadSettings.objects.get_or_create(pk=LoadSettings.ONLY)
    fill_skills(team)
    for rule in demo_rules(billing):
        save_rule(rule)
    fill_shifts(team)


def fill_skills(team: dict[str, User]) -> None:
    for name, people in SKILLS.items():
        skill, _ = Skill.objects.get_or_create(name=name)
        skill.agents.add(*(team[each] for each in people if each in team))


def demo_rules(billing: Department) -> list[AssignmentRule]:
    support = Department.objects.get(name="Support")
    chinese = Skill.objects.get(name="Chinese")
    return [
        AssignmentRule(
            name="Invoices and refunds",
            conditions=asking("subject_or_first", "contains_any", MONEY),
            department=billing,
        ),
        AssignmentRule(
            name="Letters in Chinese",
            conditions=asking("language", "is", ["zh-hans"]),
            department=support,
            skill=chinese,
        ),
        AssignmentRule(name="Everything else", conditions={}, department=support),
    ]


def asking(field: str, op: str, value: str | list[str]) -> dict:
    return {"match": "all", "lines": [{"field": field, "op": op, "value": value}]}


def fill_shifts(team: dict[str, User]) -> None:
    monday = monday_of(today())
    days = [monday + timedelta(days=week * 7 + day) for week in (0, 1) for day in range(5)]
    Shift.objects.bulk_create(
        shift_of(team[name], day, opens, closes, channels)
        for day in days
        for name, opens, closes, channels in WORKDAYS
        if name in team
    )


def shift_of(user: User, on: date, opens: time, closes: time, channels: list[str]) -> Shift:
    starts_at, ends_at = instants(on, opens, closes, zone())
    return Shift(
        user=user, on=on, opens=opens, closes=closes, channels=channels, starts_at=starts_at, ends_at=ends_at
    )
