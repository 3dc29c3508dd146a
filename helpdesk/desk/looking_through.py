"""Pages of a list whose rows few tickets may fit, and no index knows which: those of a view from conditions."""

from django.db.models import QuerySet

from helpdesk.desk.rows import rows_of
from helpdesk.desk.sorting import Sort, in_order, read_key, write_key
from helpdesk.keyset import KeysetPage
from helpdesk.people.models import User

LOOKED_THROUGH = 5000  # tickets that one page asks the conditions of


def page_through(
    tickets: QuerySet,
    user: User,
    *,
    among: QuerySet,
    sort: Sort,
    cursor: str,
    size: int,
    most: int = LOOKED_THROUGH,
) -> KeysetPage:
    """The next `size` of `tickets`, looked for in the next `most` of `among` (all of them, without the conditions). A page
    may be short, even empty, and still have one after it. Raises Invalid for a cursor that is not of this list."""
    coming = in_order(among, sort)
    if cursor:
        coming = coming.filter(sort.after(read_key(sort, cursor)))
    last = next(iter(coming.only("last_message_at", "priority")[most - 1 : most]), None)
    if last is None:
        return rows_of(tickets, user, sort=sort, cursor=cursor, size=size)
    end = sort.key(last)
    # With a bound of its own, since "not after the last one" is nothing that an index could stop at.
    column, is_falling = sort.order[0].lstrip("-"), sort.order[0].startswith("-")
    bound = {f"{column}__{'gte' if is_falling else 'lte'}": end[0]}
    within = in_order(tickets, sort).filter(**bound).exclude(sort.after(end))
    page = rows_of(within, user, sort=sort, cursor=cursor, size=size)
    return page if page.next_cursor else KeysetPage(page.rows, write_key(end))
