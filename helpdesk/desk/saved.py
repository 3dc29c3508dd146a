"""Saved views: who sees which, who may change which, and changing them."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from helpdesk import clock
from helpdesk.asked import read_number
from helpdesk.errors import NotAllowed, NotThere
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.prepared import Prepared
from helpdesk.tickets.models import SavedView

MOST_VIEWS = 50  # that one agent has under the piles; each is counted with every list
TAKEN_BACK_WITHIN = timedelta(days=1)


def views_of(user: User) -> list[SavedView]:
    """The views under this agent's piles: their own, then those they share. Read once a request."""
    if not hasattr(user, "_views_in_sight"):
        departments = tuple(department.pk for department in departments_of(user))
        found = VIEWS.rows(departments, user=user.pk)
        user._views_in_sight = sorted(found, key=lambda view: view.is_shared)
    return user._views_in_sight


def visible_views(user: User) -> QuerySet:
    return views_seen_by([department.pk for department in departments_of(user)], user=user.pk)


def views_seen_by(departments: Sequence[int], *, user: int) -> QuerySet:
    return SavedView.objects.filter(
        Q(owner=user, audience=SavedView.Audience.ME)
        | Q(audience=SavedView.Audience.EVERYBODY)
        | Q(audience=SavedView.Audience.DEPARTMENT, department__in=departments),
        deleted_at=None,
    ).order_by("position", "pk")


VIEWS = Prepared(lambda departments, *, user: views_seen_by(departments, user=user)[:MOST_VIEWS])


def shared_views() -> QuerySet:
    shared = SavedView.objects.exclude(audience=SavedView.Audience.ME).filter(deleted_at=None)
    return shared.select_related("owner", "department").order_by("position", "pk")


def may_change(view: SavedView, user: User) -> bool:
    return view.owner_id == user.pk or (user.is_admin and view.is_shared)


def find_view(pk: int, user: User, *, is_deleted: bool = False) -> SavedView:
    """A view that this agent may change. Raises NotThere where they see none, NotAllowed where it is another's."""
    view = SavedView.objects.filter(pk=pk, deleted_at__isnull=not is_deleted).first()
    if view is None or not (may_change(view, user) or visible_views(user).filter(pk=pk).exists()):
        raise NotThere
    if not may_change(view, user):
        raise NotAllowed
    return view


def deleted_view(number: str, user: User) -> SavedView | None:
    """The view with this number that was just deleted, for those who may bring it back."""
    pk = read_number(number)
    view = SavedView.objects.filter(pk=pk, deleted_at__isnull=False).first() if pk else None
    return view if view and may_change(view, user) else None


def add_view(view: SavedView, *, owner: User) -> SavedView:
    """Keep a new view, after all others."""
    view.owner = owner
    view.position = (SavedView.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    view.save()
    return view


def delete_view(view: SavedView) -> None:
    """Out of sight; for good once it can't be taken back any more."""
    now = clock.now()
    SavedView.objects.filter(deleted_at__lt=now - TAKEN_BACK_WITHIN).delete()
    view.deleted_at = now
    view.save(update_fields=["deleted_at"])


def restore_view(view: SavedView) -> None:
    view.deleted_at = None
    view.save(update_fields=["deleted_at"])


def move_view(view: SavedView, *, up: bool, among: Iterable[SavedView]) -> None:
    """One place up or down among those it stands with; at the end of them it stays."""
    order = list(among)
    at = next((index for index, one in enumerate(order) if one.pk == view.pk), None)
    to = None if at is None else at + (-1 if up else 1)
    if to is None or not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    places = sorted({one.position for one in order})
    with transaction.atomic():
        for place, one in zip(distinct(places, len(order)), order, strict=True):
            SavedView.objects.filter(pk=one.pk).update(position=place)


def distinct(places: list[int], how_many: int) -> list[int]:
    """As many places in order, beginning where theirs began."""
    return places if len(places) == how_many else list(range(places[0], places[0] + how_many))
