"""What teammates have begun to write. Nothing of it is a fact: it leaves no event, and sending clears it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, JSONObject, NullIf

from helpdesk import clock
from helpdesk.desk import together
from helpdesk.desk.models import Draft
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.models import User
from helpdesk.tickets.models import Message
from helpdesk.tickets.text import clean_text
from helpdesk.tickets.writing import LONGEST_TEXT

KEPT_WHEN_FINISHED = timedelta(days=30)
KEPT_AT_ALL = timedelta(days=365)
KEPT_WHEN_EMPTY = timedelta(days=1)
# With every answer: Django would begin and commit a transaction for it.
CLEARED = "DELETE FROM desk_draft WHERE ticket_id = %s AND user_id = %s AND kind = %s AND saved_at <= %s"
NAME = Coalesce(NullIf(F("user__name"), Value("")), F("user__email"), output_field=CharField())
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def drafters(user: User) -> ArraySubquery:
    """For a query of tickets: who else has begun something there, as {id, name}."""
    others = Draft.objects.begun().filter(ticket=OuterRef("pk")).exclude(user=user).order_by("user_id")
    return ArraySubquery(others.values_list(JSONObject(id="user_id", name=NAME)))


def all_drafts(user: User) -> ArraySubquery:
    """For a query of tickets: every draft there; its text only where it is this agent's own."""
    text = Case(When(user=user, then=F("text")), default=Value(""), output_field=TextField())
    drafts = Draft.objects.begun().filter(ticket=OuterRef("pk")).order_by("pk")
    told = JSONObject(
        id="pk", user="user_id", name=NAME, kind="kind", text=text, device="device", at="saved_at"
    )
    return ArraySubquery(drafts.values_list(told))


@dataclass(frozen=True)
class Turn:
    """When a save was sent: the how many-th of its browser. Another one's has no order to it."""

    browser: UUID
    number: int


def save_draft(
    ticket: int,
    department: int | None,
    *,
    user: User,
    kind: str,
    text: str,
    device: str,
    composer: UUID | None,
    turn: Turn | None,
) -> str:
    """Keep what is in the box; nothing in it is no draft. Returns when, "" where there is none now.

    `composer` is the id its message will have: what was sent already is no draft any more, and what is sent while it is
    being stored is none either. A save that the same browser's next one has overtaken changes nothing.
    """
    text, now = clean_text(text)[:LONGEST_TEXT], clock.now()
    mine = Draft.objects.filter(ticket=ticket, user=user, kind=kind)
    older = mine.exclude(browser=turn.browser, turn__gt=turn.number) if turn else mine
    if is_sent(ticket, composer):
        is_news, at = older.delete()[0] > 0, None
    else:
        draft = Draft(ticket_id=ticket, user=user, kind=kind, text=text if text.strip() else "", saved_at=now)
        draft.device = device[:40]
        if turn:
            draft.browser, draft.turn = turn.browser, turn.number
        is_news = store(draft, older)
        at = mine.begun().values_list("saved_at", flat=True).first()
    if at == now and is_sent(
        ticket, composer
    ):  # since it was asked: it may have been cleared before this came
        mine.filter(saved_at=now).delete()
        is_news, at = True, None
    if together.note_pause(ticket, user) or is_news:
        tell_who_is_at(ticket, department)
    return at.isoformat() if at else ""


def store(draft: Draft, older: QuerySet) -> bool:
    """Put it in the place of what there is, where that is among the `older`. True where a draft is there now and was
    not, or was and is not."""
    values = {name: getattr(draft, name) for name in ("text", "device", "browser", "turn", "saved_at")}
    is_alike = older.begun() if draft.text else older.filter(text="")
    if is_alike.update(**values):
        return False
    Draft.objects.bulk_create([draft], ignore_conflicts=True)
    return older.update(**values) > 0


def is_sent(ticket: int, composer: UUID | None) -> bool:
    return bool(composer) and Message.objects.filter(ticket=ticket, client_uuid=composer).exists()


def clear_draft(ticket: int, department: int | None, *, user: User, kind: str, at: datetime) -> None:
    """It was sent, and `at` this moment its page had not heard so: what is kept later is of the next message."""
    with connection.cursor() as cursor:
        cursor.execute(CLEARED, [ticket, user.pk, str(kind), at])
        was_there = cursor.rowcount
    if together.note_pause(ticket, user) or was_there:
        tell_who_is_at(ticket, department)


def tell_who_is_at(ticket: int, department: int | None) -> None:
    """The drafts are read here, for everybody who hears of it; each page leaves out its own agent."""
    begun = Draft.objects.begun().filter(ticket=ticket)
    begun = begun.order_by("user_id").values("user_id").annotate(name=NAME)
    together.tell(ticket, department, [{"id": one["user_id"], "name": one["name"]} for one in begun])


def on_events(events: Iterable[Event]) -> None:
    """Listener: what was begun on a ticket that became part of another one goes on there."""
    for event in events:
        if event.name == names.TICKET_MERGED and "into" in event.data:
            move_drafts(event.ticket_id, event.data["into"])


def move_drafts(gone: int, kept: int) -> None:
    with transaction.atomic():
        for draft in Draft.objects.begun().select_for_update().filter(ticket=gone):
            there = Draft.objects.filter(ticket=kept, user=draft.user_id, kind=draft.kind).first()
            if there:
                both = "\n\n".join(filter(None, (there.text, draft.text)))
                there.text, there.saved_at = both[:LONGEST_TEXT], clock.now()
                there.save(update_fields=["text", "saved_at"])
                draft.delete()
            else:
                draft.ticket_id = kept
                draft.save(update_fields=["ticket"])


def forgotten_drafts() -> QuerySet:
    """Of tickets that are long finished, what nobody touched for a year, and boxes that were emptied yesterday."""
    now = clock.now()
    return Draft.objects.filter(
        Q(ticket__closed_at__lt=now - KEPT_WHEN_FINISHED, saved_at__lt=now - KEPT_WHEN_FINISHED)
        | Q(saved_at__lt=now - KEPT_AT_ALL)
        | Q(text="", saved_at__lt=now - KEPT_WHEN_EMPTY)
    )


def device_of(user_agent: str) -> str:
    """Where somebody writes, in two words: "Firefox · Linux"."""
    browser = next((name for mark, name in BROWSERS if f"{mark}/" in user_agent), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")
    return " · ".join(filter(None, (browser, system)))
