"""How a mail inbox is: what comes in, what goes out, what waits for somebody. Read from rows that are there anyhow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.connectors.email.imap.account import folders_in, is_on
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.connectors.email.providers.table import PROVIDERS
from helpdesk.connectors.email.servers import servers_of
from helpdesk.connectors.email.standing import Standing, standings_of
from helpdesk.inboxes.models import Inbox, RawMessage

OK, WARN, BAD, OFF = "ok", "warn", "bad", "off"
LEVELS = (OFF, OK, WARN, BAD)  # the worst is the inbox's
SILENT_AFTER = timedelta(
    minutes=10
)  # a folder that was not looked into for so long is not watched by anybody
QUEUE_IS_OLD = timedelta(minutes=15)
MOST_NAMED = 20
Words = str | Promise
Fact = tuple[Words, Words | datetime]  # a label and what stands behind it


@dataclass(frozen=True)
class Check:
    """One thing that is well or not: what it is, how it is, and what to do about it."""

    name: Words
    level: str
    words: Words
    since: datetime | None = None
    advice: Words = ""
    url: str = ""  # where to mend it
    folder: ImapFolder | None = None  # one that can be compared with its server
    facts: list[Fact] = field(default_factory=list)


def checks_of(inbox: Inbox, standing: Standing | None = None) -> list[Check]:
    """Everything that the health page shows, in its order."""
    known = standing or standings_of([inbox])[inbox.pk]
    if not inbox.is_active:
        words = _("The inbox is not in use: nothing comes in.")
        return [Check(_("Receiving"), OFF, words, url=page("workspace:inbox", inbox))]
    parts = (receiving, webhook, sending, unreadable, loops)
    return [check for part in parts for check in part(inbox, known)]


def worst(checks: Iterable[Check]) -> str:
    return max((check.level for check in checks), key=LEVELS.index, default=OFF)


def receiving(inbox: Inbox, known: Standing) -> Iterator[Check]:
    url, fetches = page("email_inbox:receiving", inbox), is_on(inbox)
    if fetches:
        read = folders_in(
            str(inbox.options.get("imap_folder") or "")
        )  # others keep their cursor, should they come back
        folders = [folder for folder in known.folders if folder.name in read]
        yield from map(check_folder, folders)
        if not folders:
            untried = _("It has not been tried yet.")
            yield Check(_("Mailbox (IMAP)"), WARN, untried, None, ADVICE[ImapFolder.State.NEW], url)
    if known.came_at:
        by = DOORS.get(known.came_by, known.came_by)
        yield Check(_("Last mail in"), OK, by, known.came_at)
    else:
        advice = "" if fetches else _("Say how mail gets here, then write one to try it.")
        level = OFF if fetches else WARN
        yield Check(_("Last mail in"), level, _("Nothing has come in lately."), None, advice, url)


def check_folder(folder: ImapFolder) -> Check:
    name = format_lazy(_("Mailbox (IMAP), {folder}"), folder=folder.name)
    url = page("email_inbox:receiving", folder.inbox)
    facts: list[Fact] = []
    if folder.checked_at:
        facts.append((_("Last answer of the server"), folder.checked_at))
    if folder.server_count is not None:
        counts = format_lazy(
            _("{server} on the server, {stored} here"), server=folder.server_count, stored=folder.stored_count
        )
        facts.append((_("Compared"), counts))
    if folder.reconciled_at:
        facts.append((_("Last comparison"), folder.reconciled_at))
    state = ImapFolder.State(folder.state)
    if state not in (ImapFolder.State.OK, ImapFolder.State.NEW):
        said = (
            format_lazy("{state}: {words}", state=state.label, words=folder.error)
            if folder.error
            else state.label
        )
        return Check(name, BAD, said, folder.failing_since, ADVICE[state], url, folder, facts)
    if state == ImapFolder.State.NEW:
        return Check(name, WARN, state.label, None, ADVICE[state], url, None, facts)
    if folder.checked_at and clock.now() - folder.checked_at > SILENT_AFTER:
        return Check(
            name,
            BAD,
            _("Nobody looks into it."),
            folder.checked_at,
            ADVICE[ImapFolder.State.NEW],
            url,
            folder,
            facts,
        )
    if (folder.server_count or 0) > (folder.stored_count or 0):
        missing = _("Some mails on the server could not be fetched.")
        return Check(
            name, WARN, missing, folder.reconciled_at, _("Compare now to try them again."), url, folder, facts
        )
    how = (
        _("Connected; the server tells of new mail at once.")
        if folder.is_pushed
        else _("Connected; it is asked every 30 seconds.")
    )
    return Check(name, OK, how, None, "", url, folder, facts)


DOORS: dict[str, Words] = {
    "smtp": _("Handed over by a mail server (SMTP)."),
    "lmtp": _("Handed over by a mail server (LMTP)."),
    "pipe": _("Handed over through a pipe."),
    "imap": _("Fetched from the mailbox (IMAP)."),
    "webhook": _("Brought by a mail provider (webhook)."),
}
ADVICE: dict[str, Words] = {
    ImapFolder.State.NEW: _(
        "Look whether the program that fetches mail runs (manage.py mail_fetcher, part of manage.py up)."
    ),
    ImapFolder.State.AWAY: _("Check server, port and encryption; it is tried again by itself."),
    ImapFolder.State.REFUSED: _("Check user name and password; some providers want an app password."),
    ImapFolder.State.EXPIRED: _("Authorise the inbox again and store the new refresh token."),
    ImapFolder.State.BROKEN: _("Check the name of the folder."),
}


def webhook(inbox: Inbox, known: Standing) -> Iterator[Check]:
    provider = PROVIDERS.get(inbox.options.get("webhook_provider", ""))
    if provider is None:
        return
    name, url = (
        format_lazy(_("Webhook of {provider}"), provider=provider.name),
        page("email_inbox:receiving", inbox),
    )
    call = known.call
    if not inbox.secrets.get("webhook_secret"):
        yield Check(
            name,
            BAD,
            _("It is shut: there is no secret."),
            None,
            _("Make one and give it to the provider."),
            url,
        )
    elif call is None:
        yield Check(
            name,
            WARN,
            _("It has not been called lately."),
            None,
            _("Send a test from the provider's site."),
            url,
        )
    elif call.is_taken:
        yield Check(name, OK, _("The last call was taken."), call.at, "", url)
    else:
        told = format_lazy(
            _("The last call was refused ({status}). {words}"), status=call.status, words=call.words
        )
        wrong = _("Copy the address with its secret to the provider once more.")
        yield Check(
            name,
            BAD,
            told,
            call.at,
            wrong if call.status == 401 else _("See the log of the web server."),
            url,
        )


def sending(inbox: Inbox, known: Standing) -> Iterator[Check]:
    """What waits, the last yes and the last no of a server."""
    name, url, refused = _("Sending"), page("email_inbox:sending", inbox), known.refused
    servers = ", ".join(str(server) for server in servers_of(inbox))
    facts: list[Fact] = [(_("Servers"), servers), (_("Waiting"), str(known.waiting))]
    if known.accepted_at:
        facts.append((_("Last accepted"), known.accepted_at))
    if refused:
        facts.append((_("Last refused"), refused.at))
        facts.append((_("in these words"), refused.answer or refused.get_outcome_display()))
    if known.waiting_since and clock.now() - known.waiting_since > QUEUE_IS_OLD:
        late, advice = (
            _("Answers wait for a server that takes them."),
            _("Test the servers; the reason is below."),
        )
        yield Check(name, BAD, late, known.waiting_since, advice, url, facts=facts)
    elif (
        refused
        and refused.outcome == "deferred"
        and not (known.accepted_at and known.accepted_at > refused.at)
    ):
        again = _("It is tried again by itself.")
        yield Check(name, WARN, _("The last try was put off."), refused.at, again, url, facts=facts)
    else:
        yield Check(name, OK, _("Nothing is held up."), None, "", url, facts=facts)


def unreadable(inbox: Inbox, known: Standing) -> Iterator[Check]:
    if known.unreadable:
        words = format_lazy(_("{count} could not be read."), count=known.unreadable)
        advice = _("Each stands with its reason in the incoming log and can be read again.")
        url = reverse("workspace:incoming") + "?outcome=quarantined"
        yield Check(_("Unreadable mails"), WARN, words, known.unreadable_at, advice, url)


def loops(inbox: Inbox, known: Standing) -> Iterator[Check]:
    if known.stops:
        addresses = ", ".join(stop.address for stop in known.stops[:MOST_NAMED])
        words = format_lazy(_("No automatic answers to {addresses}."), addresses=addresses)
        advice = _("Allow them again when you know why so much went to and fro.")
        yield Check(
            _("Stopped loops"), WARN, words, known.stops[0].opened_at, advice, reverse("workspace:loops")
        )


def today(inbox: Inbox) -> list[tuple[Words, int]]:
    """What came in within the last 24 hours, by outcome."""
    rows = RawMessage.objects.filter(inbox=inbox, received_at__gt=clock.now() - timedelta(days=1))
    counts = dict(rows.order_by().values_list("outcome").annotate(Count("pk")))
    return [(label, counts[outcome]) for outcome, label in RawMessage.Outcome.choices if outcome in counts]


def states_of(inboxes: Sequence[Inbox]) -> dict[int, Check]:
    """The worst check of each, by the id of the inbox, for the list of inboxes."""
    known = standings_of(inboxes)
    states = {}
    for inbox in inboxes:
        checks = checks_of(inbox, known[inbox.pk])
        states[inbox.pk] = next(check for check in checks if check.level == worst(checks))
    return states


def page(name: str, inbox: Inbox) -> str:
    return reverse(name, args=[inbox.pk])
