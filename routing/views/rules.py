"""Assignment rules: the list in its order, and the editor with its dry run."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.asked import read_number
from helpdesk.conditions import Offers, editor_of, say_group
from helpdesk.conditions.editing import is_press_of, read_group
from helpdesk.conditions.fields import EVENT
from helpdesk.errors import InvalidRule
from helpdesk.ordering import move_row
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.text import clean_text
from helpdesk.workspace.permissions import admin_only
from routing.assignment.saving import (
    definition_of,
    faults_of,
    save_rule,
    switch_rule,
)
from routing.dry_runs.running import begin_dry_run
from routing.models import AssignmentRule, Department, Skill
from routing.views.dry_runs import dry_run_page


@admin_only
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    offers = Offers()
    found = AssignmentRule.objects.select_related("department", "agent", "skill")
    escalated = Ticket.objects.awake().filter(escalated_at__isnull=False, escalation_reason="no_rule")
    page = {
        "rows": [{"rule": rule, "conditions": say_group(rule.conditions, offers)} for rule in found],
        "escalated": escalated.count(),
    }
    return render(request, "routing/rules.html", page)


@admin_only
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The editor. `press` says which button: save, try, or one of the conditions."""
    row = get_object_or_404(AssignmentRule, pk=pk) if pk else AssignmentRule()
    if request.method != "POST":
        return editor(request, row)
    read_rule(request, row)
    if is_press_of(request.POST):
        return editor(request, row)
    if request.POST.get("press") == "try":
        return dry_run(request, row)
    try:
        save_rule(row)
    except InvalidRule as refusal:
        return editor(request, row, faults=refusal.faults)
    messages.success(request, _("The rule “%(name)s” is saved.") % {"name": row})
    return redirect("routing:rules")


def read_rule(request: HttpRequest, row: AssignmentRule) -> None:
    """What the editor sent, unsaved and unchecked; what is not there any more is not chosen."""
    row.name = clean_text(request.POST.get("name", "")).strip()
    row.conditions = read_group(request.POST)
    row.department = chosen(Department.objects.filter(is_active=True), request.POST.get("department", ""))
    row.agent = chosen(User.objects.agents(), request.POST.get("agent", ""))
    row.skill = chosen(Skill.objects.all(), request.POST.get("skill", ""))


def chosen(rows: Any, key: str) -> Any:
    return rows.filter(pk=read_number(key)).first()


def dry_run(request: HttpRequest, row: AssignmentRule) -> HttpResponse:
    """Try its conditions without saving; for that it needs no name, and leads nowhere."""
    faults = {place: why for place, why in faults_of(row) if place.startswith("conditions")}
    if faults:
        return editor(request, row, faults=faults)
    run = begin_dry_run("rule", definition_of(row), user=request.user, rule_id=row.pk)
    return editor(request, row, **dry_run_page(run))


def editor(
    request: HttpRequest, row: AssignmentRule, *, faults: dict[str, str] | None = None, **page: Any
) -> HttpResponse:
    offers = Offers()
    page |= {
        "rule": row,
        "faults": faults or {},
        "editor": editor_of(row.conditions, scope=EVENT, offers=offers, faults=faults),
        "departments": Department.objects.filter(is_active=True),
        "agents": User.objects.agents(),
        "skills": Skill.objects.all(),
    }
    return render(request, "routing/rule.html", page, status=422 if faults else 200)


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off."""
    row = get_object_or_404(AssignmentRule, pk=pk)
    switch_rule(row, is_active=request.POST.get("is_active") == "1")
    return redirect("routing:rules")


@admin_only
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Move it one up or down in the order."""
    move_row(AssignmentRule.objects, pk, up=request.POST.get("to") == "up")
    return redirect("routing:rules")


@admin_only
@require_POST
def delete_rule(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(AssignmentRule, pk=pk)
    row.delete()
    messages.success(request, _("The rule “%(name)s” is deleted.") % {"name": row})
    return redirect("routing:rules")
