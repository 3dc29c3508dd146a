"""Sensitive matters and customers whom machines leave to people: the rules that mark tickets."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.conditions import Offers, editor_of, read_group, say_group
from helpdesk.conditions.editing import is_press_of
from helpdesk.conditions.fields import EVENT
from helpdesk.errors import InvalidRule
from helpdesk.tickets.marks import OURS, name_of_mark
from helpdesk.tickets.text import clean_text
from helpdesk.workspace.permissions import admin_only
from routing.models import CareRule
from routing.service.care import care_rules, find_rule, forget_rule, save_rule, switch_rule


@admin_only
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    offers = Offers()
    rows = [(rule, name_of_mark(rule.mark), say_group(rule.conditions, offers)) for rule in care_rules()]
    return render(request, "service/care_rules.html", {"rows": rows})


@admin_only
def rule(request: HttpRequest, mark: str = "") -> HttpResponse:
    """A new one, or one to change."""
    row = found(mark) if mark else CareRule()
    if request.method != "POST":
        return editor(request, row)
    if row.mark not in OURS:
        row.mark = clean_text(request.POST.get("name", "")).strip()[:40]
    row.leaves_to_people = "leaves_to_people" in request.POST
    row.conditions = read_group(request.POST)
    if is_press_of(request.POST):
        return editor(request, row)
    try:
        save_rule(row, was=mark)
    except InvalidRule as refusal:
        return editor(request, row, faults=refusal.faults)
    messages.success(request, _("“%(name)s” is saved.") % {"name": name_of_mark(row.mark)})
    return redirect("service:care_rules")


def editor(request: HttpRequest, row: CareRule, *, faults: dict[str, str] | None = None) -> HttpResponse:
    faults = faults or {}
    page = {
        "rule": row,
        "name": name_of_mark(row.mark),
        "is_ours": row.mark in OURS,
        "faults": faults,
        "editor": editor_of(row.conditions, scope=EVENT, offers=Offers(), faults=faults),
    }
    return render(request, "service/care_rule.html", page, status=422 if faults else 200)


@admin_only
@require_POST
def activity(request: HttpRequest, mark: str) -> HttpResponse:
    """Switch it on or off."""
    switch_rule(found(mark).mark, is_active=request.POST.get("is_active") == "1")
    return redirect("service:care_rules")


@admin_only
@require_POST
def forget(request: HttpRequest, mark: str) -> HttpResponse:
    """One of ours is again as it came; one of the team's own is gone."""
    row = found(mark)
    forget_rule(row)
    name = {"name": name_of_mark(mark)}
    said = _("“%(name)s” is again as it came.") if mark in OURS else _("“%(name)s” is deleted.")
    messages.success(request, said % name)
    return redirect("service:care_rules")


def found(mark: str) -> CareRule:
    row = find_rule(mark)
    if row is None:
        raise Http404
    return row
