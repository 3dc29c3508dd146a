from django.contrib.postgres.fields import ArrayField
from django.db import models


class Filling(models.Model):
    """The demo workspace was filled. One row; its presence keeps a second start from filling again."""

    filled_at = models.DateTimeField()


class SentMail(models.Model):
    """A mail that left the helpdesk and was caught on this machine, to be read at /demo/mailbox/."""

    raw = models.BinaryField()
    sender = models.CharField(max_length=320, blank=True)  # envelope
    recipients = ArrayField(models.CharField(max_length=320))  # envelope
    subject = models.CharField(max_length=500, blank=True)
    words = models.TextField(blank=True)  # what the search looks through
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-sent_at", "-id"], name="sent_mail_newest")]

    def __str__(self) -> str:
        return self.subject or "(no subject)"


class TelegramBot(models.Model):
    """The one bot of the pretend Telegram. A token that has no row here is answered 401, as Telegram does."""

    token = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=64)
    username = models.CharField(max_length=32)
    webhook_path = models.CharField(max_length=200, blank=True)  # on this site: the port may differ next time
    webhook_secret = models.CharField(max_length=256, blank=True)

    def __str__(self) -> str:
        return f"@{self.username}"


class TelegramChat(models.Model):
    """One pretend customer's private chat with the bot; as in Telegram the chat has its person's id."""

    id = models.BigIntegerField(primary_key=True)
    first_name = models.CharField(max_length=64)
    last_name = models.CharField(max_length=64, blank=True)
    language_code = models.CharField(max_length=10, blank=True)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    @property
    def tint(self) -> int:
        return self.pk % 8 + 1


class TelegramLine(models.Model):
    """What the bot or the person wrote, with at most one file."""

    chat = models.ForeignKey(TelegramChat, models.CASCADE, related_name="lines")
    message_id = models.BigIntegerField()
    is_from_bot = models.BooleanField()
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    # Of the person's lines: when the helpdesk took it. Of the bot's: when it was said.
    delivered_at = models.DateTimeField(null=True)
    file_key = models.UUIDField(null=True, unique=True)
    file_name = models.CharField(max_length=255, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    file = models.BinaryField(null=True)
    file_size = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chat", "message_id"], name="telegram_line_number_once")
        ]

    def __str__(self) -> str:
        return self.text[:80] or self.file_name
