"""Who works at Fernweh Supply, and where its customers write."""

from typing import Any

from django.contrib.auth.hashers import make_password

from helpdesk.demo.departments import department_named
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User, Workspace
from helpdesk.tickets.models import Shortcut

PASSWORD = "demo-helpdesk"
TIME_ZONE = "Europe/Rome"
TEAM = [  # address, name, role, departments
    ("admin@example.com", "Elena Marchetti", User.Role.ADMIN, ["Support", "Billing", "Shipping"]),
    ("agent@example.com", "Marco Bianchi", User.Role.AGENT, ["Support", "Shipping"]),
    ("agent2@example.com", "Ioana Popescu", User.Role.AGENT, ["Support", "Billing"]),
]
INBOXES = [  # name, kind, address, key
    ("Fernweh Support", Inbox.Kind.EMAIL, "support@example.com", "fernweh-mail"),
    ("Shop chat", Inbox.Kind.WEBCHAT, "", "fernweh-shop"),
    ("Fernweh on Telegram", Inbox.Kind.TELEGRAM, "", "fernweh-telegram"),
]
SHORTCUTS: list[dict[str, Any]] = [
    {
        "name": "thanks",
        "keywords": "bye goodbye",
        "text": "Thank you for writing, {{customer.first_name|}}. Is there anything else I can do for you?\n\n{{agent.name}}",
        "translations": {
            "it": "Grazie per averci scritto, {{customer.first_name|}}. Posso fare altro per lei?\n\n{{agent.name}}",
            "ro": "Vă mulțumim pentru mesaj, {{customer.first_name|}}. Vă mai pot ajuta cu ceva?\n\n{{agent.name}}",
            "zh-hans": "{{customer.first_name|您好}}，感谢您的来信。还有什么可以帮您的吗？\n\n{{agent.name}}",
        },
    },
    {
        "name": "order-number",
        "text": "Could you send me your order number? It starts with FW- and is in the subject of the confirmation mail.",
        "translations": {
            "it": "Potrebbe mandarmi il numero d'ordine? Comincia con FW- ed è nell'oggetto della mail di conferma.",
        },
        "actions": [{"do": "status", "value": "pending"}],
    },
    {
        "name": "return-steps",
        "department": "Support",
        "text": "You have 30 days from the delivery. Open Account > Orders, select “Return items”, print the label and drop the "
        "parcel at any pick-up point. We check it within three working days and then send the money back.",
        "actions": [{"do": "tag", "value": "return"}],
    },
    {
        "name": "size-advice",
        "department": "Support",
        "text": "If you want to wear a fleece under it, take one size up. Exchanging for another size is free.",
    },
    {
        "name": "invoice",
        "department": "Billing",
        "text": "You find all your invoices as PDF in your account under “Orders”.",
    },
    {
        "name": "refund",
        "department": "Billing",
        "keywords": "money back",
        "text": "Hello {{customer.first_name|there}},\n\nI have sent the money back today. It is on your account within five working "
        "days.\n\n{{agent.name}}",
        "actions": [
            {"do": "assign", "value": "me"},
            {"do": "tag", "value": "refund"},
            {"do": "note", "value": "Refunded by {{agent.name}}."},
            {"do": "close", "value": ""},
        ],
    },
    {
        "name": "tracking",
        "department": "Shipping",
        "text": "I have asked the courier where your parcel is and will write to you as soon as they answer, tomorrow at the latest.",
        "actions": [{"do": "assign", "value": "me"}, {"do": "snooze", "value": "tomorrow"}],
    },
    {
        "name": "later",
        "keywords": "wait",
        "actions": [{"do": "assign", "value": "me"}, {"do": "snooze", "value": "tomorrow"}],
    },
]


def fill_people() -> None:
    """The workspace, its team, its inboxes and its shortcuts. Departments exist already."""
    workspace = Workspace.get()
    workspace.name, workspace.time_zone = "Fernweh Supply", TIME_ZONE
    workspace.save()
    password = make_password(PASSWORD)  # hashed once: it is slow on purpose
    for email, name, role, departments in TEAM:
        user = User.objects.create(
            email=email,
            name=name,
            role=role,
            is_superuser=role == User.Role.ADMIN,
            time_zone=TIME_ZONE,
            password=password,
        )
        user.departments.set(map(department_named, departments))
    for name, kind, address, key in INBOXES:
        department = department_named("Support")
        Inbox.objects.create(name=name, kind=kind, address=address, key=key, department=department)
    for facts in SHORTCUTS:
        fill_shortcut(**facts)


def fill_shortcut(name: str, department: str = "", **facts: Any) -> None:
    own = department_named(department) if department else None
    Shortcut.objects.get_or_create(name=name, owner=None, department=own, defaults=facts)
