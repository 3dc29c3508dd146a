"""Above the composer: whom the answer goes to, by mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from helpdesk.desk.ways import reach_in
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.participants import default_recipients, each_once, parted_among, people_on


@dataclass(frozen=True)
class Chip:
    address: str
    name: str


@dataclass(frozen=True)
class Addressing:
    """`known`: the addresses that the line was drawn from, so that whoever joins meanwhile is told from who was taken off."""

    to: list[Chip]
    cc: list[Chip]
    known: str


def addressing_of(ticket: Ticket, draft: Mapping | None = None) -> Addressing | None:
    """What the line shows: the people on the ticket, or those of a draft that came back, with who joined and without who left
    since it was drawn.
    None where no mail can be the answer. The ticket is one of `pages.find_ticket`."""
    if Inbox.Kind.EMAIL not in (channel_of_answer(ticket), *(one.kind for one in other_ways(ticket))):
        return None
    people = people_on(ticket)
    usual = default_recipients(ticket, people)
    to, cc = usual.to, usual.cc
    if isinstance(draft, QueryDict) and "known" in draft:
        seen = seen_in(draft)
        joined = each_once((*usual.to, *usual.cc), besides=seen)
        to, cc = chosen_in(draft)
        parted = parted_among((*to, *cc), seen, usual)
        to = each_once(to, besides=parted) or usual.to
        cc = each_once((*cc, *joined), besides=(*to, *parted))
    elif draft and draft.get("recipients"):  # of an answer that was taken back
        to, cc = draft["recipients"].to, draft["recipients"].cc
    names = {
        contact.email.lower(): str(contact) for contact in (ticket.contact, *(one.contact for one in people))
    }
    return Addressing(chips(to, names), chips(cc, names), ",".join((*usual.to, *usual.cc)))


def channel_of_answer(ticket: Ticket) -> str:
    """As `inbox_of_answer`, of a ticket of `pages.find_ticket`."""
    return ticket.asked_by or ticket.inbox.kind


def other_ways(ticket: Ticket) -> Sequence[Inbox]:
    """A chat may go on by mail."""
    return reach_in(ticket).inboxes if ticket.inbox.kind == Inbox.Kind.WEBCHAT else ()


def chosen_in(form: QueryDict) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """To and Cc as the form has them; what stands in the field for more people counts, though no chip was made of it."""
    more = form.get("cc_more", "").replace(";", ",").split(",")
    to = each_once(form.getlist("to"))
    return to, each_once((*form.getlist("cc"), *(one.strip() for one in more)), besides=to)


def seen_in(form: QueryDict) -> tuple[str, ...]:
    """The people whom the line was drawn from."""
    return tuple(form.get("known", "").split(","))


def chips(addresses: Iterable[str], names: dict[str, str]) -> list[Chip]:
    return [Chip(address, names.get(address.lower(), address)) for address in addresses]
