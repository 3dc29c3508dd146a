"""Emptying the trash: what has lain there long enough is gone for good.

The ledger keeps its facts, so that no figure changes; what a customer said of us in a rating, did on the site, and wrote
so that the ticket was marked by it, goes out of them.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from helpdesk import clock
from helpdesk.events import names
from helpdesk.inboxes.models import RawMessage
from helpdesk.notices.models import Notice
from helpdesk.tickets.models import Attachment, Ticket

KEPT = timedelta(days=30)
MOST_AT_ONCE = 200
# What nobody could read yet still waits under Settings.
READ = (RawMessage.Outcome.CREATED, RawMessage.Outcome.APPENDED, RawMessage.Outcome.DUPLICATE)

WITHOUT_WORDS = "UPDATE events_event SET data = data - '{comment,did,facts,why}'::text[] WHERE ticket_id = ANY(%s) AND name = ANY(%s)"


def empty_trash() -> int:
    """Delete what has been in the trash for KEPT, at most MOST_AT_ONCE tickets; returns how many."""
    due = Ticket.objects.filter(trashed_at__lt=clock.now() - KEPT).order_by("trashed_at")
    return sum(map(purge_ticket, due.values_list("pk", flat=True)[:MOST_AT_ONCE]))


def purge_ticket(pk: int) -> bool:
    """Delete a ticket and those that were merged into it, with their files, their mails as they came, and what notices
    and facts say in the customer's words. False where it was taken out meanwhile."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).exclude(trashed_at=None).filter(pk=pk).first()
        if ticket is None:
            return False
        numbers = with_merged(pk)
        gone = Ticket.objects.filter(pk__in=numbers)
        files = [row.file for row in Attachment.objects.filter(message__ticket__in=gone).only("file")]
        came = Q(message__ticket__in=gone) | Q(message=None, ticket__in=gone)
        RawMessage.objects.filter(came, outcome__in=READ).delete()
        gone.delete()
        forget_words(numbers)
        transaction.on_commit(lambda: delete_files(files))
    return True


def with_merged(pk: int) -> list[int]:
    """The ticket and those that went into it, by whatever way."""
    numbers = [pk]
    while more := list(
        Ticket.objects.filter(merged_into__in=numbers).exclude(pk__in=numbers).values_list("pk", flat=True)
    ):
        numbers += more
    return numbers


def forget_words(numbers: list[int]) -> None:
    """Of what speaks of these tickets without being a part of them."""
    Notice.objects.filter(ticket_id__in=numbers).delete()
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_WORDS, [numbers, [names.SURVEY_RATED, names.VISITOR_DID, names.TICKET_MARKED]])


def delete_files(files: list) -> None:
    for file in files:
        file.delete(save=False)
