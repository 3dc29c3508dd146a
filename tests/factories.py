"""Makers of what tests need, with names that tell the story. Through the product's verbs where there are any."""

from functools import lru_cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password

from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.inboxes.contract import DeliveryError, InboundMessage, Sender
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.people.contacts import find_or_create_contact
from helpdesk.people.models import Contact, User
from helpdesk.tickets.delivery import transport_for
from helpdesk.tickets.intake import Receipt, receive
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.raw import count_attempt, read_counted
from knowledge.actions import create_article, save_translation
from knowledge.models import Article, Category, Section
from routing.models import Department

numbers = count(1)


class KeepingTransport:
    """Keeps messages instead of sending them; refuses while `refuse_with` is set."""

    handed_over: list[Message] = []
    refuse_with: DeliveryError | None = None

    def address_of(self, message: Message) -> str:
        return ""

    def send(self, message: Message) -> str:
        if self.refuse_with:
            raise self.refuse_with
        self.handed_over.append(message)
        return f"kept-{message.pk}"


def forget_transports() -> None:
    transport_for.cache_clear()


def make_agent(name: str = "Alice", **fields: Any) -> User:
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}.{next(numbers)}@shop.example")
    password = hashed(fields.pop("password", "correct horse battery"))
    return User.objects.create(email=email.strip().lower(), password=password, name=name, **fields)


@lru_cache
def hashed(password: str) -> str:
    """Hashing one takes as long as a whole test: once a process for each password."""
    return make_password(password)


def make_admin(name: str = "Ada", **fields: Any) -> User:
    return make_agent(name, role=User.Role.ADMIN, **fields)


def make_department(name: str = "Support", *, members: tuple[User, ...] = (), **fields: Any) -> Department:
    department, _ = Department.objects.get_or_create(name=name, defaults=fields)
    department.members.add(*members)
    return department


def make_inbox(kind: str = "email", **fields: Any) -> Inbox:
    if kind == "email":
        fields.setdefault("address", f"support{next(numbers)}@shop.example")
    return Inbox.objects.create(kind=kind, name=fields.pop("name", kind.title()), **fields)


def make_contact(name: str = "Carla", email: str = "") -> Contact:
    return find_or_create_contact(
        "email", email or f"{name.lower()}{next(numbers)}@customer.example", name=name
    )


def inbound(inbox: Inbox, text: str = "Where is my parcel?", **fields: Any) -> InboundMessage:
    email = fields.pop("email", "carla@customer.example")
    sender = fields.pop("sender", None) or Sender(
        "email", email, name=fields.pop("name", "Carla"), email=email
    )
    fields.setdefault("external_id", f"<in-{next(numbers)}@customer.example>")
    fields.setdefault("subject", "My order")
    return InboundMessage(inbox=inbox, sender=sender, text=text, **fields)


def customer_writes(inbox: Inbox | None = None, text: str = "Where is my parcel?", **fields: Any) -> Receipt:
    return receive(inbound(inbox or make_inbox(), text, **fields))


def make_ticket(inbox: Inbox | None = None, **fields: Any) -> Ticket:
    return customer_writes(inbox, **fields).ticket


def by(user: User) -> Actor:
    return Actor.agent(user)


def make_section(name: str = "Returning", category: str = "Returns") -> Section:
    slug = category.lower().replace(" ", "-")
    shelf, _ = Category.objects.get_or_create(slug=slug, defaults={"names": {"en": category}})
    section = shelf.sections.filter(names__en=name).first()
    return section or Section.objects.create(category=shelf, names={"en": name})


def make_article(
    title: str = "Return an item",
    body: str = "Send it back within 30 days.",
    *,
    summary: str = "",
    publish: bool = True,
    section: Section | None = None,
    **texts: tuple[str, str],
) -> Article:
    """An article in English; further languages as `it=("Titolo", "Testo")`, zh_hans for Chinese."""
    article = create_article(section or make_section(), title=title, by=SYSTEM)
    everything = {"en": (title, body)} | {code.replace("_", "-"): text for code, text in texts.items()}
    for language, (heading, text) in everything.items():
        save_translation(
            article, language=language, title=heading, summary=summary, body=text, publish=publish, by=SYSTEM
        )
    return article


def handle_raw(raw_id: int) -> RawMessage | None:
    """Read what a door stored, as a job does; None where it is done. A fault is raised."""
    return read_counted(raw_id) if count_attempt(raw_id) else None
