"""What the demo shop wants to know of its customers, and the firms among those who order most."""

from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.models import Company, Contact

FIRMS = [
    ("Bergführer Huber", "2027-03-31"),
    ("Outdoor School Leeds", "2026-12-31"),
    ("Rifugio Pradidali", "2028-05-15"),
]
PLACE_IN_A_FIRM = 4  # one of so many of the best customers orders for one


def fill_attributes() -> None:
    define_attribute("person", "orders", name="Orders", kind="number")
    define_attribute("person", "club", name="Club", kind="choice", choices=["None", "Silver", "Gold"])
    define_attribute("person", "newsletter", name="Newsletter", kind="yes_no", is_folded=True)
    define_attribute("company", "contract_until", name="Contract until", kind="date")
    best = Contact.objects.filter(attributes__club="Gold").order_by("-pk").values_list("pk", flat=True)
    ordering = list(best[::PLACE_IN_A_FIRM])
    for place, (name, until) in enumerate(FIRMS):
        firm = Company.objects.create(name=name, attributes={"contract_until": until})
        Contact.objects.filter(pk__in=ordering[place :: len(FIRMS)]).update(company=firm)
