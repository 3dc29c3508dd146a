"""The team: inviting, changing, and letting go without losing anything."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from helpdesk.errors import Conflict
from helpdesk.events.actor import Actor
from helpdesk.people.models import User
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.models import Ticket


def password_link(user: User) -> str:
    """A link with which this person, and nobody else, sets the password. It works once, for three days."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("workspace:welcome", args=[key, default_token_generator.make_token(user)])
    return settings.PUBLIC_URL + path


def user_of_link(key: str, token: str) -> User | None:
    """Whose link this is; None for one that was used, is too old, or was never ours."""
    try:
        user = User.objects.filter(pk=int(urlsafe_base64_decode(key)), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return user if user and default_token_generator.check_token(user, token) else None


def deactivate_agent(user: User, *, by: Actor) -> int:
    """Let somebody go: they are logged out, what they wrote stays, and their open tickets become
    unassigned. Returns how many. Raises Conflict for the last admin."""
    with transaction.atomic():
        refuse_last_admin(user)
        User.objects.filter(pk=user.pk).update(is_active=False)
        return release_tickets(user, by=by)


def activate_agent(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)


def refuse_last_admin(user: User) -> None:
    """Somebody must be left who can open these screens. Locks the admins against two at the same moment."""
    admins = User.objects.select_for_update().filter(role=User.Role.ADMIN, is_active=True)
    if user.pk in (left := {admin.pk for admin in admins}) and len(left) == 1:
        raise Conflict(_("This is the last admin. Make somebody else an admin first."), field="role")


def release_tickets(user: User, *, by: Actor, only_unseen: bool = False) -> int:
    """Unassign the user's unfinished tickets, or only those the user may no longer see."""
    tickets = Ticket.objects.unfinished().assigned_to(user)
    if only_unseen:
        tickets = tickets.exclude(pk__in=Ticket.objects.visible_to(user).values("pk"))
    released = list(tickets)
    for ticket in released:
        assign_ticket(ticket, to=None, by=by)
    return len(released)
