"""Where in the desk an agent is: the pile or the search whose tickets stand in the list."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.desk.filters.parsing import LONGEST_QUERY
from helpdesk.desk.piles import Pile, find_pile
from helpdesk.desk.rows import PAGE, rows_of
from helpdesk.desk.search import Search, page_of_hits, search
from helpdesk.keyset import KeysetPage
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket


@dataclass(frozen=True)
class Place:
    title: str | Promise
    url: str  # the list alone
    suffix: str  # what a ticket's URL carries so that the same list stands beside it
    choose: Callable[[], QuerySet]
    empty: str | Promise
    icon: str = "search"
    key: str = ""  # of the pile; "" in a search
    query: str = ""
    search: Search | None = None

    @cached_property
    def tickets(self) -> QuerySet:
        """Whatever lies here now; of a search by words the newest."""
        return self.choose()

    def page(self, user: User, *, cursor: str = "", size: int = PAGE) -> KeysetPage:
        """The next rows of the list, ready to be drawn. Raises Invalid for a cursor that is not of this list."""
        if self.search and self.search.has_words:
            return page_of_hits(self.search, user, cursor=cursor, size=size)
        return rows_of(self.tickets, user, cursor=cursor, size=size)

    @property
    def more_url(self) -> str:
        """The list's address, ready for one more parameter."""
        return self.url + ("&" if "?" in self.url else "?")

    @cached_property
    def tickets_url(self) -> str:
        """What comes before a ticket's number in its address; a reverse for each row would cost more than the row."""
        return reverse("desk:home") + "tickets/"


def place_of_pile(pile: Pile, user: User) -> Place:
    return Place(
        title=pile.title,
        url=reverse("desk:pile", args=[pile.key]),
        suffix="?" + urlencode({"view": pile.key}),
        choose=lambda: pile.tickets(user),
        empty=pile.empty,
        icon=pile.icon,
        key=pile.key,
    )


def place_of_search(query: str, user: User) -> Place:
    query = query.replace("\x00", "")[:LONGEST_QUERY]
    found = search(query, user)
    suffix = "?" + urlencode({"q": query})
    return Place(
        title=_("“%(query)s”") % {"query": query} if query.strip() else _("Search"),
        url=reverse("desk:search") + suffix,
        suffix=suffix,
        choose=lambda: found.tickets,
        search=found,
        empty=gettext_lazy("No ticket fits. Try fewer words, an address or a number."),
        query=query,
    )


def place_beside(request: HttpRequest, ticket: Ticket) -> Place:
    """The list a ticket was opened from, as its URL says; else the one where it is most likely found."""
    user = request.user
    if query := request.GET.get("q"):
        return place_of_search(query, user)
    fallback = "mine" if ticket.assignee_id == user.pk else "closed" if ticket.is_finished else "open"
    key = request.GET.get("view") or fallback
    return place_of_pile(find_pile(key, user), user)
