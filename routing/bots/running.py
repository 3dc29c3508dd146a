"""A bot's conversation: it asks one question after the other, and goes when it has done what it can.

Everything that a message leads to happens in one transaction with the run held; `heard` says up to which message that has
happened, so that a message that is told twice is answered once. The contact is locked first, as in `receive`.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Conflict, HelpdeskError, NotThere, Skipped
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.people.attributes.changing import change_value
from helpdesk.people.contacts import lock_contact, note_claimed_address
from helpdesk.people.models import Workspace
from helpdesk.sweeping import count_each
from helpdesk.tickets import actions as verbs
from helpdesk.tickets.expecting import say_expected
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.shortcuts.finding import language_of
from helpdesk.tickets.shortcuts.placeholders import fill_in_alone
from helpdesk.tickets.ways import inbox_of_answer
from helpdesk.tickets.writing import reply
from routing.assignment.rules import route_again
from routing.bots.questions import (
    ATTRIBUTE,
    EMAIL,
    OWN,
    Answer,
    Option,
    Question,
    choices_of,
    in_language,
    is_known,
    last_words,
    offered,
    person_words,
    plain,
    read_answer,
    read_questions,
    skip_words,
)
from routing.models import Bot, BotRun, Department
from routing.service import care

log = logging.getLogger(__name__)
KEPT_AS = (
    "answers"  # of a ticket's attributes, [[question, answer], ...]: as the form before a chat keeps them
)
MOST_MISSES = 2  # then the question is let be
# What else says that somebody wants a person: alone, in any of the languages.
PERSON_WORDS = frozenset(
    [
        "person",
        "human",
        "agent",
        "operator",
        "persona",
        "operatore",
        "umano",
        "persoană",
        "persoana",
        "om",
        "operator",
        "agent",
        "uman",
        "人工",
        "真人",
        "客服",
    ]
)
Reason = BotRun.Reason


def start_bot(bot_id: int, ticket: Ticket) -> str:
    """Begin to ask on this ticket; returns why nothing was asked where there was nothing to ask. Raises HelpdeskError where a
    bot has no business there."""
    bot = Bot.objects.filter(pk=bot_id).first()
    if bot is None:
        raise NotThere(_("The bot is gone."))
    with transaction.atomic():
        lock_contact(ticket.contact_id)
        ticket = Ticket.objects.select_for_update(of=("self",)).select_related("contact").get(pk=ticket.pk)
        refuse(bot, ticket)
        newest = ticket.messages.order_by("-id").values_list("id", flat=True).first() or 0
        now = clock.now()
        run = BotRun.objects.create(bot=bot, ticket=ticket, asked_at=now, started_at=now, heard=newest)
        with translation.override(language_of(ticket)):
            return ask_next(run, [in_language(bot.opening, language_of(ticket))])


def refuse(bot: Bot, ticket: Ticket) -> None:
    """Raises Conflict, which says why, where this bot is not to begin on this ticket; Skipped where nothing is wrong with that."""
    if not bot.is_active:
        raise Conflict(_("Not started: the bot is switched off."))
    if inbox_of_answer(ticket).kind == Inbox.Kind.EMAIL:
        raise Skipped(_("Not started: a bot asks in chats, not by mail."))
    if is_over(ticket) or ticket.contact.is_blocked:
        raise Skipped(_("Not started: nobody works on the ticket."))
    if ticket.assignee_id or ticket.first_replied_at:
        raise Skipped(_("Not started: somebody of the team has it."))
    if BotRun.objects.filter(ticket=ticket, bot=bot).exists():
        raise Skipped(_("Not started: this bot has asked here before."))
    if BotRun.objects.filter(ticket=ticket, ended_at=None).exists():
        raise Skipped(_("Not started: another bot is asking."))
    if not ticket.messages.filter(kind=Message.Kind.INCOMING).exists():
        raise Skipped(_("Not started: the customer has not written yet."))
    care.refuse_machines(ticket)


@transaction.atomic
def hear(ticket_id: int) -> None:
    """Look at what the customer has written since."""
    run = held_run(ticket_id)
    if run is None:
        return
    ticket = run.ticket
    written = ticket.messages.filter(kind=Message.Kind.INCOMING, pk__gt=run.heard, is_automatic=False)
    with translation.override(language_of(ticket)):
        for message in written.order_by("id"):
            run.heard = message.pk
            run.save(update_fields=["heard"])
            if reason := reason_to_go(run, message):
                end(run, reason, say=[])
            elif message.created_at >= run.asked_at:  # before, they had not seen the question
                take(run, message.text)
            if run.ended_at:
                return


def held_run(ticket_id: int) -> BotRun | None:
    """The run that goes on there, with contact, ticket and run locked in this order; None where there is none."""
    going = BotRun.objects.filter(ticket=ticket_id, ended_at=None)
    contact = going.values_list("ticket__contact", flat=True).first()
    if contact is None:
        return None
    lock_contact(contact)
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("contact").get(pk=ticket_id)
    run = going.select_for_update(of=("self",)).select_related("bot").first()
    if run:
        run.ticket = ticket
    return run


def reason_to_go(run: BotRun, message: Message) -> str:
    """Why the bot has no business there any more, "" where it has."""
    if is_over(run.ticket):
        return Reason.OVER
    if message.channel == Inbox.Kind.EMAIL:
        return Reason.MAIL
    return Reason.CARE if left_to_people(run.ticket) else ""


def take(run: BotRun, text: str) -> None:
    """What the customer said while the question stands."""
    questions, language = read_questions(run.bot.questions), language_of(run.ticket)
    if run.position >= len(questions):  # the bot was changed meanwhile
        ask_next(run, [])
        return
    question = questions[run.position]
    if wants_person(text) and not any(same_words(text, choice) for choice in choices_of(question, language)):
        end(run, Reason.PERSON, say=[_("All right, a colleague takes over."), say_expected(run.ticket)])
        return
    if is_known(question, run.ticket.contact):  # told elsewhere, or no longer kept, since it was asked
        ask_next(run, [])
        return
    if question.is_optional and same_words(text, skip_words()):
        ask_next(run, [], after=True)
        return
    try:
        answer = read_answer(question, text, language)
        with transaction.atomic():
            keep(run, question, answer)
    except HelpdeskError as refusal:
        miss(run, question, refusal)
        return
    ask_next(run, [], after=True)


def is_over(ticket: Ticket) -> bool:
    """Nobody works on it any more."""
    return bool(ticket.is_finished or ticket.is_spam or ticket.trashed_at or ticket.merged_into_id)


def left_to_people(ticket: Ticket) -> bool:
    try:
        care.refuse_machines(ticket)
    except Conflict:
        return True
    return False


def wants_person(text: str) -> bool:
    return same_words(text, person_words()) or text.strip().casefold().rstrip(".!") in PERSON_WORDS


def same_words(text: str, words: str) -> bool:
    return plain(text) == plain(words)


def miss(run: BotRun, question: Question, refusal: HelpdeskError) -> None:
    """Say why it was no answer and ask once more; then it is let be. Nobody is held up by a machine that does not understand."""
    run.misses += 1
    if run.misses >= MOST_MISSES:
        ask_next(run, [], after=True)
        return
    ask(run, question, [str(refusal)])


def keep(run: BotRun, question: Question, answer: Answer) -> None:
    """Where it belongs: with the ticket as question and answer, with the person, and what a choice brings with it."""
    ticket, by = run.ticket, actor_of(run.bot)
    kept = [*ticket.attributes.get(KEPT_AS, []), [question.text(Workspace.get().language), answer.words]]
    ticket.attributes |= {KEPT_AS: kept}
    ticket.save(update_fields=["attributes"])
    if question.kind == EMAIL:
        contact = lock_contact(ticket.contact_id)
        note_claimed_address(contact, answer.value)
        contact.save(update_fields=["email"])
    elif question.kind == ATTRIBUTE or question.kind in OWN:
        key = question.attribute or question.kind
        change_value(ticket.contact, of="person", key=key, value=answer.value, by=by, ticket=ticket)
    if answer.option:
        apply(run, answer.option, by)


def apply(run: BotRun, option: Option, by: Actor) -> None:
    """The department comes at the end: who is there would see half a conversation."""
    if option.tag:
        verbs.tag_ticket(run.ticket, tags=[option.tag], by=by)
    if option.priority:
        verbs.prioritise_ticket(run.ticket, priority=int(option.priority), by=by)
    if option.department:
        run.department = Department.objects.filter(pk=option.department, is_active=True).first()


def ask_next(run: BotRun, before: Sequence[str], *, after: bool = False) -> str:
    """Ask the next question that is not answered yet, or end; `before` is said in the same message. Returns "", or why
    nothing was asked."""
    questions = read_questions(run.bot.questions)
    run.position, run.misses = run.position + after, 0
    run.ticket.contact.refresh_from_db()
    while run.position < len(questions) and is_known(questions[run.position], run.ticket.contact):
        run.position += 1
    if run.position < len(questions):
        return ask(run, questions[run.position], before)
    return end(run, Reason.DONE, say=[*before, *closing_of(run)])


def ask(run: BotRun, question: Question, before: Sequence[str]) -> str:
    language = language_of(run.ticket)
    text = "\n\n".join(filter(None, [*before, question.text(language)]))
    run.asked = say(run, text, choices=offered(question, language))
    run.asked_at = clock.now()
    run.save(update_fields=["position", "misses", "asked", "asked_at", "department"])
    return ""


def say(run: BotRun, text: str, *, choices: Sequence[str] = ()) -> Message:
    filled = fill_in_alone(text, run.ticket, Workspace.get())
    return reply(run.ticket, filled, by=actor_of(run.bot), choices=choices)


def closing_of(run: BotRun) -> list[str]:
    return [last_words(run.bot.closing, language_of(run.ticket)), say_expected(run.ticket)]


def end(run: BotRun, reason: str, *, say: Sequence[str]) -> str:
    """The bot goes. Where a person is to take over the ticket is brought to where it belongs. Returns ""."""
    run.ended_at, run.reason = clock.now(), reason
    run.save(update_fields=["position", "misses", "ended_at", "reason", "department"])
    if text := "\n\n".join(filter(None, say)):
        say_last(run, text)
    if reason not in (Reason.TAKEN, Reason.OVER):
        hand_over(run)
    return ""


def say_last(run: BotRun, text: str) -> None:
    """What is owed to the customer last; where it can't be said the team takes over all the same."""
    try:
        with transaction.atomic():
            say(run, text)
    except HelpdeskError as refusal:
        log.info("A bot's last words were refused: %s", refusal)


def hand_over(run: BotRun) -> None:
    by, bot = actor_of(run.bot), run.bot
    department = run.department or bot.department
    if department and department.is_active:
        verbs.transfer_ticket(run.ticket, to=department, by=by)
    if bot.asks_rules and not run.department:
        route_again(run.ticket)
    data = {"bot": bot.name, "reason": run.reason}
    record(names.BOT_HANDED_OVER, by=by, ticket=run.ticket, data=data)


@transaction.atomic
def end_for(ticket_id: int, reason: str) -> bool:
    """The bot goes, whatever it was about to ask: somebody of the team has the ticket, or nobody works on it any more."""
    run = held_run(ticket_id)
    if run:
        end(run, reason, say=[])
    return run is not None


def hand_over_silent() -> int:
    """Sweep: whoever does not answer gets a person, too. How many."""
    waiting = BotRun.objects.filter(
        ended_at=None, asked_at__lte=clock.now() - F("bot__patience_minutes") * timedelta(minutes=1)
    )
    return count_each(hand_over_if_silent, waiting.order_by("asked_at").values_list("ticket", "asked_at"))


@transaction.atomic
def hand_over_if_silent(ticket_id: int, asked_at: object) -> bool:
    run = held_run(ticket_id)
    if run is None or run.asked_at != asked_at:
        return False  # they answered meanwhile
    end(run, Reason.SILENCE, say=[])
    return True


def actor_of(bot: Bot) -> Actor:
    return Actor("bot", bot.pk, bot.name)
