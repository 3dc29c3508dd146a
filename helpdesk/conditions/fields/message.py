"""What was written, by whom, and what the event itself says."""

from collections.abc import Callable

from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, QuerySet, TextField, Value, When
from django.db.models import Case as Told
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions import choices
from helpdesk.conditions.cases import Case
from helpdesk.conditions.fields.base import (
    EVENT,
    OF_CASE,
    OF_CONTACT,
    OF_PEOPLE,
    OF_TICKET_OR_VISITOR,
    Field,
    Over,
    Reads,
    Sql,
    as_text,
    first_of,
    key_of,
    said_in,
    texts_of,
)
from helpdesk.events import names
from helpdesk.tickets.models import Attachment, Message
from helpdesk.tickets.site_deeds import say_facts

ONLY_EVENTS = frozenset({EVENT})
WORDS = _("words with commas between")


def first_messages(over: Over) -> QuerySet:
    written = Message.objects.filter(ticket=over.ticket_id, kind=Message.Kind.INCOMING)
    return written.order_by("created_at", "id")


def of_first(name: str) -> Sql:
    return lambda over: [first_of(first_messages(over), name)]


def of_message(name: str) -> Sql:
    """Of the event's own message, else of the first."""

    def sql(over: Over) -> list:
        first = first_of(first_messages(over), name)
        if not over.prefix:
            return [first]
        number = Cast(
            Func(OuterRef("data"), Value("message"), function="jsonb_extract_path_text"), BigIntegerField()
        )
        return [Coalesce(first_of(Message.objects.filter(pk=number), name), first)]

    return sql


def subject_and_first(case: Case) -> list[str]:
    return [case.ticket.subject, case.first.text if case.first else ""]


def text_of_message(case: Case) -> list[str]:
    return [case.message.text] if case.message else []


def written_by_machine(case: Case) -> bool:
    return bool(case.message and case.message.is_automatic)


def sender_domain(case: Case) -> list[str]:
    return [case.contact.email.rpartition("@")[2]]


def domain_sql(over: Over) -> list:
    pattern = Value("[^@]*$")
    return [Func(over.of_ticket("contact__email"), pattern, function="substring", output_field=TextField())]


def began_at(key: str) -> tuple[Reads, Sql]:
    """What the site told when the ticket began."""

    def read(case: Case) -> list[str]:
        return key_of(as_text(case.ticket.attributes.get(key)))

    def sql(over: Over) -> list:
        return [said_in(over.of_ticket("attributes"), key)]

    return read, sql


def rating(case: Case) -> list[str]:
    return key_of(case.event.value) if case.event and case.event.name == "survey.rated" else []


def of_event(told: Callable[[], When]) -> Sql:
    """What only an event has; over tickets there is none."""
    return lambda over: [Told(told(), output_field=TextField()) if over.prefix else Value(None, TextField())]


def did(case: Case) -> list[str]:
    """What they did on the site, as its page calls it."""
    return key_of(case.event.data.get("did")) if is_deed(case) else []


def did_facts(case: Case) -> list[str]:
    return say_facts(case.event.data.get("facts", {})) if is_deed(case) else []


def is_deed(case: Case) -> bool:
    return case.event is not None and case.event.name == names.VISITOR_DID


def did_facts_sql(over: Over) -> list | None:
    """Of events it is read one by one, as each has others."""
    return None if over.prefix else [Value(None, TextField())]


def who(case: Case) -> list[str]:
    return key_of(case.event.actor_kind) if case.event else []


def everybody() -> choices.Choices:
    return [
        ("customer", _now("the customer")),
        ("agent", _now("a teammate")),
        ("bot", _now("the bot")),
        ("trigger", _now("a trigger")),
        ("system", _now("the helpdesk")),
    ]


def has_file_sql(over: Over) -> Exists:
    return Exists(Attachment.objects.filter(message__ticket=over.ticket_id))


def referrer(case: Case) -> list[str]:
    """Of the visit; of a ticket, of the visit in which it began."""
    return key_of(case.moment.referrer) if case.moment else REFERRER[0](case)


PAGE, REFERRER = began_at("page"), began_at("referrer")

MESSAGE_FIELDS = (
    Field(
        "subject_or_first",
        _("Subject or first message"),
        "text",
        subject_and_first,
        lambda over: [over.of_ticket("subject"), *of_first("text")(over)],
        hint=WORDS,
    ),
    Field("text", _("Message"), "text", text_of_message, of_message("text"), hint=WORDS),
    Field(
        "subject", _("Subject"), "text", lambda case: [case.ticket.subject], texts_of("subject"), hint=WORDS
    ),
    Field(
        "sender",
        _("Sender's address"),
        "text",
        lambda case: [case.contact.email],
        texts_of("contact__email"),
        of=OF_CONTACT,
    ),
    Field(
        "domain", _("Sender's domain"), "text", sender_domain, domain_sql, hint="example.com", of=OF_CONTACT
    ),
    Field("page", _("Page where it began"), "text", *PAGE, hint="/checkout"),
    Field(
        "referrer",
        _("Where they came from"),
        "text",
        referrer,
        REFERRER[1],
        hint="google",
        scopes=OF_PEOPLE,
        of=OF_TICKET_OR_VISITOR,
    ),
    Field("has_file", _("A file is attached"), "yes_no", lambda case: case.known.has_file, has_file_sql),
    Field(
        "automatic",
        _("Written by a machine"),
        "yes_no",
        written_by_machine,
        lambda over: Coalesce(*of_message("is_automatic")(over), False),
    ),
    Field(
        "rating",
        _("Rating"),
        "choice",
        rating,
        of_event(lambda: When(name="survey.rated", then=Cast("value", TextField()))),
        choices.ratings,
        scopes=ONLY_EVENTS,
        of=OF_CASE,
    ),
    Field(
        "did",
        _("What they did on the site"),
        "text",
        did,
        of_event(lambda: When(name=names.VISITOR_DID, then=said_in(F("data"), "did"))),
        hint=_("the name that your site tells"),
        scopes=ONLY_EVENTS,
        of=OF_CASE,
    ),
    Field(
        "did_facts",
        _("What was told of it"),
        "text",
        did_facts,
        did_facts_sql,
        hint="plan: pro",
        scopes=ONLY_EVENTS,
        of=OF_CASE,
    ),
    Field(
        "who",
        _("Who did it"),
        "choice",
        who,
        of_event(lambda: When(actor_kind__gt="", then=F("actor_kind"))),
        everybody,
        scopes=ONLY_EVENTS,
        of=OF_CASE,
    ),
)
