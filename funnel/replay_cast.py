"""Who and what a told history speaks of: by the file's own names, made when they first come up."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.apps import apps

from helpdesk.errors import HelpdeskError
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import VISITOR, add_identity, find_or_create_contact
from helpdesk.people.merging import merge_contacts
from helpdesk.people.models import Contact, User
from helpdesk.tickets.models import Ticket

Line = dict[str, Any]
KINDS = {"chat": Inbox.Kind.WEBCHAT, "mail": Inbox.Kind.EMAIL}  # other words for kinds of inbox
# Where a line about two people names the second one. Whom `into` names is kept, else `person` is.
SECOND_PERSON = ("into", "other", "gone", "with", "value")


class CannotReplay(HelpdeskError):
    """The file says something that can't be told again; the sentence names the line."""


def kind_of_channel(word: str) -> str:
    return KINDS.get(word, word)


def moment_of(word: Any) -> datetime:
    """The aware moment that a line writes in ISO 8601."""
    moment = datetime.fromisoformat(str(word))
    if moment.tzinfo is None:
        raise CannotReplay(f"“{word}” has no offset from UTC")
    return moment


def visitor_of(person: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"replay:{person}")


@dataclass
class Cast:
    tickets: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    agents: dict[str, User] = field(default_factory=dict)
    inboxes: dict[tuple[str, str], Inbox] = field(default_factory=dict)

    def contact(self, person: str) -> Contact:
        """The person as a contact, who is also known as the visitor they were before they wrote."""
        if person not in self.contacts:
            email = f"{person}@customer.example"
            contact = find_or_create_contact("email", email, name=person, email=email)
            add_identity(contact, VISITOR, str(visitor_of(person)))
            self.contacts[person] = contact
        return self.contacts[person]

    def merge(self, line: Line) -> None:
        """The two people of the line are one; from now on both names mean the contact that is kept."""
        named = [line[key] for key in ("person", *SECOND_PERSON) if line.get(key)]
        kept = line.get("into") or line["person"]
        gone = next((person for person in named if person != kept), None)
        if gone is None:
            raise CannotReplay(f"it must name a second person, in one of {', '.join(SECOND_PERSON)}")
        both = self.contact(kept), self.contact(gone)
        if both[0] == both[1]:  # said before
            return
        left = merge_contacts(*both, by=self.teammate(line))
        for person, contact in self.contacts.items():
            if contact in both:
                self.contacts[person] = left

    def ticket(self, line: Line) -> Ticket:
        if line.get("conversation") not in self.tickets:
            raise CannotReplay(f"conversation {line.get('conversation')} has not started")
        return Ticket.objects.select_related("contact").get(pk=self.tickets[line["conversation"]])

    def agent(self, line: Line) -> Actor:
        name = line["agent"]
        if name not in self.agents:
            self.agents[name] = User.objects.create_user(f"{name}@team.example", name=name)
        return Actor.agent(self.agents[name])

    def teammate(self, line: Line) -> Actor:
        """Who did it: the agent the line names, else the helpdesk itself."""
        return self.agent(line) if "agent" in line else SYSTEM

    def inbox(self, line: Line) -> Inbox:
        kind, department = kind_of_channel(line.get("channel") or "webchat"), line.get("department") or ""
        if kind not in Inbox.Kind.values:
            raise CannotReplay(f"there is no channel “{line['channel']}”")
        if (kind, department) not in self.inboxes:
            self.inboxes[kind, department] = Inbox.objects.create(
                name=f"{kind} {department}".strip(),
                kind=kind,
                address=f"{department or 'all'}-{len(self.inboxes)}@desk.example" if kind == "email" else "",
                department=self.department(department),
            )
        return self.inboxes[kind, department]

    def department(self, name: str | None) -> Any:
        """The department of this name; None, outside all departments, where there is no name."""
        departments = apps.get_model("routing", "Department").objects
        return departments.get_or_create(name=name)[0] if name else None
