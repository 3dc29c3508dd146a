"""When the rules were last changed."""

from django.db import models


class RuleStamp(models.Model):
    """One row, written by the database at every change of a table of rules: routing.at_hand reads it, nothing else writes it."""

    version = models.UUIDField()

    def __str__(self) -> str:
        return str(self.version)
