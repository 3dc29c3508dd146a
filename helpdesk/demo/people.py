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
            "ro": "Îmi puteți trimite numărul comenzii? Începe cu FW- și este în subiectul mailului de confirmare.",
            "zh-hans": "请把您的订单号发给我，好吗？它以 FW- 开头，在确认邮件的主题里。",
        },
        "actions": [{"do": "status", "value": "pending"}],
    },
    {
        "name": "return-steps",
        "department": "Support",
        "text": "You have 30 days from the delivery. Open Account > Orders, select “Return items”, print the label and drop the "
        "parcel at any pick-up point. We check it within three working days and then send the money back.",
        "translations": {
            "it": "Ha 30 giorni dalla consegna. Apra Account > Ordini, scelga “Restituisci articoli”, stampi l'etichetta e lasci "
            "il pacco in un punto di ritiro. Lo controlliamo entro tre giorni lavorativi e poi rimborsiamo.",
            "ro": "Aveți la dispoziție 30 de zile de la livrare. Deschideți Cont > Comenzi, alegeți „Returnează produse”, "
            "tipăriți eticheta și lăsați coletul la orice punct de ridicare. Îl verificăm în trei zile lucrătoare, apoi vă "
            "trimitem banii înapoi.",
            "zh-hans": "收货后 30 天内可以退货。请打开“账户 > 订单”，选择“退货”，打印标签，把包裹交到任意取件点。我们会在三个工作日内检查，"
            "然后退款。",
        },
        "actions": [{"do": "tag", "value": "return"}],
    },
    {
        "name": "size-advice",
        "department": "Support",
        "text": "If you want to wear a fleece under it, take one size up. Exchanging for another size is free.",
        "translations": {
            "it": "Se vuole indossarci sotto un pile, prenda una taglia in più. Il cambio di taglia è gratuito.",
            "ro": "Dacă vreți să purtați un polar pe dedesubt, luați o mărime în plus. Schimbul mărimii este gratuit.",
            "zh-hans": "如果里面要穿抓绒衣，建议选大一码。换尺码免费。",
        },
    },
    {
        "name": "invoice",
        "department": "Billing",
        "text": "You find all your invoices as PDF in your account under “Orders”.",
        "translations": {
            "it": "Trova tutte le sue fatture in PDF nel suo account, alla voce “Ordini”.",
            "ro": "Găsiți toate facturile în format PDF în contul dumneavoastră, la „Comenzi”.",
            "zh-hans": "您可以在账户的“订单”中找到所有 PDF 发票。",
        },
    },
    {
        "name": "refund",
        "department": "Billing",
        "keywords": "money back",
        "text": "Hello {{customer.first_name|there}},\n\nI have sent the money back today. It is on your account within five working "
        "days.\n\n{{agent.name}}",
        "translations": {
            "it": "Buongiorno {{customer.first_name|}},\n\nho disposto oggi il rimborso. Lo vedrà sul suo conto entro cinque giorni "
            "lavorativi.\n\n{{agent.name}}",
            "ro": "Bună ziua, {{customer.first_name|}},\n\nam trimis astăzi banii înapoi. Ajung în contul dumneavoastră în cinci "
            "zile lucrătoare.\n\n{{agent.name}}",
            "zh-hans": "{{customer.first_name|您好}}：\n\n退款今天已经办理，五个工作日内到账。\n\n{{agent.name}}",
        },
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
        "translations": {
            "it": "Ho chiesto al corriere dov'è il suo pacco e le scrivo appena mi risponde, al più tardi domani.",
            "ro": "Am întrebat curierul unde este coletul și vă scriu imediat ce răspunde, cel târziu mâine.",
            "zh-hans": "我已向快递公司询问您的包裹在哪里，一有答复就给您写信，最迟明天。",
        },
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
