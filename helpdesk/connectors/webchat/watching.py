"""Who is in the pages of a site that lets its team see it: a tiny hidden page on our origin, and the pings it sends.

A ping writes to Redis and nowhere else, and reads nothing from the database beside what is kept at hand for a moment.
"""

from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django_ratelimit.decorators import ratelimit

from helpdesk.connectors.webchat import conversation
from helpdesk.connectors.webchat.api import door, frame_of, visit_begun
from helpdesk.connectors.webchat.bubbles import author_of
from helpdesk.connectors.webchat.identity import Claim, claim_of, verified
from helpdesk.connectors.webchat.known import keep_known, read_known
from helpdesk.connectors.webchat.limits import Blocked, refuse_flood
from helpdesk.connectors.webchat.look import sites_of, team_of
from helpdesk.connectors.webchat.parsing import page_of, words
from helpdesk.connectors.webchat.scripts import version_of, watch_script
from helpdesk.connectors.webchat.teasing import offers_for
from helpdesk.connectors.webchat.views import SCRIPT, language_asked, versioned, widget_or_404
from helpdesk.connectors.webchat.visits import Visit, token_for, widget_of
from helpdesk.errors import HelpdeskError
from helpdesk.inboxes.models import Inbox
from helpdesk.people.bans import is_banned, place_of
from helpdesk.people.presence import MOST_VISITS, count_here, note_leaving, note_presence
from helpdesk.people.user_agents import is_robot, short_name
from helpdesk.people.visitors import COOKIE, read_visitor
from helpdesk.proactive.card import card_of
from helpdesk.proactive.goals import note_page
from helpdesk.tickets.models import Message

LONGEST_WORDS = 300  # of an answer that is told with a ping
SOONEST, LATEST = 15, 60  # seconds between two signs of life of a page in sight
MANY = 1_000  # visitors, from whom on they come more seldom
LATE = 40  # seconds that the second of two may be late
AT_HAND = 10  # seconds that a process goes on with an inbox as it has read it


@require_safe
@ratelimit(key="ip", rate="600/m", block=True)
@gzip_page
@cache_control(public=True, max_age=60)
@xframe_options_exempt
def watch(request: HttpRequest, key: str) -> HttpResponse:
    """The hidden page. The same for every visitor; only the inbox's own sites may frame it."""
    inbox = widget_or_404(key)
    language = language_asked(request, inbox)
    shown = csp_replace({"frame-ancestors": sites_of(inbox)})(render)
    page = {"inbox": inbox, "language": language, "version": version_of(watch_script())}
    with translation.override(language):
        return shown(request, "webchat/watch.html", page)


@require_safe
@ratelimit(key="ip", rate="600/m", block=True)
@gzip_page
def script(request: HttpRequest, version: str) -> HttpResponse:
    """What runs in the hidden page."""
    response = HttpResponse(watch_script(), content_type=SCRIPT)
    return versioned(response, version, version_of(watch_script()))


@door("POST")
def here(request: HttpRequest) -> HttpResponse:
    """A sign of life: {url, title, referrer, seconds, scroll, visits, language, zone, tab, hidden, who}, or {gone, tab} from a
    page that is closed. Answers with the visitor's token, how many answers they have not seen, the last one of them, the
    rules of the messages that may come to them, and after how many seconds (`again`) to come again."""
    frame = frame_of(request)
    visit = visit_begun(request, inbox_at_hand(request.GET.get("inbox", "")))
    is_new = not is_known_by(request, visit)
    # Each new one is a record in Redis: by coming as ever new ones nobody fills it faster than widgets open.
    refuse_flood(
        "start" if is_new else "read",
        visitor=None if is_new else visit.visitor,
        address=request.META["REMOTE_ADDR"],
    )
    if frame.get("gone"):
        note_leaving(visit.visitor, words(frame, "tab", 40))
        return JsonResponse({})
    known = known_of(visit, is_new=is_new)
    if known["is_blocked"] or is_banned(visit.visitor, address=request.META["REMOTE_ADDR"]):
        raise Blocked
    again = seconds_between(visit.inbox)
    agent, present = request.headers.get("User-Agent", ""), None
    if not is_robot(agent):
        sign = sign_of(visit, frame) | {
            "browser": short_name(agent),
            "place": place_of(request.META["REMOTE_ADDR"]),
        }
        if not sign["is_hidden"]:
            # Who goes on before the first answer comes is somebody new on the next page: what is left is soon gone.
            sign["lasts"] = again + SOONEST if is_new else 2 * again + LATE
        present = note_presence(visit.visitor, inbox=visit.inbox.pk, **sign)
        if present and not is_new:
            note_page(visit.inbox, present)
    answer = {"token": token_for(visit), "unread": known["unread"], "answer": known["answer"], "again": again}
    return JsonResponse(answer | offers_for(visit, present, is_new=is_new))


def is_known_by(request: HttpRequest, visit: Visit) -> bool:
    """Whether the browser came with a token or a cookie that we signed, and this visit is theirs."""
    tokens = request.headers.get("X-Visitor", ""), request.COOKIES.get(COOKIE, "")
    return any(token and read_visitor(token) == visit.visitor for token in tokens)


def seconds_between(inbox: Inbox) -> int:
    """How often a page in sight gives a sign of life: the more there are, the more seldom, so that they don't crowd out
    those who write."""
    key = f"here.{inbox.pk}"
    many = caches["process"].get(key)
    if many is None:
        many = count_here(inbox.pk)
        caches["process"].set(key, many, AT_HAND)
    return min(max(SOONEST, many * SOONEST // MANY), LATEST)


def sign_of(visit: Visit, frame: dict[str, Any]) -> dict[str, Any]:
    """What the frame says, as a sign of life keeps it."""
    page = page_of(frame)
    sign = {
        "url": page.get("page", ""),
        "title": page.get("page_title", ""),
        "referrer": foreign(page.get("referrer", ""), page.get("page", "")),
        "language": words(frame, "language", 20),
        "zone": words(frame, "zone", 40),
        "tab": words(frame, "tab", 40),
        "scroll": amount(frame, "scroll", 100),
        "visits": amount(frame, "visits", MOST_VISITS),
        "is_hidden": frame.get("hidden") is True,
    }
    if "who" in frame:
        claim, is_proved = claim_in(visit, frame["who"])
        sign |= {"said": as_said(claim), "is_proved": is_proved, "is_signed": claim.is_signed}
    return sign


def claim_in(visit: Visit, who: object) -> tuple[Claim, bool]:
    """What the site says of the visitor, and whether it proves who that is; what is wrongly proved says nothing."""
    try:
        claim = verified(visit.inbox, who)
    except HelpdeskError:
        return Claim(), False
    return (claim, True) if claim else (claim_of(who), False)


def as_said(claim: Claim) -> dict[str, str]:
    own = {name: getattr(claim, name) for name in ("user_id", "name", "email", "phone")}
    return dict(claim.attributes) | {name: value for name, value in own.items() if value}


def foreign(referrer: str, page: str) -> str:
    """The address somebody came from; "" where that is the site itself."""
    return "" if urlsplit(referrer).netloc == urlsplit(page).netloc else referrer


def amount(frame: dict[str, Any], name: str, most: int) -> int:
    value = frame.get(name)
    return min(max(value, 0), most) if isinstance(value, int) else 0


def inbox_at_hand(key: str) -> Inbox:
    """The chat inbox of this key as this process last read it, some seconds ago at most. Raises NotThere."""
    known = caches["process"].get(f"inbox.{key}")
    if known is None:
        known = widget_of(key)
        caches["process"].set(f"inbox.{key}", known, AT_HAND)
    return known


def known_of(visit: Visit, *, is_new: bool) -> dict[str, Any]:
    """What the database says of the visitor: {is_blocked, unread, answer}, the last answer that was not seen, as a card,
    or None. Asked for now and then; of somebody new there is nothing to ask."""
    visitor = visit.visitor.hex
    known = None if is_new else read_known(visitor, visit.inbox.pk)
    if known is None:
        contact = None if is_new else visit.contact()
        unseen = list(conversation.unseen(visit).select_related("user").order_by("-pk")) if contact else []
        known = {
            "is_blocked": bool(contact and contact.is_blocked),
            "unread": len(unseen),
            "answer": as_card(unseen[0], visit) if unseen else None,
        }
        keep_known(visitor, visit.inbox.pk, known)
    return known


def as_card(message: Message, visit: Visit) -> dict[str, Any]:
    """The answer as a card above the launcher, and the same as words for who does not see it."""
    text = " ".join(message.text.split())[:LONGEST_WORDS]
    card = card_of(text, author_of(message, visit.inbox), shop=team_of(visit.inbox))
    with translation.override(visit.language):
        html = render_to_string("proactive/_card.html", {"card": card})
    return {"id": message.pk, "html": html, "said": f"{card.author}: {text}"}
