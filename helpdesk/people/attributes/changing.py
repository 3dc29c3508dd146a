"""One value of a person or of their company, changed by a teammate or a program."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.errors import Conflict, Invalid, NotThere
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.people.attributes.definitions import COMPANY, PERSON, find_attribute
from helpdesk.people.attributes.kinds import KINDS
from helpdesk.people.attributes.models import Attribute
from helpdesk.people.attributes.own_fields import OWN_FIELDS, kept
from helpdesk.people.contacts import EMAIL, lock_contact
from helpdesk.people.models import Company, Contact


class ChangedMeanwhile(Conflict):
    """Somebody else has changed it since the page was drawn. `now`: what stands there."""

    code = "changed_meanwhile"

    def __init__(self, now: Any, *, who: str, field: str) -> None:
        sentence = (
            _("%(name)s has changed this meanwhile.") % {"name": who}
            if who
            else _("This has changed meanwhile.")
        )
        super().__init__(sentence, field=field)
        self.now = now


@dataclass(frozen=True)
class Changed:
    """What stood there before and what stands there now, as it is kept; equal where nothing was to be done.
    `identity`: by which the person is known through this change, else 0."""

    contact: Contact
    before: Any
    after: Any
    identity: int = 0


def change_value(
    contact: Contact,
    *,
    of: str,
    key: str,
    value: Any,
    by: Actor,
    seen: str | None = None,
    ticket: Any = None,
    forget_identity: int = 0,
    is_as_it_was: bool = False,
) -> Changed:
    """Put `value` (None or "": nothing) under this key of the person, or of their company.

    `seen`: the mark (`mark_of`) of what the writer saw there; raises ChangedMeanwhile where something else stands there
    by now. Raises Unfitting for a value that is none of the type, Conflict for somebody else's address, NotThere for
    what is not defined. `forget_identity`: taken back with a change that brought it. `is_as_it_was`:
    the value of an attribute may be none of its type, since it stood there before. The fact names the key alone.
    """
    with transaction.atomic():
        contact = lock_contact(contact.pk)
        if of == PERSON and key in OWN_FIELDS:
            changed = put_own(contact, key, value, seen)
        else:
            attribute = find_attribute(of, key)
            if attribute.retired_at:
                raise NotThere
            changed = put_attribute(contact, attribute, value, seen, is_as_it_was=is_as_it_was)
        if forget_identity:
            contact.identities.filter(pk=forget_identity, kind=EMAIL, is_verified=False).exclude(
                value=contact.email.lower()
            ).delete()
        if changed.before != changed.after:
            data = {"of": of, "fields": [key]} | ({"company": contact.company_id} if of == COMPANY else {})
            record(names.CONTACT_CHANGED, by=by, contact=contact, ticket=ticket, data=data)
    return changed


def put_own(contact: Contact, key: str, value: Any, seen: str | None) -> Changed:
    field, before = OWN_FIELDS[key], kept(contact, key)
    refuse_unseen(before, seen, contact, PERSON, key)
    if value == before:
        return Changed(contact, before, before)
    read = "" if is_nothing(value) else read_as(field.read, value, key)
    if read == kept(contact, key) or (isinstance(read, Company) and read.pk and read.pk == before):
        return Changed(contact, before, before)
    known = set(contact.identities.values_list("pk", flat=True)) if key == "email" else set()
    field.put(contact, read)
    contact.save(update_fields=[field.column])
    new = contact.identities.exclude(pk__in=known).first() if key == "email" else None
    return Changed(contact, before, kept(contact, key), new.pk if new else 0)


def put_attribute(
    contact: Contact, attribute: Attribute, value: Any, seen: str | None, *, is_as_it_was: bool
) -> Changed:
    key, kind = attribute.key, KINDS[attribute.kind]
    carrier = contact if attribute.of == PERSON else lock_company(contact)
    before = carrier.attributes.get(key)
    refuse_unseen(before, seen, contact, attribute.of, key)
    after = value
    if not is_as_it_was and not is_nothing(value):
        after = read_as(lambda raw: kind.read(raw, attribute.choices), value, key)
    rest = {name: other for name, other in carrier.attributes.items() if name != key}
    after = None if is_nothing(after) else after
    carrier.attributes = rest if after is None else rest | {key: after}
    carrier.save(update_fields=["attributes"])
    return Changed(contact, before, after)


def lock_company(contact: Contact) -> Company:
    if contact.company_id is None:
        raise Invalid(_("Write down their company first."), field="company")
    return Company.objects.select_for_update(no_key=True).get(pk=contact.company_id)


def is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def read_as(read: Callable[[Any], Any], value: Any, key: str) -> Any:
    try:
        return read(value)
    except Invalid as refusal:
        refusal.field = key
        raise


def refuse_unseen(now: Any, seen: str | None, contact: Contact, of: str, key: str) -> None:
    if seen is None or seen == mark_of(now):
        return
    told = Event.objects.filter(
        name=names.CONTACT_CHANGED, contact=contact, data__of=of, data__fields__contains=[key]
    )
    who = told.order_by("-pk").values_list("actor_name", flat=True).first() or ""
    raise ChangedMeanwhile(now, who=who, field=key)


def mark_of(value: Any) -> str:
    """A few letters that stand for what is there, so that a page can say what it has shown."""
    if is_nothing(value):
        return "-"
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode(errors="replace")).hexdigest()[
        :12
    ]
