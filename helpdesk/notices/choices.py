"""The page on which one chooses of what to be told, and how."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from helpdesk.errors import Invalid
from helpdesk.notices.choosing import DEFAULTS, Mail, Ways, habits_of, kinds_for, ways_in
from helpdesk.notices.models import NoticeHabits
from helpdesk.people.models import User


def choices_page(user: User) -> dict[str, Any]:
    """What the page prints: each kind with its ways, the digest, and the devices."""
    habits = habits_of([user])[user.pk]
    return {
        "rows": [(kind, ways_in(habits.choices, kind)) for kind in kinds_for(user)],
        "mails": Mail.choices,
        "digest": habits.digest,
        "digests": NoticeHabits.Digest.choices,
        "devices": user.devices.order_by("added_at", "pk"),
    }


def keep_choices(user: User, form: Mapping[str, str]) -> None:
    """Store what differs from the defaults, so that a better default reaches whoever left it alone.

    Raises Invalid where a way is none of ours.
    """
    digest = form.get("digest", NoticeHabits.Digest.DAILY)
    if digest not in NoticeHabits.Digest.values:
        raise Invalid(field="digest")
    chosen = {kind.value: ways_from(form, kind) for kind in kinds_for(user)}
    changed = {kind: asdict(ways) for kind, ways in chosen.items() if ways != DEFAULTS[kind]}
    NoticeHabits.objects.update_or_create(user=user, defaults={"choices": changed, "digest": digest})


def ways_from(form: Mapping[str, str], kind: str) -> Ways:
    mail = form.get(f"mail-{kind}", Mail.NO)
    if mail not in Mail.values:
        raise Invalid(field=f"mail-{kind}")
    return Ways(page=f"page-{kind}" in form, browser=f"browser-{kind}" in form, mail=str(mail))
