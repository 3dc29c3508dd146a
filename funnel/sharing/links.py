"""Links to a report for people without an account: made, found by their token, counted, revoked."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.urls import reverse

from funnel.models import SharedReport
from funnel.sharing.kept import Words
from helpdesk import clock
from helpdesk.people.models import User

SALT = "funnel.shared-report"
COUNTED_EVERY = timedelta(minutes=1)


def share_report(
    words: Words, *, until: datetime, language: str, note: str = "", by: User | None
) -> SharedReport:
    """A link that answers `words` anew each time it is opened, before `until`."""
    return SharedReport.objects.create(
        words=words, note=note, language=language, made_by=by, made_at=clock.now(), expires_at=until
    )


def token_of(shared: SharedReport) -> str:
    """Its number and our signature. Nothing secret is stored, and nobody else can make one."""
    return signing.Signer(salt=SALT).sign_object(shared.pk)


def url_of(shared: SharedReport) -> str:
    return settings.PUBLIC_URL + reverse("funnel:shared", args=[token_of(shared)])


def find_shared(token: str) -> SharedReport | None:
    """The report behind a token; None alike for one that is forged, over, revoked or gone."""
    try:
        number = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    return SharedReport.objects.standing().filter(pk=number).first()


def note_opening(shared: SharedReport) -> None:
    """Count that it was opened, at most once a minute, so that a busy link costs no write each time."""
    now = clock.now()
    if shared.opened_at is None or shared.opened_at <= now - COUNTED_EVERY:
        same = SharedReport.objects.filter(pk=shared.pk, opened_at=shared.opened_at)
        same.update(opened=F("opened") + 1, opened_at=now)


def revoke_link(shared: SharedReport) -> None:
    """From now on it opens nothing."""
    SharedReport.objects.filter(pk=shared.pk, revoked_at=None).update(revoked_at=clock.now())
