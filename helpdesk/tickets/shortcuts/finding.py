"""Which shortcuts fit what was typed, the likeliest first."""

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import Func
from django.db.models.functions import Cast, Coalesce

from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut, ShortcutUse, Ticket

MOST = 8
READ = 60  # of one name there may be several, of which one is offered

# The further texts without their languages' codes: "it" is in every Italian one.
FURTHER_TEXTS = Cast(
    Func(F("translations"), Value("$.*"), function="jsonb_path_query_array"), output_field=TextField()
)


def language_of(ticket: Ticket) -> str:
    """The one a shortcut is wanted in."""
    return ticket.language or ticket.contact.language or "en"


def matching(shortcuts: QuerySet[Shortcut], words: str) -> QuerySet[Shortcut]:
    """Those with every one of the words in name, keywords or a text; `fit` says how well, 0 the best."""
    if not words.strip():
        return shortcuts.annotate(fit=Value(0, output_field=IntegerField()))
    first = words.split()[0]
    shortcuts = shortcuts.annotate(further=FURTHER_TEXTS)
    for word in words.split()[:8]:
        shortcuts = shortcuts.filter(
            Q(name__icontains=word)
            | Q(keywords__icontains=word)
            | Q(text__icontains=word)
            | Q(further__icontains=word)
        )
    fit = Case(
        When(name__iexact=first, then=0),
        When(name__istartswith=first, then=1),
        When(name__icontains=first, then=2),
        When(keywords__icontains=first, then=3),
        default=4,
        output_field=IntegerField(),
    )
    return shortcuts.annotate(fit=fit)


def offered_shortcuts(ticket: Ticket, words: str, user: User) -> list[Shortcut]:
    """What `/words` offers on this ticket: the best fitting first, of those what this user takes most often.

    Of one name one is offered: the user's own before that of the ticket's department, before another department's,
    before the one for all.
    """
    own_uses = ShortcutUse.objects.filter(shortcut=OuterRef("pk"), user=user).values("count")[:1]
    nearness = Case(
        When(owner=user, then=0),
        When(department=ticket.department_id, then=1) if ticket.department_id else When(pk=None, then=1),
        When(department__isnull=False, then=2),
        default=3,
        output_field=IntegerField(),
    )
    found = matching(Shortcut.objects.offered(ticket, user), words).annotate(
        uses_of_mine=Coalesce(Subquery(own_uses), 0), nearness=nearness
    )
    best: dict[str, Shortcut] = {}
    for shortcut in found.order_by("fit", "-uses_of_mine", "name", "nearness")[:READ]:
        before = best.get(shortcut.name)
        if before is None or shortcut.nearness < before.nearness:
            best[shortcut.name] = shortcut  # stays in the place of the first of its name
    return list(best.values())[:MOST]


def shared_shortcut(name: str, ticket: Ticket) -> Shortcut | None:
    """The one that answers by itself: of the ticket's department before the one for all; None where there is none."""
    theirs = Q(department=None) | Q(department=ticket.department_id)
    with_text = Shortcut.objects.standing().shared().filter(theirs, name=name).exclude(text="")
    return with_text.order_by(F("department").asc(nulls_last=True)).first()
