from django.conf import settings
from django.db import models


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
