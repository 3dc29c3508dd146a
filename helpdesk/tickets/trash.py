"""Emptying the trash: what has lain there long enough is gone for good.

The ledger keeps its facts, which hold no words of a customer, so that no figure changes.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from helpdesk import clock
from helpdesk.tickets.models import Attachment, Ticket

KEPT = timedelta(days=30)
MOST_AT_ONCE = 200


def empty_trash() -> int:
    """Delete what has been in the trash for KEPT, at most MOST_AT_ONCE tickets; returns how many."""
    due = Ticket.objects.filter(trashed_at__lt=clock.now() - KEPT).order_by("trashed_at")
    return sum(map(purge_ticket, due.values_list("pk", flat=True)[:MOST_AT_ONCE]))


def purge_ticket(pk: int) -> bool:
    """Delete a ticket, those that were merged into it, and their files. False where it was taken out meanwhile."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).exclude(trashed_at=None).filter(pk=pk).first()
        if ticket is None:
            return False
        gone = Ticket.objects.filter(Q(pk=pk) | Q(merged_into=pk))
        files = [row.file for row in Attachment.objects.filter(message__ticket__in=gone).only("file")]
        gone.delete()
        transaction.on_commit(lambda: delete_files(files))
    return True


def delete_files(files: list) -> None:
    for file in files:
        file.delete(save=False)
