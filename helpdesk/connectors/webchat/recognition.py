"""Whom a site's proof makes of a visitor: the contact with the site's own id, in whichever browser they come.

A browser is somebody's: where another person proves who they are in it, they get a visit of their own, and neither
sees what the other wrote. Nothing is written for somebody who has never written.
"""

from dataclasses import replace
from uuid import uuid4

from django.db import transaction

from helpdesk.connectors.webchat.identity import Claim, claim_of, verified
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.errors import HelpdeskError
from helpdesk.events.actor import Actor
from helpdesk.people.attributes.definitions import PERSON, fitted
from helpdesk.people.attributes.ours import without_ours
from helpdesk.people.contacts import add_identity, find_contact, lock_contact
from helpdesk.people.merging import merge_contacts
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.people.visitors import CLAIMS

EMAIL, EXTERNAL, VISITOR = (
    ContactIdentity.Kind.EMAIL,
    ContactIdentity.Kind.EXTERNAL,
    ContactIdentity.Kind.VISITOR,
)
KEPT = ["name", "email", "phone", "attributes"]


def enter(visit: Visit, who: object) -> Visit:
    """The visit with what the site says of the visitor: another visitor's where it proves to be somebody else's.
    Raises WrongProof or ProofNeeded, and nothing has changed then."""
    claim = verified(visit.inbox, who)
    if claim is None:
        keep(visit, claim_of(who))
        return visit
    visit = own_visit(replace(visit, user_id=claim.user_id), claim)
    join(visit)
    keep(visit, claim, is_proved=True)
    return visit


def told_with(visit: Visit, who: object) -> tuple[Claim, bool]:
    """What the site says of a message's sender, and whether it is proved. A message is never lost over a proof: one that
    is wrong, or of another person than the visit's, says nothing."""
    try:
        claim = verified(visit.inbox, who, may_be_old=bool(visit.user_id))
    except HelpdeskError:
        return Claim(), False
    if claim is None:
        return claim_of(who), False
    return (claim, True) if claim.user_id == visit.user_id else (Claim(), False)


def own_visit(visit: Visit, claim: Claim) -> Visit:
    """This visit, or a new one where the browser was somebody else's until now."""
    here = visit.contact()
    return visit if here is None or is_free(here, claim) else replace(visit, visitor=uuid4())


def is_free(contact: Contact, claim: Claim) -> bool:
    """Whether the contact may be this person: already known so, or known by nothing that is another's."""
    known = set(contact.identities.exclude(kind=VISITOR).values_list("kind", "value"))
    own = {(EXTERNAL, claim.user_id)} | ({(EMAIL, claim.email.lower())} if claim.has_email else set())
    return (EXTERNAL, claim.user_id) in known or known <= own


def join(visit: Visit) -> None:
    """Let the id that this visit has proved and its browser stand for one contact, where anybody is known by either."""
    if not visit.user_id:
        return
    with transaction.atomic():
        person, here = find_contact(EXTERNAL, visit.user_id), visit.contact()
        if person and not here:
            add_identity(person, VISITOR, str(visit.visitor), is_verified=True)
        elif here and not person:
            add_identity(here, EXTERNAL, visit.user_id, is_verified=True)
        elif here and person and here != person and is_free(here, Claim(user_id=visit.user_id)):
            merge_contacts(person, here, by=Actor.customer(person))


def keep(visit: Visit, claim: Claim, *, is_proved: bool = False) -> None:
    """Write down what the site says of somebody who has written: what stood in a JWT as known, anything else where
    nothing is known, and apart from it for the team to judge."""
    contact = visit.contact() if claim != Claim() else None
    if contact is None:
        return
    with transaction.atomic():
        contact = lock_contact(contact.pk)
        before = [getattr(contact, name) for name in KEPT]
        for name in ("name", "email", "phone"):
            said = getattr(claim, name)
            if said and (claim.is_signed or not getattr(contact, name)):
                setattr(contact, name, said)
        contact.attributes = contact.attributes | (
            fitted(without_ours(claim.attributes), of=PERSON)
            if claim.is_signed
            else claimed(claim, is_proved=is_proved)
        )
        if [getattr(contact, name) for name in KEPT] != before:
            contact.save(update_fields=KEPT)
        if claim.has_email:
            add_identity(contact, EMAIL, claim.email, is_verified=True)


def claimed(claim: Claim, *, is_proved: bool) -> dict[str, dict[str, str]]:
    """What the team is told as a claim: attributes, and an id that was not proved."""
    own = {} if is_proved or not claim.user_id else {"user_id": claim.user_id}
    said = own | dict(claim.attributes)
    return {CLAIMS: said} if said else {}
