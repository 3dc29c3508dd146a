"""Two contacts that turn out to be one person."""

from collections.abc import Iterator

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import Contact

FILLED = ("name", "email", "phone", "company_id", "language", "time_zone")


class MergesWithItself(Invalid):
    code = "merges_with_itself"
    sentence = _("Choose another person: one can't be merged with oneself.")


def merge_contacts(kept: Contact, gone: Contact, *, by: Actor) -> Contact:
    """Make one person of two: all that was `gone`'s is `kept`'s from now on. Returns `kept`, fresh.

    Its empty fields are filled from the other, never overwritten. The row of `gone` stays as an alias. The ledger
    is not touched: its readers follow the fact that is recorded here. Merging again changes nothing.
    Raises MergesWithItself where both are the same row.
    """
    if kept.pk == gone.pk:
        raise MergesWithItself
    with transaction.atomic():
        kept, gone = lock_both(kept.pk, gone.pk)
        if kept.pk == gone.pk:  # merged before, in whichever direction
            return kept
        for field in pointers():
            move_rows(field, kept, gone)
        fill_gaps(kept, gone)
        gone.merged_into = kept
        gone.save(update_fields=["merged_into"])
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
    """Every foreign key to a contact, in whichever app, but the append-only ledger's."""
    for relation in Contact._meta.get_fields(include_hidden=True):
        is_pointer = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if is_pointer and relation.related_model is not Event:
            yield relation.field


def move_rows(field: models.ForeignKey, kept: Contact, gone: Contact) -> None:
    """Let these rows point at `kept`. One that a unique key forbids there, since `kept` has its like, stays."""
    rows = field.model._base_manager.filter(**{field.name: gone})
    try:
        with transaction.atomic():
            rows.update(**{field.name: kept})
    except IntegrityError:
        for pk in list(rows.values_list("pk", flat=True)):
            move_row(field, pk, kept)


def move_row(field: models.ForeignKey, pk: int, kept: Contact) -> None:
    try:
        with transaction.atomic():
            field.model._base_manager.filter(pk=pk).update(**{field.name: kept})
    except IntegrityError:
        return


def fill_gaps(kept: Contact, gone: Contact) -> None:
    """What `kept` does not know the other may. Whoever was blocked as one of them is not let in as the other."""
    for name in FILLED:
        setattr(kept, name, getattr(kept, name) or getattr(gone, name))
    kept.attributes = {**gone.attributes, **kept.attributes}
    kept.is_blocked = kept.is_blocked or gone.is_blocked
    kept.last_seen_at = max(filter(None, (kept.last_seen_at, gone.last_seen_at)), default=None)
    kept.save(update_fields=[*FILLED, "attributes", "is_blocked", "last_seen_at"])
