"""The rows of the page: each link and each mail, in words."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q

from funnel.models import ReportMail, ReportSchedule, SharedReport
from funnel.page.filter_names import FilterNames
from funnel.report.asking import reporting_zone
from funnel.sharing.kept import say_period
from funnel.sharing.links import url_of
from helpdesk import clock
from helpdesk.people.models import User

ENDED_SHOWN_FOR = timedelta(days=30)
MOST = 200


@dataclass(frozen=True)
class LinkRow:
    shared: SharedReport
    period: str
    filters: list[tuple[str, list[str]]]
    is_whole: bool  # False: a filter of it is gone, and it opens nothing
    url: str  # "" once it has ended
    by_mail: bool


@dataclass(frozen=True)
class ScheduleRow:
    schedule: ReportSchedule
    filters: list[tuple[str, list[str]]]
    is_whole: bool  # False: a filter of it is gone, and no mail can be made
    last: ReportMail | None


def list_links(user: User) -> list[LinkRow]:
    """Those that stand, newest first; then those that ended lately."""
    now = clock.now()
    lately = now - ENDED_SHOWN_FOR
    rows = SharedReport.objects.visible_to(user).select_related("made_by", "mail")
    rows = rows.filter(Q(revoked_at=None) | Q(revoked_at__gt=lately), expires_at__gt=lately)
    names, zone = FilterNames(), reporting_zone()
    links = [link_row(shared, names, zone) for shared in rows.order_by("-made_at", "-id")[:MOST]]
    return sorted(links, key=lambda row: not row.url)


def link_row(shared: SharedReport, names: FilterNames, zone: ZoneInfo) -> LinkRow:
    is_standing = shared.revoked_at is None and shared.expires_at > clock.now()
    return LinkRow(
        shared=shared,
        period=say_period(shared.words, zone),
        filters=names.of(shared.words),
        is_whole=names.know(shared.words),
        url=url_of(shared) if is_standing else "",
        by_mail=hasattr(shared, "mail"),
    )


def list_schedules(user: User) -> list[ScheduleRow]:
    mails = Prefetch("mails", ReportMail.objects.order_by("-pk"), to_attr="newest")
    rows = ReportSchedule.objects.visible_to(user).select_related("made_by").prefetch_related(mails)
    names = FilterNames()
    return [schedule_row(schedule, names) for schedule in rows.order_by("-made_at", "-pk")[:MOST]]


def schedule_row(schedule: ReportSchedule, names: FilterNames) -> ScheduleRow:
    return ScheduleRow(
        schedule=schedule,
        filters=names.of(schedule.words),
        is_whole=names.know(schedule.words),
        last=schedule.newest[0] if schedule.newest else None,
    )
