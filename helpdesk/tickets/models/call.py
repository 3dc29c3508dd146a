"""A phone call that somebody of the team wrote down."""

from django.db import models
from django.utils.translation import pgettext_lazy

from helpdesk.tickets.models.message import Message


class PhoneCall(models.Model):
    """What a note of the channel `phone` says besides its text, which is what was said."""

    class Direction(models.TextChoices):
        INCOMING = "incoming", pgettext_lazy("call", "They called")
        OUTGOING = "outgoing", pgettext_lazy("call", "We called")

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="call")
    direction = models.CharField(max_length=8, choices=Direction)
    number = models.CharField(max_length=40, blank=True)  # theirs
    started_at = models.DateTimeField()
    logged_at = models.DateTimeField()  # when it was written down: for an hour its writer may correct it
    seconds = models.PositiveIntegerField()  # how long they talked; 0 where nobody answered
    recording = models.URLField(max_length=500, blank=True)  # where it can be heard

    def __str__(self) -> str:
        return f"{self.direction} {self.number}"

    @property
    def minutes(self) -> int:
        """Begun ones count."""
        return -(-self.seconds // 60)

    @property
    def is_answered(self) -> bool:
        return self.seconds > 0
