"""One message as the customer sees it: `_bubble.html` is drawn here for page, reply and push alike."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from helpdesk.connectors.webchat.look import team_of
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.inboxes.models import Inbox
from helpdesk.people.faces import initials_of, tint_of
from helpdesk.tickets.markup import own_html
from helpdesk.tickets.models import Message, Survey
from helpdesk.tickets.pictures import SHOWN as PICTURES
from helpdesk.tickets.surveys import is_open, question_of, score_words


def as_json(message: Message, visit: Visit) -> dict[str, Any]:
    """What a widget puts in its thread. `uuid` is the widget's own id of what this visitor sent."""
    is_mine = message.kind == Message.Kind.INCOMING
    return {
        "id": message.pk,
        "uuid": str(message.client_uuid) if is_mine and message.client_uuid else "",
        "mine": is_mine,
        "at": message.created_at.isoformat(),
        "html": render_to_string("webchat/_bubble.html", bubble(message, visit)),
    }


def bubble(message: Message, visit: Visit) -> dict[str, Any]:
    """What the bubble's template prints."""
    survey = getattr(message, "survey", None)
    attachments = list(message.attachments.all())
    is_mine = message.kind == Message.Kind.INCOMING
    author = "" if is_mine else author_of(message, visit.inbox)
    return {
        "message": message,
        "marked": own_html(message.html),
        "inbox": visit.inbox,
        "is_mine": is_mine,
        "survey": survey,
        "author": author,
        "initials": initials_of(author),
        "tint": tint_of(author),
        "pictures": [file for file in attachments if file.content_type in PICTURES],
        "files": [file for file in attachments if file.content_type not in PICTURES],
        **(rating(survey) if survey else {}),
    }


def rating(survey: Survey) -> dict[str, Any]:
    """What the survey in a bubble prints."""
    return {
        "question": question_of(survey),
        "chosen": str(survey.score or ""),
        "scores": [(str(score), words) for score, words in sorted(score_words(survey.style).items())],
        "is_open": is_open(survey),
    }


def author_of(message: Message, inbox: Inbox) -> str:
    """A teammate's name; the team's for what nobody typed: a trigger's name is not for customers. A bot says that it is one."""
    if message.author_kind == "bot":
        return _("%(team)s · Bot") % {"team": team_of(inbox)}
    return (message.author_name if message.author_kind == "agent" else "") or team_of(inbox)
