"""Finding tickets by number, by the customer's address or name, and by words."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet
from django.db.models.functions import Lower

from helpdesk.people.models import Contact, User
from helpdesk.tickets.models import Message, Ticket

NUMBER = re.compile(r"#?\s*(\d{1,18})$")
WORD = re.compile(r"\w+")
MOST_WORDS = 12
NEWEST = 1000  # hits looked at, newest first: ranking all of a common word costs seconds, nobody reads them


def search_tickets(query: str, user: User) -> QuerySet:
    """The visible tickets that fit, for `rows_of`. A number finds that ticket and those that speak of it."""
    query = query.strip()
    tickets = Ticket.objects.visible_to(user)
    ids = set()
    if number := NUMBER.match(query):
        ids.add(int(number[1]))
    if "@" in query:
        ids.update(
            of_contacts(
                Contact.objects.alias(address=Lower("email")).filter(address__startswith=query.lower())
            )
        )
    elif words := WORD.findall(query.lower())[:MOST_WORDS]:
        ids.update(with_words(words, tickets))
        ids.update(of_contacts(Contact.objects.filter(name__icontains=query)))
    return tickets.filter(pk__in=ids)


def with_words(words: list[str], tickets: QuerySet) -> list[int]:
    """Tickets with all the words in the subject or in one message; the last word may be unfinished."""
    wanted = SearchQuery(" & ".join(words) + ":*", search_type="raw", config="simple")
    in_subject = tickets.filter(subject_vector=wanted).order_by("-id").values_list("pk", flat=True)[:NEWEST]
    in_text = (
        Message.objects.filter(text_vector=wanted)
        .order_by("-id")
        .values_list("ticket_id", flat=True)[:NEWEST]
    )
    return [*in_subject, *in_text]


def of_contacts(contacts: QuerySet) -> list[int]:
    people = list(contacts.order_by("-id").values_list("pk", flat=True)[:100])
    return list(
        Ticket.objects.filter(contact__in=people).order_by("-id").values_list("pk", flat=True)[:NEWEST]
    )
