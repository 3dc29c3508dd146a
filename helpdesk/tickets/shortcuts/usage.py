"""How often who uses what: everybody's most used come first, and what nobody uses can go."""

from django.db.models import F

from helpdesk import clock
from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut, ShortcutUse


def note_use(shortcut: Shortcut, user: User) -> None:
    """One more use by this user, now."""
    now = clock.now()
    use, is_new = ShortcutUse.objects.get_or_create(
        shortcut=shortcut, user=user, defaults={"count": 1, "last_used_at": now}
    )
    if not is_new:
        ShortcutUse.objects.filter(pk=use.pk).update(count=F("count") + 1, last_used_at=now)
