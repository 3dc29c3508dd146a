"""The departments, hours and triggers of the demo shop. Filling twice changes nothing."""

from helpdesk.events import names
from helpdesk.tickets.models import Shortcut, Ticket
from routing.models import BusinessHours, Department, Trigger
from routing.triggers.saving import save_trigger

OFFICE = [[day, "09:00", "18:00"] for day in range(5)]
DISPATCH = [
    *([day, opens, closes] for day in range(5) for opens, closes in (("08:00", "12:30"), ("13:30", "19:00"))),
    [5, "09:00", "13:00"],
]
HOLIDAYS = [  # of every year, but for Easter
    ["01-01", "New Year"],
    ["01-06", "Epiphany"],
    ["05-01", "Labour Day"],
    ["06-02", "Republic Day"],
    ["12-08", "Immaculate Conception"],
    ["12-24", "Christmas Eve", [["09:00", "13:00"]]],
    ["12-25", "Christmas"],
    ["12-26", "St Stephen's Day"],
    ["2026-04-06", "Easter Monday"],
    ["2027-03-29", "Easter Monday"],
]
DEPARTMENTS = [
    ("Support", "Orders, accounts, products and everything else"),
    ("Billing", "Payments, invoices and refunds"),
    ("Shipping", "Parcels on their way, returns and customs"),
]
OUT_OF_HOURS = {
    "en": "Hi {{customer.first_name|}}, thank you for writing. Our office is closed right now; we will answer when we are"
    " back, on working days from 9:00 to 18:00 (Rome time). Your number is #{{ticket.number}}. {{ticket.expected_reply|}}",
    "it": "Ciao {{customer.first_name|}}, grazie per averci scritto. In questo momento l'ufficio è chiuso; ti risponderemo"
    " alla riapertura, nei giorni feriali dalle 9:00 alle 18:00. Il tuo numero è #{{ticket.number}}. {{ticket.expected_reply|}}",
    "ro": "Bună {{customer.first_name|}}, mulțumim pentru mesaj. Biroul nostru este închis acum; îți răspundem când revenim,"
    " în zilele lucrătoare între 9:00 și 18:00 (ora Romei). Numărul tău este #{{ticket.number}}. {{ticket.expected_reply|}}",
    "zh-hans": "您好 {{customer.first_name|}}，感谢来信。我们现在不在办公时间，将在工作日 9:00–18:00（罗马时间）回复您。"
    "您的工单号是 #{{ticket.number}}。{{ticket.expected_reply|}}",
}


def fill_departments() -> None:
    """Support, Billing and Shipping, with the office's hours and those of the dispatch hall."""
    office, _ = BusinessHours.objects.get_or_create(
        name="Office",
        defaults={
            "time_zone": "Europe/Rome",
            "weekly": OFFICE,
            "holidays": HOLIDAYS,
            "is_default": not BusinessHours.objects.filter(is_default=True).exists(),
        },
    )
    dispatch, _ = BusinessHours.objects.get_or_create(
        name="Dispatch hall",
        defaults={"time_zone": "Europe/Rome", "weekly": DISPATCH, "holidays": HOLIDAYS},
    )
    for position, (name, description) in enumerate(DEPARTMENTS):
        Department.objects.get_or_create(
            name=name,
            defaults={
                "description": description,
                "position": position,
                "hours": dispatch if name == "Shipping" else None,
            },
        )


def fill_triggers() -> None:
    """Two that are on, and one that is ready to be switched on."""
    Shortcut.objects.get_or_create(
        name="out-of-hours",
        owner=None,
        department=None,
        defaults={
            "text": OUT_OF_HOURS["en"],
            "translations": {code: text for code, text in OUT_OF_HOURS.items() if code != "en"},
        },
    )
    for trigger in demo_triggers():
        if not Trigger.objects.filter(name=trigger.name).exists():
            save_trigger(trigger)


def demo_triggers() -> list[Trigger]:
    shipping = Department.objects.get(name="Shipping")
    urgent = "urgent, asap, emergency, urgente, 紧急"
    parcel = "parcel, tracking, courier, customs, pacco, spedizione, colet, curier, 包裹, 快递"
    return [
        Trigger(
            name="Urgent words come first",
            on=[names.TICKET_CREATED],
            conditions=[{"field": "subject_or_first", "op": "contains_any", "value": urgent}],
            actions=[
                {"do": "prioritise", "value": str(Ticket.Priority.URGENT.value)},
                {"do": "tag", "value": "urgent"},
            ],
        ),
        Trigger(
            name="Parcels go to Shipping",
            on=[names.TICKET_CREATED],
            conditions=[{"field": "subject_or_first", "op": "contains_any", "value": parcel}],
            actions=[{"do": "transfer", "value": str(shipping.pk)}, {"do": "tag", "value": "delivery"}],
        ),
        Trigger(
            name="Say when the office is closed",
            is_active=False,
            on=[names.TICKET_CREATED],
            conditions=[{"field": "office", "op": "is", "value": "closed"}],
            actions=[{"do": "answer", "value": "out-of-hours"}],
        ),
    ]
