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
SHORTCUTS = [  # name, language, department, text
    (
        "thanks",
        "en",
        None,
        "Thank you for writing, {first_name}. Is there anything else I can do for you?\n\n{agent}",
    ),
    (
        "order-number",
        "en",
        None,
        "Could you send me your order number? It starts with FW- and is in the subject of the confirmation mail.",
    ),
    (
        "return-steps",
        "en",
        "Support",
        "You have 30 days from the delivery. Open Account > Orders, select “Return items”, print the label and drop the "
        "parcel at any pick-up point. We check it within three working days and then send the money back.",
    ),
    (
        "size-advice",
        "en",
        "Support",
        "If you want to wear a fleece under it, take one size up. Exchanging for another size is free.",
    ),
    (
        "invoice",
        "en",
        "Billing",
        "You find all your invoices as PDF in your account under “Orders”.",
    ),
    (
        "tracking",
        "en",
        "Shipping",
        "I have asked the courier where your parcel is and will write to you as soon as they answer, tomorrow at the latest.",
    ),
    ("grazie", "it", None, "Grazie per averci scritto, {first_name}. Posso fare altro per lei?\n\n{agent}"),
    ("multumim", "ro", None, "Vă mulțumim pentru mesaj, {first_name}. Vă mai pot ajuta cu ceva?\n\n{agent}"),
    ("xiexie", "zh-hans", None, "{first_name}，感谢您的来信。还有什么可以帮您的吗？\n\n{agent}"),
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
    for name, language, department, text in SHORTCUTS:
        fill_shortcut(name, language, department and department_named(department), text)


def fill_shortcut(name: str, language: str, department: Any, text: str) -> None:
    Shortcut.objects.get_or_create(
        name=name, language=language, department=department, defaults={"text": text}
    )
