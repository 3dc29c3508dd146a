"""What the team wants to know of its customers: the attributes, in their order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from helpdesk.errors import NotThere
from helpdesk.people.attributes import definitions
from helpdesk.people.attributes.dropping import drop_values
from helpdesk.people.attributes.models import Attribute
from helpdesk.workspace.attribute_form import AttributeForm
from helpdesk.workspace.permissions import admin_only


@admin_only
def attributes(request: HttpRequest) -> HttpResponse:
    """The list: in use, retired, and what sites and programs send besides."""
    rows = definitions.all_attributes()
    groups = [
        (label, [row for row in rows if row.of == of and row.retired_at is None])
        for of, label in (("person", _("Of persons")), ("company", _("Of companies")))
    ]
    context = {
        "groups": [(label, found) for label, found in groups if found],
        "retired": [row for row in rows if row.retired_at],
        "undefined": definitions.undefined_keys(),
    }
    return render(request, "settings/attributes.html", context)


@admin_only
def new_attribute(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET[name] for name in ("of", "key") if name in request.GET}
    if "key" in asked:
        asked["name"] = asked["key"].replace("_", " ").capitalize()
    form = AttributeForm(request.POST or None, initial=asked)
    if request.method == "POST" and form.is_valid():
        return done(request, form.saved)
    return draw_form(request, form)


@admin_only
def attribute(request: HttpRequest, of: str, key: str) -> HttpResponse:
    row = definitions.find_attribute(of, key)
    if row.retired_at:
        raise NotThere
    form = AttributeForm(request.POST or None, attribute=row)
    if request.method == "POST" and form.is_valid():
        return done(request, form.saved)
    return draw_form(request, form, row)


def done(request: HttpRequest, row: Attribute) -> HttpResponse:
    messages.success(request, _("The attribute %(name)s is saved.") % {"name": row})
    return redirect("workspace:attributes")


def draw_form(request: HttpRequest, form: AttributeForm, row: Attribute | None = None) -> HttpResponse:
    context = {"form": form, "attribute": row}
    if row:
        context["known"] = definitions.carriers(row.of, row.key).count()
    return render(request, "settings/attribute.html", context, status=422 if form.errors else 200)


@admin_only
@require_POST
def move_attribute(request: HttpRequest, of: str, key: str) -> HttpResponse:
    definitions.move_attribute(of, key, up=request.POST.get("to") == "up")
    return redirect("workspace:attributes")


@admin_only
@require_POST
def retire_attribute(request: HttpRequest, of: str, key: str) -> HttpResponse:
    """Out of use; `values` says what becomes of what is known: keep it as plain text, or drop it for good."""
    row = definitions.retire_attribute(of, key)
    if request.POST.get("values") != "drop":
        messages.success(
            request, _("%(name)s is retired. What is known stays as plain text.") % {"name": row}
        )
        return redirect("workspace:attributes")
    count = drop_values(of, key)
    said = ngettext(
        "%(name)s is retired, and %(count)s value is deleted.",
        "%(name)s is retired, and %(count)s values are deleted.",
        count,
    )
    messages.success(request, said % {"name": row, "count": count})
    return redirect("workspace:attributes")


@admin_only
@require_POST
def restore_attribute(request: HttpRequest, of: str, key: str) -> HttpResponse:
    """In use again, as it was."""
    row = definitions.find_attribute(of, key)
    back = definitions.define_attribute(
        of, key, name=row.name, kind=row.kind, choices=row.choices, is_folded=row.is_folded
    )
    messages.success(request, _("%(name)s is in use again.") % {"name": back})
    return redirect("workspace:attributes")
