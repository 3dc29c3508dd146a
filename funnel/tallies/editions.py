"""The life of an edition: begun beside the current one when a rule changes, in its place when it is complete."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Min, Model, QuerySet
from django.db.models.functions import Now, TruncDate

from funnel.models import DirtyDay, Edition, SupportConversation, SupportSession, Tally
from funnel.sessions.present_hours import sign_calendars
from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.models import Workspace

CURRENT, BUILDING, RETIRED = Edition.State.CURRENT, Edition.State.BUILDING, Edition.State.RETIRED
LIVE = (CURRENT, BUILDING)
NOW = Edition.Hours.NOW
RULES = ("time_zone", "session_hours", "browsing_days", "settled_days", "business_hours")
FIELDS = [field.attname for field in Edition._meta.concrete_fields]
IN_STATE = f"SELECT {', '.join(FIELDS)} FROM {Edition._meta.db_table} WHERE state = %s"
REMOVED_AT_ONCE = 50_000  # rows


def current_edition() -> Edition | None:
    """The one that reports are read from; None while the very first is being built."""
    return edition_in(CURRENT)


def building_edition() -> Edition | None:
    """The one that is to take the current one's place: `done` of `steps` says how far it is."""
    return edition_in(BUILDING)


def edition_in(state: str) -> Edition | None:
    """The one edition in this state, if any. Asked for with every report, so without building the question anew each
    time."""
    with connection.cursor() as cursor:
        cursor.execute(IN_STATE, [state])
        row = cursor.fetchone()
    return Edition.from_db(connection.alias, FIELDS, row) if row else None


def live_editions() -> list[Edition]:
    """Those that are kept up to date: the current one first, then the one being built. `looked_at` of each is the
    database's time of this question."""
    editions = Edition.objects.filter(state__in=LIVE).select_related("facts").annotate(looked_at=Now())
    return sorted(editions, key=lambda edition: LIVE.index(edition.state))


@transaction.atomic
def start_edition(*, reason: str, keeps_facts: bool = False, **rules: Any) -> Edition:
    """Begin to reckon the whole history anew; rules that are not named stay as they were last asked for.

    `reason`: the rule that was changed, "rules" for several, "asked" or "first". Takes the place of an edition that
    is still unfinished. The workspace follows `time_zone`. Where only that differs from the current edition, its
    sessions and conversations are counted again by other days; else they are read from the ledger again, unless with
    `keeps_facts` nothing differs at all.
    """
    queue_up()
    if "time_zone" in rules:
        Workspace.objects.exclude(time_zone=rules["time_zone"]).update(time_zone=rules["time_zone"])
    live = {edition.state: edition for edition in locked_editions()}
    current, unfinished = live.get(CURRENT), live.get(BUILDING)
    newest = unfinished or current or Edition(time_zone=Workspace.get().time_zone)
    rules = rules_of(newest) | rules
    if unfinished:
        retire(unfinished)
    changed = changed_rules(current, rules) if current else set(RULES)
    is_only_counted_again = changed == {"time_zone"} or (keeps_facts and not changed)
    return add_edition(rules, reason=reason, facts=current.facts if is_only_counted_again else None)


def queue_up() -> None:
    """Until the transaction ends no other edition is begun: whoever waits for the rows of those that stand would not
    see one that was begun in the meantime."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('begin an edition', 0))")


def locked_editions() -> QuerySet[Edition]:
    return Edition.objects.select_for_update().filter(state__in=LIVE).order_by("pk")


def rules_of(edition: Edition) -> dict[str, Any]:
    return {rule: getattr(edition, rule) for rule in RULES}


def changed_rules(edition: Edition, rules: dict[str, Any]) -> set[str]:
    return {rule for rule in RULES if getattr(edition, rule) != rules[rule]}


def add_edition(rules: dict[str, Any], *, reason: str, facts: Edition | None) -> Edition:
    now = clock.now()
    edition = Edition.objects.create(
        **rules,
        state=BUILDING,
        calendars=sign_calendars() if rules["business_hours"] == NOW else "",
        reason=reason[:200],
        facts=facts,
        made_at=now,
        reckoned_at=now,
    )
    if facts is None:
        # By the machine's clock, as recorded_at: what is recorded from here on is found as a change.
        Edition.objects.filter(pk=edition.pk).update(facts=edition, read_until=Now())
        mark_days(edition, days_of_sendings(edition))
    else:
        days = list(days_of_rows(edition, until=now))
        mark_days(edition, days)
        Edition.objects.filter(pk=edition.pk).update(steps=len(days))
    edition.refresh_from_db()
    return edition


def mark_days(edition: Edition, days: Iterable[date]) -> None:
    """These days are to be counted anew."""
    DirtyDay.objects.bulk_create(
        [DirtyDay(edition=edition, day=day) for day in sorted(set(days))], ignore_conflicts=True
    )


def days_of_sendings(edition: Edition) -> Iterable[date]:
    sent = Event.objects.filter(name=names.PROACTIVE_SENT)
    day = TruncDate("occurred_at", tzinfo=edition.zone)
    return sent.annotate(day=day).values_list("day", flat=True).distinct()


def days_of_rows(edition: Edition, *, until: datetime) -> Iterable[date]:
    """Every day from the first that anything stored, or sent, could fall on."""
    firsts = [
        SupportSession.objects.filter(edition=edition.facts_id).aggregate(at=Min("started_at"))["at"],
        SupportConversation.objects.filter(edition=edition.facts_id).aggregate(at=Min("started_at"))["at"],
        Event.objects.filter(name=names.PROACTIVE_SENT).aggregate(at=Min("occurred_at"))["at"],
    ]
    first = min(filter(None, firsts), default=until).astimezone(edition.zone).date()
    last = until.astimezone(edition.zone).date()
    return (first + timedelta(days=days) for days in range((last - first).days + 1))


def complete_edition(edition: Edition, *, now: datetime) -> None:
    """It is what reports are read from, from now on: for every reader at the same moment."""
    gather_statistics(Tally)
    with transaction.atomic():
        live = list(locked_editions())
        if edition not in live:  # another was begun in its place
            return
        for other in live:
            if other.state == CURRENT:
                retire(other)
        Edition.objects.filter(pk=edition.pk).update(
            state=CURRENT, finished_at=now, reckoned_at=now, done=F("steps")
        )


def gather_statistics(*tables: type[Model]) -> None:
    """Let the database look at tables that a new edition was written to. It would believe that a number it has never
    seen has no rows, and read all of them through the wrong index for each day."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(table._meta.db_table for table in tables)}")


def retire(edition: Edition) -> None:
    Edition.objects.filter(pk=edition.pk).update(state=RETIRED)
    DirtyDay.objects.filter(edition=edition).delete()


def retired_editions() -> list[Edition]:
    """Those whose rows can go, the newest first: before the one whose facts it counts."""
    return list(Edition.objects.filter(state=RETIRED).order_by("-pk"))


def remove_editions(retired: Iterable[Edition], *, until: float) -> None:
    """Remove their rows, as far as it goes until that moment of time.monotonic(). Facts that a later edition counts
    stay."""
    in_use = {edition.facts_id for edition in live_editions()} if retired else set()
    for edition in retired:
        is_in_use = edition.pk in in_use
        for table in [Tally] if is_in_use else [Tally, SupportSession, SupportConversation]:
            if not remove_rows(table, edition, until=until):
                return
        if not is_in_use:
            remove_edition(edition)


def remove_rows(table: type[Model], edition: Edition, *, until: float) -> bool:
    """Whether all are gone."""
    rows = table._default_manager
    while True:
        some = rows.filter(edition=edition).values("pk")[:REMOVED_AT_ONCE]
        if not rows.filter(pk__in=some).delete()[0]:
            return True
        if monotonic() > until:
            return False


def remove_edition(edition: Edition) -> None:
    """Where a later edition still points at it, it goes after that one."""
    if Edition.objects.filter(facts=edition).exclude(pk=edition.pk).exists():
        return
    Edition.objects.filter(pk=edition.pk).update(facts=None)
    Edition.objects.filter(pk=edition.pk).delete()


def follow_workspace() -> list[Edition]:
    """Begin the first edition, and a new one where the workspace's time zone, or a calendar that the newest reckons by,
    is another now. Returns the live ones."""
    zone, editions = Workspace.get().time_zone, live_editions()
    if not editions:
        start_edition(reason="first")
    elif editions[-1].time_zone != zone:
        start_edition(reason="time_zone", time_zone=zone)
    elif editions[-1].business_hours == NOW and editions[-1].facts.calendars != sign_calendars():
        start_edition(reason="business_hours")
    else:
        return editions
    return live_editions()
