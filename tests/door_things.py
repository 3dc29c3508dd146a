"""One real thing behind every door of the site, for the tests that open them all."""

from datetime import date, time, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from funnel.models import Signal
from funnel.sharing.links import share_report, token_of
from funnel.sharing.schedules import schedule_report, unsubscribe_token
from helpdesk import clock
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.demo.models import SentMail, TelegramChat, TelegramLine
from helpdesk.desk.models import Draft, Undo
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundFile
from helpdesk.notices.models import Device, Notice
from helpdesk.notices.notifying import notify
from helpdesk.people.bans import ban_visitor
from helpdesk.people.models import User
from helpdesk.proactive.models import ProactiveMessage
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.models import LoopStop, SavedView, Shortcut
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.surveys import survey_token, unsubscribe_url
from helpdesk.tickets.writing import reply
from helpdesk.workspace.team import password_link
from knowledge.models import ArticleVersion
from routing.assignment.shifts import save_shift
from routing.bots.examples import example_bot
from routing.bots.saving import save_bot
from routing.models import (
    AssignmentRule,
    BusinessHours,
    DryRun,
    EscalationPath,
    ServicePolicy,
    Shift,
    Skill,
    SurveyPolicy,
    Threshold,
    Trigger,
    Webhook,
)
from routing.triggers.versions import keep_version
from routing.webhooks.saving import make_webhook
from routing.webhooks.telling import tell_webhook
from tests.factories import by, make_article, make_department, make_inbox, make_ticket


def things_behind_doors(boss: User, outsider: User) -> dict[str, dict[str, object]]:
    """One real thing for every placeholder, by the beginning of the route: made by the admin `boss`, in a department
    that `outsider` may not see."""
    closed = make_department("Board", is_restricted=True)
    inbox = make_inbox(department=closed, address="board@shop.example")
    ticket = make_ticket(inbox, html="<p>Hello</p>", files=[InboundFile("a.txt", "text/plain", b"a")])
    reply(ticket, "Hello", by=by(boss), html="<p>Hello</p>")
    asked = ticket.messages.first()
    close_ticket(ticket, by=by(boss))
    survey = send_survey(Event.objects.get(ticket=ticket, name=names.TICKET_CLOSED))
    article = make_article("Return an item")
    version = ArticleVersion.objects.first()
    chat = make_inbox("webchat")
    proactive = ProactiveMessage.objects.create(name="Stuck", inbox=chat, text="May we help?")
    raw = store_raw(b"Subject: x\r\n\r\nx", inbox=inbox, door="smtp", recipient=inbox.address)
    mail = SentMail.objects.create(
        raw=b"Content-Type: text/html\r\n\r\n<p>x</p>", recipients=["a@b.example"], sent_at=clock.now()
    )
    telegram = TelegramChat.objects.create(pk=7, first_name="Anna", last_at=clock.now())
    phone = TelegramLine.objects.create(
        chat=telegram, message_id=1, is_from_bot=True, at=clock.now(), file_key=uuid4(), file=b"x"
    )
    key, token = urlsplit(password_link(outsider)).path.strip("/").split("/")[-2:]
    trigger = Trigger.objects.create(name="Tag", on=["ticket.created"], actions=[{"do": "tag", "value": "x"}])
    keep_version(trigger, user=boss)
    webhook = Webhook(name="Shop", url="https://example.com/hook")
    make_webhook(webhook, user=boss)
    call = tell_webhook(webhook, ticket, what="ticket.closed", trigger=trigger)
    rule = AssignmentRule.objects.create(name="To the board", department=closed, changed_at=clock.now())
    shift = save_shift(Shift(user=boss, on=date(2026, 11, 23), opens=time(9), closes=time(17)))
    trial = DryRun.objects.create(
        kind="trigger", definition={}, user=boss, since=clock.now(), made_at=clock.now()
    )
    section = article.section
    link = share_report({}, until=clock.now() + timedelta(days=1), language="en", by=boss)
    now = clock.now()
    signal = Signal.objects.create(
        kind="layer_lost", subject="x", is_standing=False, found_at=now, reckoned_at=now
    )
    mailbox = make_inbox(options={"webhook_provider": "postmark"}, secrets={"webhook_secret": "s"})
    notify([boss], Notice.Kind.UNREADABLE, key="raw:1", title="A mail could not be read", url="/desk/")
    device = Device.objects.create(user=boss, endpoint="https://push.example/one", added_at=now)
    folder = ImapFolder.objects.create(inbox=inbox)
    stop = LoopStop.objects.create(inbox=inbox, address="a@b.example", reason="hour", opened_at=now)
    banned = ban_visitor(uuid4(), name="Visitor 12AB", by=boss)
    view = SavedView.objects.create(owner=boss, name="Open", query="is:open")
    macro = Shortcut.objects.create(name="hi", text="Hi", actions=[{"do": "close", "value": ""}])
    begun = Draft.objects.create(ticket=ticket, user=boss, kind="reply", text="Dear", saved_at=now)
    schedule = schedule_report({}, address="a@b.example", every="week", language="en", by=boss)
    return {
        "desk/views/": {"key": "mine"},
        "desk/tickets/": {
            "pk": ticket.pk,
            "noun": "closure",
            "shortcut": macro.pk,
            "draft": begun.pk,
            "of": "person",
            "key": "plan",
        },
        "desk/messages/": {"pk": asked.pk},
        "desk/several/": {"noun": "closure"},
        "desk/script/": {"version": "any"},
        "desk/saved-views/": {"pk": view.pk},
        "desk/undo/": {"pk": Undo.objects.create(user=boss, made_at=now, steps=[]).pk},
        "desk/visitors/": {"visitor": banned.visitor},
        "settings/agents/": {"pk": outsider.pk},
        "notices/devices/": {"pk": device.pk},
        "notices/": {"pk": Notice.objects.get(user=boss).pk},
        "settings/welcome/": {"key": key, "token": token},
        "settings/inboxes/": {"pk": inbox.pk, "kind": "email", "folder_id": folder.pk},
        "settings/shortcuts/": {"pk": macro.pk},
        "settings/incoming/": {"pk": raw.pk},
        "settings/deliveries/": {"pk": asked.pk},
        "settings/attributes/": {"of": "person", "key": "plan"},
        "settings/loops/": {"pk": stop.pk},
        "settings/bans/": {"pk": banned.pk},
        "settings/messages/": {"pk": proactive.pk},
        "settings/departments/": {"pk": closed.pk},
        "settings/rules/": {"pk": rule.pk},
        "settings/workload/": {"pk": outsider.pk},
        "settings/skills/": {"pk": Skill.objects.create(name="Chinese").pk},
        "settings/shifts/": {"pk": shift.pk},
        "settings/promises/": {"pk": ServicePolicy.objects.create(name="All").pk},
        "settings/escalation/": {"pk": EscalationPath.objects.create(name="Waiting").pk},
        "settings/care/": {"mark": "legal"},
        "service/": {"pk": ticket.pk},
        "settings/hours/": {"pk": BusinessHours.objects.create(name="Days").pk},
        "settings/triggers/": {"pk": trigger.pk, "number": 1},
        "monitor/agents/": {"pk": outsider.pk},
        "monitor/tickets/": {"pk": ticket.pk},
        "settings/alerts/": {"pk": Threshold.objects.create(figure="waiting", amount=5, tells=["admins"]).pk},
        "settings/bots/": {"pk": save_bot(example_bot()).pk},
        "settings/surveys/": {"pk": SurveyPolicy.objects.create(name="After closing").pk},
        "settings/dry-runs/": {"pk": trial.pk},
        "settings/webhooks/": {"pk": webhook.pk},
        "settings/webhooks/calls/": {"pk": call.pk},
        "settings/articles/": {"article_id": article.pk, "language": "en", "version_id": version.pk},
        "settings/articles/sections/": {"section_id": section.pk},
        "settings/articles/categories/": {"category_id": section.category_id},
        "widget/": {"key": chat.key, "version": "any"},
        "hooks/mail/": {"key": mailbox.key, "provider": "postmark", "kind": "inbound"},
        "hooks/telegram/": {"key": make_inbox("telegram").key},
        "rate/": {"token": survey_token(survey), "score": 5},
        "unsubscribe/": {"token": urlsplit(unsubscribe_url(ticket.contact)).path.split("/")[-2]},
        "files/": {"key": asked.attachments.get().key},
        "api/v1/articles/": {"pk": article.pk},
        "api/v1/^tickets/": {"pk": ticket.pk, "contact": ticket.contact_id},
        "api/v1/^contacts/": {"pk": ticket.contact_id, "attribute": "person.plan"},
        "api/v1/^attributes/": {"pk": "person.plan"},
        "api/v1/^departments/": {"pk": closed.pk},
        "api/v1/^shortcuts/": {"pk": macro.pk},
        "help/": {"article_id": article.pk},
        "<language:language>/": {"language": "en", "slug": section.category.slug},
        "<language:language>/articles/": {
            "article_id": article.pk,
            "slug": "return-an-item",
            "name": article.slug,
        },
        "funnel/invest/": {"pk": signal.pk},
        "funnel/share/": {"pk": link.pk},
        "funnel/share/mails/": {"pk": schedule.pk},
        "funnel/shared/": {"token": token_of(link), "kind": "json"},
        "funnel/unsubscribe/": {"token": unsubscribe_token(schedule)},
        "demo/": {"number": mail.pk},
        "demo/telegram/": {
            "chat_id": phone.chat_id,
            "key": phone.file_key,
            "token": "1:x",
            "method": "getMe",
        },
    }
