"""Names for the numbers in rows: people, tickets, articles, teammates and departments, each kind in one question."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.translation import get_language

from funnel.models import SupportConversation, SupportSession
from funnel.sessions.people import contact_of_key
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.one_person import contacts_visible_to


@dataclass
class Names:
    """`tickets` are only those the reader may see; the person of others stays unnamed."""

    tickets: dict[int, str] = field(default_factory=dict)
    contacts: dict[int, str] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)
    agents: dict[int, str] = field(default_factory=dict)
    departments: dict[int, str] = field(default_factory=dict)

    def person(self, key: str, tickets: Iterable[int]) -> str:
        """Who it was, where the reader may see one of their tickets or there is none; "" for a visitor."""
        tickets = list(tickets)
        if tickets and not any(ticket in self.tickets for ticket in tickets):
            return ""
        contact = contact_of_key(key)
        return self.contacts.get(contact, "") if contact else ""


def names_for_sessions(rows: Iterable[SupportSession], reader: User) -> Names:
    rows = list(rows)
    return Names(
        tickets=tickets_seen({ticket for row in rows for ticket in row.tickets}, reader),
        contacts=contacts_seen((row.person for row in rows), reader),
        articles=article_titles({article for row in rows for article in row.articles}),
        departments=department_names(row.department for row in rows),
    )


def names_for_conversations(rows: Iterable[SupportConversation], reader: User) -> Names:
    rows = list(rows)
    agents = {agent for row in rows for agent in (row.first_replier, row.last_replier, row.closer)}
    return Names(
        tickets=tickets_seen({row.ticket for row in rows}, reader),
        contacts=contacts_seen((row.person for row in rows), reader),
        agents=agent_names(agents),
        departments=department_names(row.department for row in rows),
    )


def tickets_seen(numbers: Iterable[int], reader: User) -> dict[int, str]:
    """Subjects of those of these tickets that the reader may open."""
    seen = Ticket.objects.visible_to(reader).filter(pk__in=list(numbers))
    return dict(seen.values_list("pk", "subject"))


def contacts_seen(keys: Iterable[str], reader: User) -> dict[int, str]:
    """Names of those of these people whom the reader may know of: also of who only read, once they wrote elsewhere."""
    numbers = {contact for key in keys if (contact := contact_of_key(key))}
    seen = contacts_visible_to(reader).filter(pk__in=numbers)
    return {contact.pk: str(contact) for contact in seen}


def agent_names(numbers: Iterable[int | None]) -> dict[int, str]:
    found = User.objects.filter(pk__in=[number for number in numbers if number])
    return {agent.pk: str(agent) for agent in found}


def department_names(numbers: Iterable[int | None]) -> dict[int, str]:
    departments: Any = apps.get_model("routing", "Department").objects
    wanted = {number for number in numbers if number is not None}
    return dict(departments.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def article_titles(keys: Iterable[str]) -> dict[str, str]:
    """Titles by article, in the reader's language where there is one."""
    numbers = {int(key) for key in keys if key.isdecimal()}
    if not numbers:
        return {}
    texts: Any = apps.get_model("knowledge", "ArticleTranslation").objects.filter(article__in=numbers)
    titles: dict[str, str] = {}
    for article, language, title in texts.order_by("language").values_list("article_id", "language", "title"):
        if str(article) not in titles or language == get_language():
            titles[str(article)] = title
    return titles
