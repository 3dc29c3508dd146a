from django.conf import settings
from django.db import models

from helpdesk.tickets.models import Ticket


class Undo(models.Model):
    """What an agent changed with one press, on one ticket or on many, and how it is taken back.

    `steps`: of each ticket its number and either its standings `before` and `after` (tickets.undoing), or the `noun` and
    `form` of the change that takes it back (desk.changes).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    steps = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["user", "-id"], name="undo_last", condition=models.Q(undone_at__isnull=True)
            ),
            models.Index(fields=["made_at"], name="undo_by_age"),
        ]

    def __str__(self) -> str:
        return f"{len(self.steps)} of {self.user_id}"


class DraftQuerySet(models.QuerySet):
    def begun(self) -> "DraftQuerySet":
        return self.exclude(text="")


class Draft(models.Model):
    """What a teammate has begun to write on a ticket: one answer and one note. Colleagues see that it is there.

    One without text is none: it stands for a box that was emptied, so that an older save that comes later is known.
    """

    class Kind(models.TextChoices):
        REPLY = "reply"
        NOTE = "note"

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind)
    text = models.TextField()
    device = models.CharField(max_length=40, blank=True)  # where it was written: "Firefox · Linux"
    # Saves overtake each other: the browser that sent this one, and how many it had sent before.
    browser = models.UUIDField(null=True)
    turn = models.BigIntegerField(default=0, db_default=0)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user", "kind"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id} on #{self.ticket_id}"
