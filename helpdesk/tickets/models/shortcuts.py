"""Shortcuts and macros: texts and steps an agent calls up by name, and how often each is used."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from helpdesk.tickets.models.message import Message
from helpdesk.tickets.models.ticket import Ticket

if TYPE_CHECKING:
    from helpdesk.people.models import User


class ShortcutQuerySet(QuerySet):
    def standing(self) -> "ShortcutQuerySet":
        """Without those that were deleted, which can be brought back."""
        return self.filter(deleted_at=None)

    def shared(self) -> "ShortcutQuerySet":
        return self.filter(owner=None)

    def visible_to(self, user: "User") -> "ShortcutQuerySet":
        """Admins see all; agents their own, those for everybody, and those of departments they are members of."""
        if user.is_admin:
            return self
        theirs = Q(department__in=user.departments.values("pk"))
        return self.filter(Q(owner=user) | Q(owner=None, department=None) | theirs)

    def changeable_by(self, user: "User") -> "ShortcutQuerySet":
        """Agents change their own; what others use too is the admins'."""
        return self if user.is_admin else self.filter(owner=user)

    def offered(self, ticket: Ticket, user: "User") -> "ShortcutQuerySet":
        """What this user may call up on this ticket. An admin gets a department's on its own tickets, too; nobody gets
        somebody else's."""
        theirs = Q(department__in=user.departments.values("pk"))
        if user.is_admin and ticket.department_id:
            theirs |= Q(department=ticket.department_id)
        return self.standing().filter(Q(owner=user) | Q(owner=None, department=None) | theirs)

    def with_usage(self) -> "ShortcutQuerySet":
        """Each with `used`, how often by anybody, and `last_used_at`."""
        return self.annotate(used=Sum("uses__count", default=0), last_used_at=Max("uses__last_used_at"))


class Shortcut(models.Model):
    """A canned answer, called up with `/name`; with `actions` it is a macro. Of one person, of a department, or for all.

    `text` is in `language`, `translations` holds it in others by their codes. Placeholders: shortcuts/placeholders.py.
    `actions` is [{"do", "value"}, ...] with the keys of shortcuts/steps.py. Written through shortcuts/saving.py only.
    """

    name = models.SlugField(_("name"), max_length=40, allow_unicode=True)
    keywords = models.CharField(_("other words to find it by"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="shortcuts"
    )
    department = models.ForeignKey(
        "routing.Department", models.CASCADE, null=True, blank=True, verbose_name=_("only for department")
    )
    text = models.TextField(_("text"), blank=True)
    translations = models.JSONField(default=dict, blank=True)
    actions = models.JSONField(default=list, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ShortcutQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "owner", "department"],
                nulls_distinct=False,
                condition=Q(deleted_at=None),
                name="shortcut_once",
            ),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(department=None), name="shortcut_of_one_or_many"
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.name}"

    @property
    def texts(self) -> dict[str, str]:
        """The text by language, its first language first."""
        first = {self.language: self.text} if self.text else {}
        return first | {code: text for code, text in self.translations.items() if text}

    @property
    def is_macro(self) -> bool:
        return bool(self.actions)

    @property
    def reach(self) -> str:
        """For whom it is, in words. Read it with `owner` and `department` selected."""
        return str(self.owner or self.department or _now("Everybody"))

    def variant(self, language: str) -> tuple[str, str]:
        """(language, text) in this language; else in English, else as it was first written."""
        texts = self.texts
        code = next((one for one in (language, "en", *texts) if one in texts), language)
        return code, texts.get(code, "")

    def text_in(self, language: str) -> str:
        return self.variant(language)[1]


class ShortcutUse(models.Model):
    """How often one teammate has used a shortcut: their own most used come first."""

    shortcut = models.ForeignKey(Shortcut, models.CASCADE, related_name="uses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shortcut", "user"], name="shortcut_use_once")]

    def __str__(self) -> str:
        return f"{self.shortcut_id} by {self.user_id}: {self.count}"


class MacroRun(models.Model):
    """The steps of a macro as they were done on a ticket, with what is needed to take them back in one press."""

    shortcut = models.ForeignKey(Shortcut, models.SET_NULL, null=True, related_name="runs")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="macro_runs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    message = models.ForeignKey(  # with which it went; empty where it had no text
        Message, models.SET_NULL, null=True, related_name="macro_runs"
    )
    pressed = models.UUIDField(null=True, unique=True)  # the browser's own id: a second press does nothing
    done = models.JSONField(default=list)  # those of its actions that changed something
    before = models.JSONField(default=dict)  # the ticket's standing (undoing.py), and how it was left
    after = models.JSONField(default=dict)
    notes = models.JSONField(default=list)  # ids of the notes it wrote
    ran_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "shortcut"], condition=Q(message__isnull=False), name="macro_run_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shortcut_id} on #{self.ticket_id}"
