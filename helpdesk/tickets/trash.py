"""Emptying the trash: what has lain there long enough is gone for good.

The ledger keeps its facts, which hold no words of a customer, so that no figure changes.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from helpdesk import clock
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets.models import Attachment, Ticket

KEPT = timedelta(days=30)
MOST_AT_ONCE = 200
# What nobody could read yet still waits under Settings.
READ = (RawMessage.Outcome.CREATED, RawMessage.Outcome.APPENDED, RawMessage.Outcome.DUPLICATE)


def empty_trash() -> int:
    """Delete what has been in the trash for KEPT, at most MOST_AT_ONCE tickets; returns how many."""
    due = Ticket.objects.filter(trashed_at__lt=clock.now() - KEPT).order_by("trashed_at")
    return sum(map(purge_ticket, due.values_list("pk", flat=True)[:MOST_AT_ONCE]))


def purge_ticket(pk: int) -> bool:
    """Delete a ticket and those that were merged into it, with their files and their mails as they came. False where it
    was taken out meanwhile."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).exclude(trashed_at=None).filter(pk=pk).first()
        if ticket is None:
            return False
        gone = Ticket.objects.filter(pk__in=with_merged(pk))
        files = [row.file for row in Attachment.objects.filter(message__ticket__in=gone).only("file")]
        came = Q(message__ticket__in=gone) | Q(message=None, ticket__in=gone)
        RawMessage.objects.filter(came, outcome__in=READ).delete()
        gone.delete()
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


def delete_files(files: list) -> None:
    for file in files:
        file.delete(save=False)
