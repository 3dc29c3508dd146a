"""Where in the desk an agent is: the pile or the search whose tickets stand in the list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.desk.asks import say_what_is_asked
from helpdesk.desk.filters.parsing import LONGEST_QUERY
from helpdesk.desk.looking_through import page_through
from helpdesk.desk.piles import Pile, find_pile
from helpdesk.desk.rows import PAGE, first_rows, rows_of
from helpdesk.desk.search import Search, page_of_hits, search
from helpdesk.desk.sorting import NEWEST, Sort, sorts_for
from helpdesk.keyset import KeysetPage
from helpdesk.people.models import User
from helpdesk.tickets.models import SavedView, Ticket


@dataclass(frozen=True)
class Place:
    title: str | Promise
    address: str  # of the list, without the order
    parameters: dict[str, str]  # what a ticket's URL carries so that the same list stands beside it
    choose: Callable[[], QuerySet]
    empty: str | Promise
    icon: str = "search"
    key: str = ""  # of the pile; "" in a search
    query: str = ""
    search: Search | None = None
    view: SavedView | None = None
    sort: Sort = NEWEST
    usual_sort: Sort = NEWEST
    said: str = ""  # what the view asks beside its query
    pile: Pile | None = None  # where it is one that is no saved view
    sorts: Sequence[Sort] = ()  # those to choose among; none where the words say the order

    @cached_property
    def tickets(self) -> QuerySet:
        """Whatever lies here now; of a search by words the newest."""
        return self.choose()

    def page(self, user: User, *, cursor: str = "", size: int = PAGE) -> KeysetPage:
        """The next rows of the list, ready to be drawn. Raises Invalid for a cursor that is not of this list."""
        if self.search and self.search.has_words:
            return page_of_hits(self.search, user, cursor=cursor, size=size)
        if self.pile and not cursor and not self.pile.reads_clock:
            return first_rows(self.pile, user, sort=self.sort, size=size)
        if self.goes_through:
            return page_through(
                self.tickets, user, among=self.search.among_all, sort=self.sort, cursor=cursor, size=size
            )
        return rows_of(self.tickets, user, sort=self.sort, cursor=cursor, size=size)

    @property
    def goes_through(self) -> bool:
        """Conditions are asked, which no index knows: then a page looks at so many tickets and no more."""
        found = self.search
        return bool(found) and found.among_all is not None and not found.has_words

    @cached_property
    def url(self) -> str:
        """The list alone, in its order."""
        own = {"q": self.query} if self.query and not self.key else {}
        return with_parameters(self.address, own | self.order)

    @cached_property
    def suffix(self) -> str:
        return with_parameters("", self.parameters | self.order)

    @property
    def order(self) -> dict[str, str]:
        return {} if self.sort is self.usual_sort else {"sort": self.sort.name}

    @property
    def more_url(self) -> str:
        """The list's address, ready for one more parameter."""
        return self.url + ("&" if "?" in self.url else "?")

    @property
    def sort_url(self) -> str:
        """The list in another order, but for the name of it."""
        return with_parameters(self.address, {"q": self.query} if not self.key else {}) + (
            "&" if not self.key else "?"
        )

    @property
    def filter_url(self) -> str:
        """The form that narrows what stands here."""
        query = self.pile.query if self.pile else self.query
        sort = {} if self.sort is NEWEST else {"sort": self.sort.name}
        return with_parameters(reverse("desk:filters"), ({"q": query} if query else {}) | sort)

    @cached_property
    def tickets_url(self) -> str:
        """What comes before a ticket's number in its address; a reverse for each row would cost more than the row."""
        return reverse("desk:home") + "tickets/"


def with_parameters(address: str, parameters: dict[str, str]) -> str:
    return f"{address}?{urlencode(parameters)}" if parameters else address


def place_of_pile(pile: Pile, user: User, *, sort: str = "") -> Place:
    """The list of a pile or a saved view, in its own order or, where it can be had, in the one that is asked for."""
    found = search(pile.view.query, user, conditions=pile.view.conditions) if pile.view else None
    has_words = bool(found and found.has_words)
    sorts = [] if has_words else sorts_for(is_open=pile.is_open)
    return Place(
        title=pile.title,
        address=reverse("desk:pile", args=[pile.key]),
        parameters={"view": pile.key},
        choose=lambda: found.tickets if found else pile.tickets(user),
        empty=pile.empty,
        icon=pile.icon,
        key=pile.key,
        query=pile.view.query if pile.view else "",
        search=found,
        view=pile.view,
        said=say_what_is_asked(pile.view.conditions, user) if pile.view and pile.view.conditions else "",
        sort=next((one for one in sorts if one.name == sort), pile.sort),
        usual_sort=pile.sort,
        pile=None if pile.view else pile,
        sorts=sorts,
    )


def place_of_search(query: str, user: User, *, sort: str = "") -> Place:
    query = query.replace("\x00", "")[:LONGEST_QUERY]
    found = search(query, user)
    sorts = [] if found.has_words else sorts_for(is_open=found.asked.is_open)
    return Place(
        title=_("“%(query)s”") % {"query": query} if query.strip() else _("Search"),
        address=reverse("desk:search"),
        parameters={"q": query},
        choose=lambda: found.tickets,
        search=found,
        empty=gettext_lazy("No ticket fits. Try fewer words, an address or a number."),
        query=query,
        sort=next((one for one in sorts if one.name == sort), NEWEST),
        sorts=sorts if found.asked.terms else [],
    )


def place_beside(request: HttpRequest, ticket: Ticket) -> Place:
    """The list a ticket was opened from, as its URL says; else the one where it is most likely found."""
    user = request.user
    if query := request.GET.get("q"):
        return place_of_search(query, user, sort=request.GET.get("sort", ""))
    fallback = "mine" if ticket.assignee_id == user.pk else "closed" if ticket.is_finished else "open"
    key = request.GET.get("view") or fallback
    return place_of_pile(find_pile(key, user), user, sort=request.GET.get("sort", ""))
