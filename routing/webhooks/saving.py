"""Writing down a webhook, and its secret, which nobody reads a second time."""

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.outgoing import Refused, Unreachable, pinned
from helpdesk.people.models import User
from routing.models import Webhook
from routing.webhooks.signing import new_secret


def make_webhook(webhook: Webhook, *, user: User) -> str:
    """Store a new one; returns its secret, this once."""
    webhook.made_by, webhook.made_at = user, clock.now()
    return renew_secret(webhook)


def renew_secret(webhook: Webhook) -> str:
    """From now on calls are signed with a new one, also those that wait; returns it, this once."""
    secret = new_secret()
    webhook.secrets = {"signing": secret}
    webhook.save()
    return secret


def checked_url(url: str) -> str:
    """The address, if we would call it. Raises Invalid. One that is not known at the moment may be tomorrow."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host:
        raise Invalid(_("Write the whole address, with https:// in front."), field="url")
    try:
        pinned(url)
    except Refused as refusal:
        raise Invalid(str(refusal), field="url") from None
    except Unreachable:
        pass
    return url
