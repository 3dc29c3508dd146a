"""What is known of everybody, defined or not: name, address, phone, company, language, time zone. One table, OWN_FIELDS."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from helpdesk.errors import Conflict
from helpdesk.people.attributes.kinds import Unfitting, read_text
from helpdesk.people.contacts import EMAIL, add_identity
from helpdesk.people.models import Company, Contact, ContactIdentity

PHONE = re.compile(r"[\d\s()+./#*-]{3,}([a-z. ]{1,5}\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class OwnField:
    """`read` gives what is kept of what was typed, or raises Unfitting; `put` makes it so, unsaved."""

    label: str | Promise
    read: Callable[[Any], Any]
    put: Callable[[Contact, Any], None]
    column: str


def read_short(most: int) -> Callable[[Any], str]:
    def read(raw: Any) -> str:
        text = read_text(raw)
        if len(text) > most:
            raise Unfitting(_("At most %(most)s characters.") % {"most": most})
        return text

    return read


def read_email(raw: Any) -> str:
    address = read_short(254)(raw)
    try:
        validate_email(address)
    except ValidationError:
        raise Unfitting(_("Write an address, such as carla@example.com.")) from None
    return address


def read_phone(raw: Any) -> str:
    number = read_short(40)(raw)
    if not PHONE.fullmatch(number) or not any(sign.isdigit() for sign in number):
        raise Unfitting(_("Write a number, such as +39 051 123456."))
    return number


def read_language(raw: Any) -> str:
    if raw not in dict(settings.LANGUAGES):
        raise Unfitting(_("Choose one of the list."))
    return raw


@lru_cache(maxsize=1)
def zones() -> dict[str, str]:
    """Every zone named after a place, by its name in small letters; also by the place alone, where that is only one."""
    named = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
    )
    places: dict[str, list[str]] = {}
    for zone in named:
        places.setdefault(zone.rpartition("/")[2].lower(), []).append(zone)
    alone = {place: found[0] for place, found in places.items() if len(found) == 1}
    return alone | {zone.lower(): zone for zone in named} | {"utc": "UTC"}


def zone_names() -> list[str]:
    return sorted(set(zones().values()))


def read_time_zone(raw: Any) -> str:
    found = zones().get(read_text(raw).replace(" ", "_").lower())
    if found is None:
        raise Unfitting(_("Write a place of the list, such as Europe/Rome."))
    return found


def read_company(raw: Any) -> Company:
    """A name: the company that is called so, else a new one, unsaved. A number: the company of that row."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        company = Company.objects.filter(pk=raw).first()
        if company is None:
            raise Unfitting(_("This company is not there any more."))
        return company
    name = " ".join(read_short(120)(raw).split())
    return Company.objects.filter(name__iexact=name).order_by("pk").first() or Company(name=name)


def put_company(contact: Contact, company: Company | str) -> None:
    if company and company.pk is None:
        company.save()
    contact.company = company or None


def put_email(contact: Contact, address: str) -> None:
    """Whoever writes from there is this person from now on. Raises Conflict where that is somebody else."""
    if address:
        others = ContactIdentity.objects.filter(kind=EMAIL, value=address.lower()).exclude(contact=contact)
        if others.exists():
            raise Conflict(_("Somebody else is known by this address."), field="email")
        add_identity(contact, EMAIL, address)
    contact.email = address


def put(column: str) -> Callable[[Contact, Any], None]:
    return lambda contact, value: setattr(contact, column, value)


OWN_FIELDS: dict[str, OwnField] = {
    "name": OwnField(pgettext_lazy("person", "Name"), read_short(120), put("name"), "name"),
    "email": OwnField(gettext_lazy("Email"), read_email, put_email, "email"),
    "company": OwnField(gettext_lazy("Company"), read_company, put_company, "company"),
    "phone": OwnField(gettext_lazy("Phone"), read_phone, put("phone"), "phone"),
    "language": OwnField(gettext_lazy("Language"), read_language, put("language"), "language"),
    "time_zone": OwnField(gettext_lazy("Time zone"), read_time_zone, put("time_zone"), "time_zone"),
}


def kept(contact: Contact, key: str) -> Any:
    """What stands there now: of a company its number."""
    return contact.company_id if key == "company" else getattr(contact, key)
