import json
import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from helpdesk.connectors.email.pipe import UnknownRecipient, take_in
from helpdesk.inboxes.models import RawMessage

NO_SUCH_ADDRESS, TRY_AGAIN = 67, 75  # EX_NOUSER and EX_TEMPFAIL of sysexits.h: what an MTA's pipe understands


class Command(BaseCommand):
    help = "Take one raw mail from standard input; prints what became of it. Exit 0: stored, 75: try again, 67: no such address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", default="", help="the envelope recipient; without it the mail's own headers tell"
        )
        parser.add_argument("--from", dest="sender", default="", help="the envelope sender")

    def handle(self, *args: object, **options: object) -> None:
        body = sys.stdin.buffer.read()
        try:
            raw = take_in(body, recipient=str(options["to"]), sender=str(options["sender"]))
        except UnknownRecipient as error:
            raise CommandError(f"No inbox has the address {error}.", returncode=NO_SUCH_ADDRESS) from error
        except (DatabaseError, OSError) as error:
            raise CommandError(f"Could not be stored: {error}", returncode=TRY_AGAIN) from error
        self.stdout.write(json.dumps(summary(raw)))


def summary(raw: RawMessage) -> dict[str, str | int | None]:
    told = {"outcome": raw.outcome, "ticket": raw.ticket_id, "message": raw.message_id}
    return told | ({"reason": raw.reason} if raw.reason else {})
