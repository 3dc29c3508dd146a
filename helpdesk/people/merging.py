"""Two contacts that turn out to be one person. Taken back by parting.py."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import Contact, ContactMerge

FILLED = ("name", "email", "phone", "company_id", "language", "time_zone")
CHANGED = (*FILLED, "is_blocked", "last_seen_at")
ATTRIBUTE = "attributes."  # before the name of one of them


class MergesWithItself(Invalid):
    code = "merges_with_itself"
    sentence = _("Choose another person: one can't be merged with oneself.")


def merge_contacts(kept: Contact, gone: Contact, *, by: Actor, take: Iterable[str] = ()) -> Contact:
    """Make one person of two: all that was `gone`'s is `kept`'s from now on. Returns `kept`, fresh.

    Its empty fields are filled from the other and not overwritten, but for those in `take`: names of FILLED, and
    "attributes.plan" for one of the attributes. The row of `gone` stays as an alias. The ledger is not touched: its
    readers follow the fact that is recorded here. Merging again changes nothing. Raises MergesWithItself where both are
    the same row.
    """
    if kept.pk == gone.pk:
        raise MergesWithItself
    with transaction.atomic():
        kept, gone = lock_both(kept.pk, gone.pk)
        if kept.pk == gone.pk:  # merged before, in whichever direction
            return kept
        rows = {key_of(field): move_rows(field, kept, gone) for field in pointers()}
        before = state_of(kept)
        fill_gaps(kept, gone, take=set(take))
        gone.merged_into = kept
        gone.save(update_fields=["merged_into"])
        ContactMerge.objects.create(
            kept=kept,
            gone=gone,
            rows={key: numbers for key, numbers in rows.items() if numbers},
            fields=changes_between(before, state_of(kept)),
            user_id=by.id if by.kind == "agent" else None,
            merged_at=clock.now(),
        )
        record(names.CONTACT_MERGED, by=by, contact=kept, data={"gone": gone.pk})
    return kept


def lock_both(kept_id: int, gone_id: int) -> tuple[Contact, Contact]:
    """Both, or those they have become, locked in the order of their numbers so that two merges can't block each
    other."""
    now = Coalesce("merged_into_id", "pk")
    standing = dict(Contact.objects.filter(pk__in=[kept_id, gone_id]).values_list("pk", now))
    locked = {number: lock_contact(number) for number in sorted({*standing.values()})}
    return locked[standing[kept_id]], locked[standing[gone_id]]


def pointers() -> Iterator[models.ForeignKey]:
    """Every foreign key to a contact, in whichever app, but the append-only ledger's and those of the merges themselves."""
    for relation in Contact._meta.get_fields(include_hidden=True):
        is_pointer = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if is_pointer and relation.related_model not in (Event, ContactMerge):
            yield relation.field


def key_of(field: models.ForeignKey) -> str:
    return f"{field.model._meta.label_lower}.{field.name}"


def move_rows(field: models.ForeignKey, kept: Contact, gone: Contact) -> list[Any]:
    """Let these rows point at `kept`; returns which. One that a unique key forbids there, since `kept` has its like, stays."""
    rows = field.model._base_manager.filter(**{field.name: gone})
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    try:
        with transaction.atomic():
            rows.update(**{field.name: kept})
    except IntegrityError:
        return [pk for pk in numbers if move_row(field, pk, kept)]
    return numbers


def move_row(field: models.ForeignKey, pk: int, kept: Contact) -> bool:
    try:
        with transaction.atomic():
            return bool(field.model._base_manager.filter(pk=pk).update(**{field.name: kept}))
    except IntegrityError:
        return False


def fill_gaps(kept: Contact, gone: Contact, *, take: set[str]) -> None:
    """What `kept` does not know the other may. Whoever was blocked as one of them is not let in as the other."""
    for name in FILLED:
        one, other = getattr(kept, name), getattr(gone, name)
        setattr(kept, name, (other or one) if name in take else (one or other))
    taken = {name: value for name, value in gone.attributes.items() if ATTRIBUTE + name in take}
    kept.attributes = {**gone.attributes, **kept.attributes, **taken}
    kept.is_blocked = kept.is_blocked or gone.is_blocked
    kept.last_seen_at = max(filter(None, (kept.last_seen_at, gone.last_seen_at)), default=None)
    kept.save(update_fields=[*CHANGED, "attributes"])


def state_of(contact: Contact) -> dict[str, Any]:
    """What a merge may change, one value a name, ready for JSON."""
    values = {name: getattr(contact, name) for name in CHANGED}
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }
    return plain | {ATTRIBUTE + name: value for name, value in contact.attributes.items()}


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Name -> [before, after], where they differ; None for an attribute that was not there."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
