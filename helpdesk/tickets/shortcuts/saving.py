"""Keeping a shortcut: who may, and what it must be. The settings, the API and an imported file come by here."""

import re
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Invalid, NotAllowed
from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut
from helpdesk.tickets.shortcuts.placeholders import unknown_in
from helpdesk.tickets.shortcuts.steps import STEPS, Offers, fault_of, in_order
from helpdesk.tickets.text import clean_text

NAME = re.compile(r"[\w-]{1,40}")
LONGEST_TEXT = 20_000
LONGEST_KEYWORDS = 200
MOST_STEPS = 12


class InvalidShortcut(Invalid):
    """`faults`: the reason by field: name, reach, keywords, text, `text.it` and the like, `actions`, `actions.0`."""

    def __init__(self, faults: dict[str, str]) -> None:
        field, reason = next(iter(faults.items()))
        super().__init__(reason, field=field)
        self.faults = faults


def save_shortcut(shortcut: Shortcut, *, by: User, offers: Offers | None = None) -> Shortcut:
    """Keep it as it is now. `offers`: what its steps may choose, where the caller has read it already. Raises NotAllowed
    where it is, or would be, not theirs to change, InvalidShortcut for the rest."""
    refuse_others(shortcut, by)
    tidy(shortcut)
    if faults := faults_of(shortcut, offers or Offers(by)):
        raise InvalidShortcut(faults)
    try:
        with transaction.atomic():
            shortcut.save()
    except IntegrityError:  # somebody was faster
        raise InvalidShortcut({"name": name_is_taken(shortcut)}) from None
    return shortcut


def refuse_others(shortcut: Shortcut, by: User) -> None:
    """Agents write for themselves alone, and change what they wrote."""
    if by.is_admin:
        return
    is_theirs = shortcut.pk is None or Shortcut.objects.filter(pk=shortcut.pk, owner=by).exists()
    if not is_theirs or shortcut.owner_id != by.pk:
        raise NotAllowed(_("Only admins write what others use too. Make it your own."))


def tidy(shortcut: Shortcut) -> None:
    """Small letters in names, no empty texts, and a first language that has one."""
    shortcut.name = clean_text(shortcut.name).strip().lstrip("/").lower()
    shortcut.keywords = " ".join(clean_text(shortcut.keywords).split())
    texts = {code: clean_text(text).strip() for code, text in all_texts(shortcut).items()}
    texts = {code: text for code, text in texts.items() if text}
    if shortcut.language not in texts and texts:
        shortcut.language = "en" if "en" in texts else next(iter(texts))
    shortcut.text = texts.pop(shortcut.language, "")
    shortcut.translations = texts


def all_texts(shortcut: Shortcut) -> dict[str, str]:
    """By language, the one of its own field first, whatever else is filed under it."""
    return {
        **shortcut.translations,
        shortcut.language: shortcut.text or shortcut.translations.get(shortcut.language, ""),
    }


def faults_of(shortcut: Shortcut, offers: Offers) -> dict[str, str]:
    """Why it can't be kept, in words, by field; empty where it can. Call it tidied."""
    faults: dict[str, str] = {}
    if not NAME.fullmatch(shortcut.name):
        faults["name"] = _("Letters, digits and hyphens, without spaces; at most 40.")
    elif is_taken(shortcut):
        faults["name"] = name_is_taken(shortcut)
    if shortcut.owner_id and shortcut.department_id:
        faults["reach"] = _("It is for one person, for a department, or for everybody.")
    if len(shortcut.keywords) > LONGEST_KEYWORDS:
        faults["keywords"] = _("At most %(most)s characters.") % {"most": LONGEST_KEYWORDS}
    faults |= faults_of_texts(shortcut)
    return faults | faults_of_actions(shortcut.actions, offers)


def faults_of_texts(shortcut: Shortcut) -> dict[str, str]:
    if not shortcut.texts and not shortcut.actions:
        return {"text": _("Write a text, or add a step.")}
    faults = {}
    for code, text in shortcut.texts.items():
        if code not in dict(settings.LANGUAGES):
            faults[f"text.{code}"] = _("This language is not one of ours.")
        elif len(text) > LONGEST_TEXT:
            faults[f"text.{code}"] = _("At most %(most)s characters.") % {"most": LONGEST_TEXT}
        elif unknown := unknown_in(text):
            faults[f"text.{code}"] = _("There is no such placeholder: %(names)s") % {
                "names": ", ".join(unknown)
            }
    return faults


def faults_of_actions(actions: Any, offers: Offers) -> dict[str, str]:
    if len(actions) > MOST_STEPS:
        return {"actions": _("At most %(most)s steps.") % {"most": MOST_STEPS}}
    if not all(isinstance(action, dict) and action.get("do") in STEPS for action in actions):
        return {"actions": _("There is no such step.")}
    found = {f"actions.{number}": fault_of(action, offers) for number, action in enumerate(actions)}
    faults = {place: fault for place, fault in found.items() if fault}
    for number, action in enumerate(actions):
        if not faults and action["do"] == "note" and (unknown := unknown_in(action["value"])):
            names = ", ".join(unknown)
            faults[f"actions.{number}"] = _("There is no such placeholder: %(names)s") % {"names": names}
    return faults


def namesakes(shortcut: Shortcut) -> Any:
    return (
        Shortcut.objects.standing()
        .filter(name=shortcut.name, owner=shortcut.owner_id, department=shortcut.department_id)
        .exclude(pk=shortcut.pk)
    )


def is_taken(shortcut: Shortcut) -> bool:
    return namesakes(shortcut).exists()


def name_is_taken(shortcut: Shortcut) -> str:
    return _("There is a shortcut /%(name)s for the same people already.") % {"name": shortcut.name}


def copy_shortcut(shortcut: Shortcut, *, by: User) -> Shortcut:
    """A copy under a name that is free; an agent's copy is their own. Returns it, kept."""
    copy = Shortcut.objects.get(pk=shortcut.pk)
    copy.pk, copy._state.adding = None, True
    if not by.is_admin:
        copy.owner, copy.department = by, None
        known = Offers(by)
        copy.actions = [action for action in in_order(copy.actions) if not fault_of(action, known)]
    copy.name = free_name(copy)
    return save_shortcut(copy, by=by)


def free_name(shortcut: Shortcut) -> str:
    """Its own name where nobody has it there, else with a number behind it."""
    name, number = shortcut.name, 1
    taken = set(
        Shortcut.objects.standing()
        .filter(owner=shortcut.owner_id, department=shortcut.department_id, name__startswith=name[:36])
        .values_list("name", flat=True)
    )
    while name in taken:
        number += 1
        name = f"{shortcut.name[:36]}-{number}"
    return name


def delete_shortcut(shortcut: Shortcut, *, by: User) -> None:
    """Take it out of every list; it can be brought back."""
    refuse_others(shortcut, by)
    shortcut.deleted_at = clock.now()
    shortcut.save(update_fields=["deleted_at"])


def restore_shortcut(shortcut: Shortcut, *, by: User) -> Shortcut:
    """Bring a deleted one back, under another name where its own was taken meanwhile."""
    refuse_others(shortcut, by)
    if shortcut.deleted_at:
        shortcut.name, shortcut.deleted_at = free_name(shortcut), None
        shortcut.save(update_fields=["name", "deleted_at"])
    return shortcut
