from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

THINGS = [  # address, what it is
    ("tickets/", _("Tickets: list, read, create, change")),
    ("tickets/42/messages/", _("Messages and notes of a ticket: list, answer, note")),
    ("contacts/", _("Customers: list, read, create, change")),
    ("departments/", _("Departments: list, read")),
    ("inboxes/", _("Inboxes: list")),
    ("shortcuts/", _("Shortcuts and macros: list, read, write, delete")),
    ("articles/", _("Help center: list, read, search, write")),
    ("events/", _("The ledger: everything that happened")),
    ("me/", _("Who the token acts for")),
]


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """For a person who follows the address of the API with a browser."""
    return render(request, "api/about.html", {"things": THINGS, "root": f"{settings.PUBLIC_URL}/api/v1/"})
