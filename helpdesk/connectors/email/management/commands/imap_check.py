import json

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.connectors.email.imap.account import NotConfigured, account_of
from helpdesk.connectors.email.imap.reconciling import Comparison, compare, reconcile
from helpdesk.connectors.email.imap.trouble import EXPECTED, as_trouble, without_secrets
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.inboxes.models import Inbox


class Command(BaseCommand):
    help = (
        "Compare what lies on an inbox's mail server with what is stored; prints one JSON line a folder. "
        "Exit 0: nothing is missing, 1: something is, or the server can't be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("inbox", help="its number or its address")
        parser.add_argument("--reconcile", action="store_true", help="fetch what is missing")

    def handle(self, *args: object, **options: object) -> None:
        inbox = find_inbox(str(options["inbox"]))
        work = reconcile if options["reconcile"] else compare
        try:
            folders = account_of(inbox).folders
        except NotConfigured as error:
            raise CommandError(f"{inbox} has no IMAP set up: {error}") from error
        told = [check(inbox, name, work) for name in folders]
        for line in told:
            self.stdout.write(json.dumps(line))
        if any(line["missing"] or line["error"] for line in told):
            raise SystemExit(1)


def find_inbox(text: str) -> Inbox:
    inboxes = Inbox.objects.filter(kind=Inbox.Kind.EMAIL)
    chosen = inboxes.filter(pk=int(text)) if text.isdecimal() else inboxes.filter(address__iexact=text)
    if found := chosen.first():
        return found
    raise CommandError(f"There is no mail inbox {text}.")


def check(inbox: Inbox, name: str, work: object) -> dict:
    folder, _ = ImapFolder.objects.get_or_create(inbox=inbox, name=name)
    found, state, error = Comparison(None, None, []), "ok", ""
    try:
        found = work(folder)
    except EXPECTED as trouble:
        known = as_trouble(trouble)
        state, error = known.state, without_secrets(str(known), inbox)
    return {
        "folder": name,
        "state": state,
        "error": error,
        "server_count": found.server_count,
        "stored_count": found.stored_count,
        "missing": found.missing,
    }
