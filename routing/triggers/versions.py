"""How a trigger read from save to save: who changed what, in sentences, and back to any of them."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.conditions import Offers
from helpdesk.people.models import User
from routing.models import Trigger, TriggerVersion
from routing.triggers.sentences import sentences_of

DEFINED_BY = ("name", "on", "after_minutes", "clock", "conditions", "actions", "stops", "once_per_ticket")


def definition_of(trigger: Trigger) -> dict[str, Any]:
    """All that says what it does, as JSON."""
    return {field: getattr(trigger, field) for field in DEFINED_BY} | {"is_active": trigger.is_active}


def with_definition(trigger: Trigger, definition: dict[str, Any]) -> Trigger:
    """Put a definition into a trigger, unsaved. Whether it is on stays as it is."""
    for field in DEFINED_BY:
        if field in definition:
            setattr(trigger, field, definition[field])
    return trigger


def keep_version(trigger: Trigger, *, user: User | None, restored_from: int | None = None) -> None:
    """Write down how it reads now, where that has changed. Call it in the transaction that saves it."""
    definition = definition_of(trigger)
    last = trigger.versions.first()
    if last and last.definition == definition:
        return
    trigger.version = last.number + 1 if last else 1
    TriggerVersion.objects.create(
        trigger=trigger,
        number=trigger.version,
        definition=definition,
        user=user,
        made_by=str(user or ""),
        restored_from=restored_from,
        made_at=clock.now(),
    )
    Trigger.objects.filter(pk=trigger.pk).update(version=trigger.version)


@dataclass(frozen=True)
class Change:
    """What one version says differently from the one before it."""

    version: TriggerVersion
    gone: list[str]
    new: list[str]


@transaction.atomic
def history_of(trigger: Trigger) -> list[Change]:
    """Every version with its changes, the newest first."""
    versions = list(trigger.versions.select_related("user"))
    offers = Offers()
    said = [sentences_of(with_definition(Trigger(), each.definition), offers) for each in versions]
    changes = []
    for at, version in enumerate(versions):
        before = said[at + 1] if at + 1 < len(versions) else []
        gone, new = differences(before, said[at])
        if at + 1 < len(versions):
            new += switched(versions[at + 1].definition, version.definition)
        changes.append(Change(version, gone, new))
    return changes


def differences(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    gone, new = [], []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            gone += before[a:b]
            new += after[c:d]
    return gone, new


def switched(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if before.get("is_active") == after.get("is_active"):
        return []
    return [_("Switched on") if after.get("is_active") else _("Switched off")]
