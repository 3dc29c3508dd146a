import re
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Right
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.people.attributes.models import Attribute  # noqa: F401  Django looks for models here


class Workspace(models.Model):
    """What holds for the whole helpdesk. One row; `Workspace.get()` makes it."""

    ONLY = 1

    name = models.CharField(_("name"), max_length=80, default="Helpdesk")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("reporting time zone"), max_length=40, default="UTC")
    bot_silence_hours = models.PositiveSmallIntegerField(
        _("hours of silence after which the bot closes what it has answered"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(72)],
    )

    undo_seconds = models.PositiveSmallIntegerField(
        _("seconds in which an answer by mail can be taken back"),
        default=10,
        validators=[MaxValueValidator(120)],
    )
    busy_visitors = models.PositiveIntegerField(
        _("Visitors from which only those who wait or are served are listed"),
        default=500,
        db_default=500,
        validators=[MinValueValidator(50), MaxValueValidator(5_000)],
    )

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get(cls) -> "Workspace":
        """The one row. Its number is fixed, so that two first visitors at once can't make two."""
        return cls.objects.get_or_create(pk=cls.ONLY)[0]


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, role=User.Role.ADMIN, is_superuser=True, **fields)

    def agents(self) -> models.QuerySet:
        """Everybody who can be assigned a ticket."""
        return self.filter(is_active=True).order_by("name", "email")

    def admins(self) -> models.QuerySet:
        return self.agents().filter(role=User.Role.ADMIN)


class User(AbstractBaseUser, PermissionsMixin):
    """A member of the team. Customers are Contacts, never Users."""

    class Role(models.TextChoices):
        AGENT = "agent", _("Agent")
        ADMIN = "admin", _("Admin")

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class AfterClosing(models.TextChoices):
        NEXT = "next", _("Open the next ticket of the list")
        STAY = "stay", _("Stay on the ticket")

    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.AGENT)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    theme = models.CharField(_("theme"), max_length=6, choices=Theme, default=Theme.SYSTEM, blank=True)
    signature = models.TextField(_("signature"), blank=True)
    mails_notices = models.BooleanField(_("mail me notices that I have not read"), default=True)
    after_closing = models.CharField(
        _("after closing a ticket"),
        max_length=4,
        choices=AfterClosing,
        default=AfterClosing.NEXT,
        db_default="next",
    )
    keys = models.JSONField(default=dict, blank=True, db_default={})  # action -> key, where it is not ours
    uses_letters = models.BooleanField(_("use single letters as shortcuts"), default=True, db_default=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def is_staff(self) -> bool:  # Django's own admin asks for it
        return self.is_admin and self.is_superuser


class Availability(models.Model):
    """What a member of the team says of themselves; without a row they take new tickets while their desk is open.

    Written through availability.py only, which also records it.
    """

    class State(models.TextChoices):
        ONLINE = "online", _("Online")
        BUSY = "busy", _("Busy")
        AWAY = "away", _("Away")
        OFFLINE = "offline", _("Offline")

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="availability")
    state = models.CharField(max_length=8, choices=State, default=State.ONLINE)
    reason = models.CharField(max_length=80, blank=True)
    until = models.DateTimeField(null=True)  # then they are online again
    since = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["until"], name="availability_until", condition=Q(until__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"


class Company(models.Model):
    name = models.CharField(max_length=120)
    domain = models.CharField(max_length=120, blank=True)
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain"], condition=~Q(domain=""), name="company_domain_once")
        ]

    def __str__(self) -> str:
        return self.name


# What two spellings of one telephone number have in common: its last digits, whatever stands between or before them.
PHONE_DIGITS, FEWEST_DIGITS = 9, 5
PHONE_END = Right(
    Func(
        F("phone"),
        Value(r"\D"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=models.CharField(),
    ),
    PHONE_DIGITS,
)


class ContactQuerySet(models.QuerySet):
    def standing(self) -> "ContactQuerySet":
        """People as they are known now: without those found to be somebody else."""
        return self.filter(merged_into=None)

    def by_phone(self, number: str) -> "ContactQuerySet":
        """Who has this telephone number, with or without the country's, however it is written; nobody for a few digits."""
        digits = re.sub(r"\D", "", number)[-PHONE_DIGITS:]
        if len(digits) < FEWEST_DIGITS:
            return self.none()
        return self.exclude(phone="").annotate(phone_end=PHONE_END).filter(phone_end=digits)


class Contact(models.Model):
    """A customer, or a visitor who has written. How we know them stands in `identities`.

    Found to be the same person as another, its row stays behind as an alias of that one (merging.py): whoever
    still holds its number, as the ledger does, finds who it is now.
    """

    name = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)  # the address to show and to answer to
    phone = models.CharField(max_length=40, blank=True)
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True, related_name="contacts")
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=40, blank=True)
    attributes = models.JSONField(default=dict, blank=True)  # plan, products ...
    is_blocked = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="aliases")

    objects = ContactQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="contact_newest"),
            models.Index(Lower("email"), name="contact_email"),
            models.Index(PHONE_END, name="contact_phone_end", condition=~Q(phone="")),
        ]

    def __str__(self) -> str:
        return self.name or self.email or _("Visitor %(number)s") % {"number": self.pk}

    @property
    def has_claimed_email(self) -> bool:
        """Whether the address is only what somebody typed or a site says: no mail has come from it, and nobody proved it."""
        own = (ContactIdentity.Kind.EMAIL, self.email.strip().lower())
        return bool(self.email) and own not in {(one.kind, one.value) for one in self.identities.all()}


class ContactMerge(models.Model):
    """Two contacts made one, with what is needed to make them two again (parting.py)."""

    kept = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    gone = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    rows = models.JSONField(default=dict)  # "tickets.ticket.contact": the numbers of those that moved over
    fields = models.JSONField(
        default=dict
    )  # of the one that was kept: name -> [before, after], where they differ
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="contact_merged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class ContactIdentity(models.Model):
    """One way to recognise a contact. `kind` and `value` together belong to one contact only."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        VISITOR = "visitor"  # a browser, by its signed id
        TELEGRAM = "telegram"
        EXTERNAL = "external"  # the customer's own id for the person

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20, choices=Kind)
    value = models.CharField(max_length=254)
    is_verified = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class BanQuerySet(models.QuerySet):
    def standing(self) -> "BanQuerySet":
        return self.filter(lifted_at=None)


class Ban(models.Model):
    """Somebody whom the team wants in no chat: a browser by its id, for a time also whoever comes from the same place.

    Of somebody who has written there is the contact, too; their other browsers are banned with it. What they write by mail
    still comes, unless `is_everywhere`.
    """

    visitor = models.UUIDField()
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="bans")
    is_everywhere = models.BooleanField(default=False, db_default=False)
    place = models.CharField(max_length=64, blank=True)  # a hash of the network address (bans.place_of)
    place_until = models.DateTimeField(null=True)
    name = models.CharField(max_length=120)  # as the team saw them
    reason = models.CharField(max_length=200, blank=True)
    banned_at = models.DateTimeField()
    banned_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = BanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visitor"], condition=Q(lifted_at=None), name="ban_of_visitor_once"
            )
        ]
        indexes = [models.Index(fields=["-banned_at", "-id"], name="ban_newest")]

    def __str__(self) -> str:
        return self.name
