"""The mail that brings a report: what stands in it, in the reader's language, and how it is addressed."""

import logging
from email.utils import formataddr, formatdate, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override
from typst import TypstError

from funnel.files.gathering import gather_page
from funnel.files.pdf import draw_pdf
from funnel.invest.rules.table import ARTICLE, COVER, DEPARTMENT, LAYER
from funnel.invest.words import WORDING
from funnel.models import ReportMail, ReportSchedule, Signal
from funnel.page.filling import FilledTile, fill_tiles
from funnel.page.filter_names import FilterNames, say_filters
from funnel.page.headline import say_headline, say_span
from funnel.page.tiles import SELF_SERVICE, TEAM
from funnel.pictures.svg import DARK, LIGHT
from funnel.report.answers import Answer, answer, records_begin_late
from funnel.report.asking import Question
from funnel.report.wording import say_month
from funnel.sharing.kept import question_of, with_span
from funnel.sharing.links import url_of
from funnel.sharing.schedules import unsubscribe_token
from helpdesk.connectors.email.compose import header_value
from helpdesk.inboxes.contract import DeliveryError
from helpdesk.people.models import Workspace

log = logging.getLogger(__name__)
MOST_IMPORTANT = (
    "self_service_share",
    "sessions",
    "new",
    "median_first_response",
    "median_time_to_close",
    "csat",
)
QUOTING_NOBODY = (ARTICLE, COVER, DEPARTMENT, LAYER)  # of published articles, departments and hours
PLACES = 3


def compose_letter(mail: ReportMail) -> EmailMultiAlternatives:
    """Made anew for every try, always with the same Message-ID. Raises DeliveryError where its filters have lost
    their sense: without them it would tell the reader more than was meant."""
    schedule = mail.schedule
    question = question_of(with_span(schedule.words, mail.since, mail.until))
    if question is None:
        raise DeliveryError(_("A filter of this mail is gone: make the mail anew."), permanent=True)
    with override(schedule.language), timezone.override(question.period.zone):
        given = answer(question)
        told = contents_of(mail, question, given)
        letter = EmailMultiAlternatives(
            subject=header_value(subject_of(mail, told)),
            body=render_to_string("funnel/sharing/letter.txt", told),
            from_email=sender(told["workspace"]),
            to=[schedule.address],
            headers=headers_of(mail, told["unsubscribe_url"]),
        )
        letter.attach_alternative(render_to_string("funnel/sharing/letter.html", told), "text/html")
        attach_pdf(letter, question, given, language=schedule.language)
    return letter


def attach_pdf(letter: EmailMultiAlternatives, question: Question, given: Answer, *, language: str) -> None:
    """A mail whose PDF can't be set leaves without it: its figures and its link say the same."""
    try:
        drawn = draw_pdf(gather_page(question, given), language=language)
    except TypstError:
        log.exception("setting the PDF of a report's mail")
        return
    letter.attach(f"funnel-{question.period.since}-{question.period.until}.pdf", drawn, "application/pdf")


def contents_of(mail: ReportMail, question: Question, given: Answer) -> dict[str, Any]:
    """What both forms of the mail show, in the language that is active."""
    missing = records_begin_late(question, given.records_since)
    before = None if missing else given.before
    filters = FilterNames().of(question.words)
    part = say_filters(filters)
    return {
        "workspace": Workspace.get().name,
        "language": mail.schedule.language,
        "why": say_why(mail.schedule),
        "span": say_when(mail, question),
        "filters": filters,
        "headline": say_headline(given.figures, before, question.compared, period=question.period, part=part),
        "tiles": in_pairs(most_important(given, missing)),
        "places": [] if question.scope.filters else places_to_invest(),
        "link": url_of(mail.shared) if mail.shared else "",
        "link_ends": mail.shared.expires_at if mail.shared else None,
        "unsubscribe_url": unsubscribe_url(mail.schedule),
        "light": LIGHT,
        "dark": DARK,
    }


def most_important(given: Answer, missing: Any) -> list[FilledTile]:
    tiles = {tile.key: tile for tile in (*SELF_SERVICE, *TEAM)}
    chosen = [tiles[key] for key in MOST_IMPORTANT]
    return fill_tiles(chosen, given.figures, given.before, incomplete_since=missing)


def places_to_invest() -> list[tuple[str, str]]:
    """The signals worth most, each as its title and its sentence. Those that quote what customers asked stay here,
    and so do all of them where the mail tells of a part of the desk only."""
    told = Signal.objects.filter(
        is_standing=True, state__in=(Signal.State.NEW, Signal.State.TAKEN), kind__in=QUOTING_NOBODY
    )
    return [say_place(signal) for signal in told.order_by("-weight", "id")[:PLACES]]


def say_place(signal: Signal) -> tuple[str, str]:
    wording = WORDING[signal.kind]
    return str(wording.title(signal)), str(wording.sentence(signal, signal.figures))


def in_pairs(tiles: list[FilledTile]) -> list[list[FilledTile]]:
    return [tiles[at : at + 2] for at in range(0, len(tiles), 2)]


def say_when(mail: ReportMail, question: Question) -> str:
    if mail.schedule.every == ReportSchedule.Every.MONTH:
        return say_month(f"{mail.since:%Y-%m}")
    return say_span(question.period)


def say_why(schedule: ReportSchedule) -> str:
    """Why the reader gets it, for the foot."""
    if schedule.every == ReportSchedule.Every.MONTH:
        why = _("You get this on the first of each month: %(name)s asked for it.")
    else:
        why = _("You get this every Monday: %(name)s asked for it.")
    return why % {"name": schedule.made_by}


def subject_of(mail: ReportMail, told: dict[str, Any]) -> str:
    words = {"workspace": told["workspace"], "span": told["span"]}
    return _("%(workspace)s: support report, %(span)s") % words


def sender(workspace: str) -> str:
    """The address that the operator set, under the workspace's name."""
    return formataddr((header_value(workspace), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def headers_of(mail: ReportMail, unsubscribe_url: str) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(mail),
        "Date": formatdate(mail.shared.made_at.timestamp() if mail.shared else None),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Unsubscribe": f"<{unsubscribe_url}>",
    }
    if unsubscribe_url.startswith("https://"):  # RFC 8058 knows one click over https only
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def message_id(mail: ReportMail) -> str:
    """The same for every try, so that a mail that leaves twice is one to who gets it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    proof = salted_hmac("funnel.report-mail", str(mail.pk)).hexdigest()[:12]
    return f"<report.{mail.pk}.{proof}@{domain}>"


def unsubscribe_url(schedule: ReportSchedule) -> str:
    return settings.PUBLIC_URL + reverse("funnel:unsubscribe", args=[unsubscribe_token(schedule)])
