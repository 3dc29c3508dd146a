"""Who is at a ticket, as small pictures: in the list's rows and in the head of the conversation."""

from collections.abc import Sequence
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk.desk.together import Person

MOST_SHOWN = 3


def draw_people(people: Sequence[Person]) -> SafeString:
    return mark_safe(drawn(tuple(people), get_language())) if people else SafeString()  # noqa: S308  of our template


@lru_cache(maxsize=512)  # a change is drawn for everybody who looks at the list, and mostly the same
def drawn(people: tuple[Person, ...], _language: str) -> str:
    shown = [(one, words_for(one)) for one in people[:MOST_SHOWN]]
    return render_to_string(
        "desk/_together.html", {"people": shown, "more": len(people) - len(shown)}
    ).strip()


def words_for(person: Person) -> str:
    if person.doing == "typing":
        return _("%(name)s is writing") % {"name": person.name}
    if person.doing == "draft":
        return _("%(name)s has begun to write") % {"name": person.name}
    return _("%(name)s is looking at this") % {"name": person.name}
