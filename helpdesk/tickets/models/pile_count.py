from django.db import models


class PileCount(models.Model):
    """A step of the number of open tickets in a pile: the sum of `change` is the number.

    Only the database writes here, by triggers on tickets and mentions and in the transaction that changes them, so that no way
    of changing a ticket can forget it. Steps are added and never changed: two who close tickets don't wait for each other.
    Now and then they are folded into one (helpdesk.tickets.pile_counts).
    """

    class Pile(models.TextChoices):
        AWAKE = "awake"
        UNASSIGNED = "unassigned"
        WAITING = "waiting"
        SNOOZED = "snoozed"
        AGENT = "agent"  # awake, `which` has them
        CHANNEL = "channel"  # awake, of the channel `which`
        MENTION = "mention"  # unfinished, `which` is named in it

    pile = models.CharField(max_length=10, choices=Pile)
    which = models.CharField(max_length=20, blank=True)
    department = models.BigIntegerField()  # 0: none; no key, since a count outlives it for a moment
    change = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.pile} {self.which} of {self.department}: {self.change:+}"
