"""Finding and making contacts."""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import IntegrityError, transaction

from helpdesk import clock
from helpdesk.people.models import Contact, ContactIdentity

EMAIL, VISITOR = ContactIdentity.Kind.EMAIL, ContactIdentity.Kind.VISITOR
# Every message that comes in asks this: plain SQL is half the work.
LOCKED = """
    SELECT contact.* FROM people_contactidentity identity JOIN people_contact contact ON contact.id = identity.contact_id
    WHERE identity.kind = %s AND identity.value = %s FOR NO KEY UPDATE OF contact"""

MOST_BROWSERS = 50  # of one person: of more the newest are told what happens
# Those as a part of a statement; {contact}: whose, as SQL.
BROWSERS = f"""SELECT value FROM people_contactidentity WHERE contact_id = {{contact}} AND kind = 'visitor'
    ORDER BY id DESC LIMIT {MOST_BROWSERS}"""


def find_contact(kind: str, value: str) -> Contact | None:
    identity = (
        ContactIdentity.objects.select_related("contact__merged_into")
        .filter(kind=kind, value=normal_value(kind, value))
        .first()
    )
    return (identity.contact.merged_into or identity.contact) if identity else None


def find_or_create_contact(
    kind: str,
    value: str,
    *,
    name: str = "",
    email: str = "",
    language: str = "",
    is_verified: bool = False,
    adopt: Callable[[], bool] | None = None,
) -> Contact:
    """The contact who has this identity, made when unknown; its row is locked as by `lock_contact`.

    Two at the same moment end with one contact: the identity's unique key decides and the loser's
    row is taken back. Empty fields of a known contact are filled, never overwritten. `adopt` is asked before
    somebody unknown is made: True where it has just given the identity to a contact who is there.
    """
    value = normal_value(kind, value)
    filled = {"name": name, "email": email or (value if kind == EMAIL else ""), "language": language}
    with transaction.atomic(savepoint=False):
        contact = find_locked(kind, value)
        if contact is None and adopt and adopt():
            contact = find_locked(kind, value)
        if contact is None:
            try:
                return make_contact(kind, value, is_verified=is_verified, **filled)
            except IntegrityError:
                contact = find_locked(kind, value)
        fill_contact(contact, name=name, email=email, language=language)
    return contact


def find_locked(kind: str, value: str) -> Contact | None:
    """Found and locked in one query; of an alias, the contact that is left."""
    contact = next(iter(Contact.objects.raw(LOCKED, [kind, value])), None)
    return lock_contact(contact.merged_into_id) if contact and contact.merged_into_id else contact


def make_contact(
    kind: str, value: str, *, is_verified: bool, name: str, email: str, language: str
) -> Contact:
    """A contact with its first identity. Raises IntegrityError where somebody else has that meanwhile."""
    with transaction.atomic():
        contact = Contact.objects.create(
            name=name[:120], email=email[:254], language=language[:10], last_seen_at=clock.now()
        )
        ContactIdentity.objects.create(contact=contact, kind=kind, value=value, is_verified=is_verified)
    return contact


def browsers_of(contacts: Collection[int]) -> set[UUID]:
    """Those that these contacts (ids) are known by; ids of another source, filed under the same kind, are left out."""
    if not contacts:
        return set()
    known = ContactIdentity.objects.filter(kind=VISITOR, contact__in=contacts)
    values = known.values_list("value", flat=True)
    return {browser for value in values if (browser := uuid_or_none(value))}


def uuid_or_none(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None  # another source's id, filed under the same kind


def lock_contact(contact_id: int) -> Contact:
    """The contact, locked until the transaction ends. Lock it before any of its tickets. Of one that was merged
    in the meantime, it is the contact that is left.

    Without the key: whoever writes a row that names the contact, as each answer does, takes a lock on the key at
    its commit, and while it holds the ticket that we wait for, both would wait for ever.
    """
    contacts = Contact.objects.select_for_update(of=("self",), no_key=True)
    contact = contacts.get(pk=contact_id)
    while contact.merged_into_id:
        contact = contacts.get(pk=contact.merged_into_id)
    return contact


def fill_contact(contact: Contact, *, name: str = "", email: str = "", language: str = "") -> None:
    """Fill what is empty and note that the contact was here."""
    contact.name = contact.name or name[:120]
    contact.email = contact.email or email[:254]
    contact.language = contact.language or language[:10]
    contact.last_seen_at = clock.now()
    contact.save(update_fields=["name", "email", "language", "last_seen_at"])


def add_identity(contact: Contact, kind: str, value: str, *, is_verified: bool = False) -> bool:
    """Let the contact be recognised by this too. False where the identity is somebody else's already."""
    identity, _ = ContactIdentity.objects.get_or_create(
        kind=kind, value=normal_value(kind, value), defaults={"contact": contact, "is_verified": is_verified}
    )
    return identity.contact_id == contact.pk


def note_claimed_address(contact: Contact, address: str) -> None:
    """An address that somebody typed of themselves: where we write to them from now on, unless they are recognised by
    one, which gives way to no claim. The contact is locked, and saved by the caller."""
    if address and not (contact.email and contact.identities.filter(kind=EMAIL).exists()):
        contact.email = address


def normal_value(kind: str, value: str) -> str:
    """One spelling per identity: addresses without case and spaces, at most 254 characters."""
    value = str(value).strip()
    return (value.lower() if kind == EMAIL else value)[:254]
