from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funnel.sessions.rules import Rules


class Edition(models.Model):
    """One reckoning of the whole history under one set of rules. Readers see the current one; a change of rules
    makes a new one beside it, which takes its place when it is complete."""

    class State(models.TextChoices):
        BUILDING = "building"
        CURRENT = "current"
        RETIRED = "retired"  # its rows are being removed

    class Hours(models.TextChoices):
        THEN = "then", _("as they were at the time")
        NOW = "now", _("as they are now")

    state = models.CharField(max_length=10, choices=State, default=State.BUILDING)
    # The edition whose sessions and conversations this one counts: its own, or another where only days have moved.
    facts = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    time_zone = models.CharField(_("reporting time zone"), max_length=40, default="UTC")
    session_hours = models.PositiveSmallIntegerField(
        _("hours until a problem is a new one"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(168)],
    )
    browsing_days = models.PositiveSmallIntegerField(
        _("days that reading alone can last"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    settled_days = models.PositiveSmallIntegerField(
        _("days without a return until a close counts as solved at first contact"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    business_hours = models.CharField(
        _("business hours of past conversations"), max_length=4, choices=Hours, default=Hours.THEN
    )
    calendars = models.CharField(max_length=64, blank=True)  # with NOW: which, as present_hours.py signs them
    reason = models.CharField(max_length=200, blank=True)  # what was changed, in a sentence for readers
    made_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)  # people stored and days counted, of `steps`
    steps = models.PositiveIntegerField(default=0)
    reached = models.CharField(max_length=40, blank=True)  # how far a build is: tallies/building.py
    finished_at = models.DateTimeField(null=True)
    # Events recorded before this moment are in the facts; what time alone changes is reckoned up to the other one.
    read_until = models.DateTimeField(null=True)
    reckoned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state__in=["building", "current"]), name="edition_once_a_state"
            )
        ]

    def __str__(self) -> str:
        return f"Edition {self.pk}, {self.state}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def rules(self) -> Rules:
        return Rules(
            window=timedelta(hours=self.session_hours),
            longest_browsing=timedelta(days=self.browsing_days),
            settled=timedelta(days=self.settled_days),
        )


class SupportSession(models.Model):
    """One person looking for help with one thing: facts.Session as it is stored."""

    edition = models.ForeignKey(Edition, models.DO_NOTHING, db_index=False, db_constraint=False)
    person = models.CharField(max_length=40)  # people.key_of_contact or key_of_visitor
    started_at = models.DateTimeField()
    matures_at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    department = models.BigIntegerField(null=True)
    language = models.CharField(max_length=10, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    path = models.SmallIntegerField()  # paths.code_of its settled path
    views = models.PositiveSmallIntegerField(default=0)
    articles = ArrayField(models.CharField(max_length=40), default=list)
    is_bot_answered = models.BooleanField(default=False)
    tickets = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        indexes = [
            models.Index(fields=["edition", "started_at"], name="session_by_start"),
            models.Index(fields=["edition", "person"], name="session_by_person"),
            models.Index(fields=["edition", "matures_at"], name="session_by_maturity"),
        ]

    def __str__(self) -> str:
        return f"{self.person} from {self.started_at}"


class SupportConversation(models.Model):
    """One ticket the customer wrote in: facts.Conversation as it is stored. Spam is kept only to be counted."""

    edition = models.ForeignKey(Edition, models.DO_NOTHING, db_index=False, db_constraint=False)
    ticket = models.BigIntegerField()
    person = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    department = models.BigIntegerField(null=True)
    language = models.CharField(max_length=10, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    is_spam = models.BooleanField(default=False)
    started_by = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    is_open = models.BooleanField()
    is_bot_answered = models.BooleanField(default=False)
    queued_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    first_response = models.BigIntegerField(null=True)  # seconds, as all durations
    first_response_business = models.BigIntegerField(null=True)
    first_replier = models.BigIntegerField(null=True)
    last_replier = models.BigIntegerField(null=True)
    repliers = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)  # None while it is open
    closed_by = models.CharField(max_length=12, blank=True)
    closer = models.BigIntegerField(null=True)
    time_to_close = models.BigIntegerField(null=True)
    time_to_close_business = models.BigIntegerField(null=True)
    agent_closes = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    rating = models.SmallIntegerField(null=True)
    rated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "ticket"], name="conversation_once")]
        indexes = [
            models.Index(fields=["edition", "person"], name="conversation_by_person"),
            models.Index(fields=["edition", "started_at"], name="conversation_by_start"),
            models.Index(
                fields=["edition", "queued_at"],
                name="conversation_waiting",
                condition=Q(is_open=True, is_spam=False, replied_at=None, queued_at__isnull=False),
            ),
            *(
                models.Index(
                    fields=["edition", f"{moment}_at"],
                    name=f"conversation_by_{moment}",
                    condition=Q(**{f"{moment}_at__isnull": False}),
                )
                for moment in ("queued", "replied", "closed", "asked", "rated")
            ),
        ]

    def __str__(self) -> str:
        return f"Ticket {self.ticket}"


class Tally(models.Model):
    """What one day or month came to in one part of the desk: counts packed as lanes (tallies/lanes.py), which add.

    "*" in a dimension is all of it. Which combinations are kept, tallies/cells.py says.
    """

    class Grain(models.TextChoices):
        DAY = "D"
        MONTH = "M"

    edition = models.ForeignKey(Edition, models.DO_NOTHING, db_index=False, db_constraint=False)
    grain = models.CharField(max_length=1, choices=Grain)
    start = models.DateField()  # the day, or the month's first, in the edition's time zone
    channel = models.CharField(max_length=20)
    department = models.CharField(max_length=20)  # its number, "none", or "*"
    language = models.CharField(max_length=10)
    agent = models.CharField(max_length=20)
    tag = models.CharField(max_length=40)
    counts = models.BinaryField()  # tallies/counters.py names the lanes
    hours = models.BinaryField(default=bytes)  # new conversations by weekday * 24 + hour
    first_response = models.BinaryField(default=bytes)  # these four by tallies/durations.bucket_of
    first_response_business = models.BinaryField(default=bytes)
    time_to_close = models.BinaryField(default=bytes)
    time_to_close_business = models.BinaryField(default=bytes)

    class Meta:
        constraints = [
            # In this order: each question fixes all dimensions but one, then runs over a span of time.
            models.UniqueConstraint(
                fields=["edition", "grain", "channel", "department", "language", "agent", "tag", "start"],
                name="tally_once",
            )
        ]
        indexes = [models.Index(fields=["edition", "grain", "start"], name="tally_by_start")]

    def __str__(self) -> str:
        return f"{self.grain} {self.start}"


class DirtyDay(models.Model):
    """A day whose facts have changed and which is not counted anew yet; written with the facts themselves."""

    edition = models.ForeignKey(Edition, models.CASCADE, db_index=False)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "day"], name="dirty_day_once")]

    def __str__(self) -> str:
        return str(self.day)
