"""Making two people again of two contacts that were merged (merging.py).

Each gets back what was theirs, where nothing contradicts it. What came in on a ticket that goes back goes with it; all
else that came in since stays with the one who was kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from helpdesk import clock
from helpdesk.errors import Conflict
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.people.merging import ATTRIBUTE, CHANGED, key_of, pointers, state_of
from helpdesk.people.models import Contact, ContactMerge

WORDS: dict[str, str | Promise] = {
    "name": pgettext_lazy("person", "name"),
    "email": gettext_lazy("email"),
    "phone": gettext_lazy("phone"),
    "company_id": gettext_lazy("company"),
    "language": gettext_lazy("language"),
    "time_zone": gettext_lazy("time zone"),
    "is_blocked": gettext_lazy("blocked or not"),
}
TICKETS = "tickets.ticket.contact"


class NotMerged(Conflict):
    code = "not_merged"
    sentence = gettext_lazy("These two are not one person any more.")


@dataclass(frozen=True)
class Parted:
    """Both, fresh; `left` says in sentences what could not be given back."""

    kept: Contact
    gone: Contact
    left: list[str] = field(default_factory=list)


def merges_of(contact: Contact) -> models.QuerySet[ContactMerge]:
    """Those that made this person of several and still stand, the newest first."""
    return (
        ContactMerge.objects.filter(gone__merged_into=contact, undone_at=None)
        .select_related("gone", "user")
        .order_by("-pk")
    )


def part_contacts(merge: ContactMerge, *, by: Actor) -> Parted:
    """Take the merge back. Raises NotMerged where that has been done, or is being done."""
    with transaction.atomic():
        kept, gone = lock_parting(merge)
        held = ContactMerge.objects.select_for_update().get(pk=merge.pk)
        if held.undone_at or gone.merged_into_id != kept.pk:
            raise NotMerged
        strays = sum(
            give_back(pointer, held, kept, gone) for pointer in pointers() if key_of(pointer) in held.rows
        )
        tickets = tickets_of(gone)
        for pointer in pointers():
            follow_tickets(pointer, tickets, held, kept, gone)
        # Where the one who was kept has been merged on since, its row is an alias, and what it filled in stands there.
        into = kept if held.kept_id == kept.pk else held.kept
        contradicted = put_back(into, held.fields)
        gone.merged_into = None
        gone.is_blocked = gone.is_blocked or (kept.is_blocked and "is_blocked" not in held.fields)
        gone.save(update_fields=["merged_into", "is_blocked"])
        held.undone_at = clock.now()
        held.save(update_fields=["undone_at"])
        record(names.CONTACT_PARTED, by=by, contact=kept, data={"gone": gone.pk, "tickets": tickets})
    return Parted(kept, gone, [*words_for(contradicted, into), *words_for_strays(strays)])


def lock_parting(merge: ContactMerge) -> tuple[Contact, Contact]:
    """Who both are now, locked in the order of their numbers, as merging locks them."""
    gone = Contact.objects.get(pk=merge.gone_id)
    wanted = [gone.merged_into_id or merge.kept_id, gone.pk]
    rows = Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk")
    locked = {row.pk: row for row in rows}
    return locked[wanted[0]], locked[wanted[1]]


def give_back(pointer: models.ForeignKey, merge: ContactMerge, kept: Contact, gone: Contact) -> int:
    """Let the rows that moved over point at `gone` again. Returns how many are somebody else's by now; of those that were
    deleted nothing is said."""
    rows = pointer.model._base_manager.filter(pk__in=merge.rows[key_of(pointer)])
    mine = list(rows.filter(**{pointer.name: kept}).values_list("pk", flat=True))
    strays = rows.exclude(**{pointer.name: kept}).count()
    return strays + len(mine) - point_at(pointer, mine, gone)


def point_at(pointer: models.ForeignKey, numbers: Iterable[Any], contact: Contact) -> int:
    """Returns how many could be moved: not where a unique key forbids it."""
    moved = 0
    rows = pointer.model._base_manager
    try:
        with transaction.atomic():
            return rows.filter(pk__in=numbers).update(**{pointer.name: contact})
    except IntegrityError:
        for pk in numbers:
            try:
                with transaction.atomic():
                    moved += rows.filter(pk=pk).update(**{pointer.name: contact})
            except IntegrityError:
                continue
    return moved


def tickets_of(contact: Contact) -> list[int]:
    """The numbers of the tickets that are this person's now."""
    [tickets] = [pointer for pointer in pointers() if key_of(pointer) == TICKETS]
    return sorted(tickets.model._base_manager.filter(contact=contact).values_list("pk", flat=True))


def follow_tickets(
    pointer: models.ForeignKey, tickets: list[int], merge: ContactMerge, kept: Contact, gone: Contact
) -> None:
    """What was written on these tickets since the merge goes with them, but for those where `kept` is a participant."""
    model = pointer.model
    known = {one.name for one in model._meta.get_fields()}
    if not {"ticket", "created_at"} <= known:
        return
    own = model._base_manager.filter(
        ticket__in=tickets, created_at__gte=merge.merged_at, **{pointer.name: kept}
    )
    own = own.exclude(ticket__participants__contact=kept)
    point_at(pointer, list(own.values_list("pk", flat=True)), gone)


def put_back(kept: Contact, fields: dict[str, list[Any]]) -> list[str]:
    """Make the fields as they were before the merge; returns the names of those that somebody has changed since."""
    now, contradicted = state_of(kept), []
    for name, (before, after) in fields.items():
        if now.get(name) != after:
            contradicted.append(name)
        elif not name.startswith(ATTRIBUTE):
            setattr(kept, name, as_value(name, before))
        elif before is None:
            del kept.attributes[name.removeprefix(ATTRIBUTE)]
        else:
            kept.attributes[name.removeprefix(ATTRIBUTE)] = before
    kept.save(update_fields=[*CHANGED, "attributes"])
    return contradicted


def as_value(name: str, value: Any) -> str | int | bool | datetime | None:
    return parse_datetime(value) if name == "last_seen_at" and value else value


def words_for(contradicted: list[str], kept: Contact) -> list[str]:
    shown = [
        str(WORDS.get(name, name.removeprefix(ATTRIBUTE))) for name in contradicted if name != "last_seen_at"
    ]
    if not shown:
        return []
    return [
        _("Changed since, so it stays as it is with %(name)s: %(fields)s.")
        % {"name": kept, "fields": ", ".join(shown)}
    ]


def words_for_strays(count: int) -> list[str]:
    if not count:
        return []
    said = ngettext(
        "%(count)s entry belongs to somebody else by now and was left there.",
        "%(count)s entries belong to somebody else by now and were left there.",
        count,
    )
    return [said % {"count": count}]
