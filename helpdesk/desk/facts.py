"""What is known of a ticket's customer, changed where it stands: by a form in the pane, and taken back by one."""

import json

from django.utils.translation import gettext as _

from helpdesk.errors import Invalid
from helpdesk.events.actor import Actor
from helpdesk.people.attributes.changing import Changed, change_value, mark_of
from helpdesk.people.attributes.definitions import COMPANY
from helpdesk.people.attributes.facts import Fact, facts_of
from helpdesk.people.attributes.kinds import KINDS
from helpdesk.people.attributes.own_fields import zone_names
from helpdesk.people.models import Company
from helpdesk.tickets.models import Ticket

MOST_COMPANIES = 100
LONGEST = 20_000  # letters of what takes a change back


def edit_fact(ticket: Ticket, fact: Fact, text: str, *, seen: str, by: Actor) -> tuple[str, str]:
    """Keep what an agent typed. What was done, in words, and what takes it back ("" where nothing was done). Raises as
    `change_value` does."""
    typed = KINDS[fact.kind].typed(text) if fact.kind in KINDS else text
    changed = change_value(
        ticket.contact, of=fact.of, key=fact.key, value=typed, seen=seen, by=by, ticket=ticket
    )
    if changed.before == changed.after:
        return _("Nothing was changed."), ""
    return words_for(fact, changed), way_back(fact, changed)


def words_for(fact: Fact, changed: Changed) -> str:
    if fact.of == COMPANY:
        told = {"field": fact.label, "company": changed.contact.company}
        return _("%(field)s is saved, for everybody of %(company)s.") % told
    return _("%(field)s is saved.") % {"field": fact.label}


def way_back(fact: Fact, changed: Changed) -> str:
    steps = {"of": fact.of, "key": fact.key, "value": changed.before, "seen": mark_of(changed.after)}
    return json.dumps(steps | {"identity": changed.identity})


def put_back(ticket: Ticket, steps: str, *, by: Actor) -> None:
    """What stood there before, where nobody has changed it since. `steps`: of `way_back`. Raises as `change_value` does."""
    try:
        asked = json.loads(steps[:LONGEST])
        of, key, seen = str(asked["of"]), str(asked["key"]), str(asked["seen"])
        value, identity = asked["value"], int(asked["identity"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Invalid(_("Choose one of the list."), field="put_back") from None
    change_value(
        ticket.contact,
        of=of,
        key=key,
        value=value,
        seen=seen,
        by=by,
        ticket=ticket,
        forget_identity=identity,
        is_as_it_was=True,
    )


def find_fact(ticket: Ticket, of: str, key: str) -> Fact | None:
    return facts_of(ticket.contact).find(of, key)


def hints_for(fact: Fact) -> list[str]:
    """What a field offers while one types into it."""
    if fact.key == "time_zone":
        return zone_names()
    if fact.key == "company":
        return list(Company.objects.order_by("-pk").values_list("name", flat=True)[:MOST_COMPANIES])
    return []
