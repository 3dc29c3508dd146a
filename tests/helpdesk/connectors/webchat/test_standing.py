"""What stands around a chat: away, the queue, an honest wait, other ways than waiting, read marks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from helpdesk import clock
from helpdesk.connectors.webchat.overload import note_overload
from helpdesk.desk.timeline import note_look
from helpdesk.people.contacts import find_or_create_contact
from helpdesk.people.duty import note_duty
from helpdesk.people.visitors import read_visitor
from helpdesk.tickets.actions import assign_ticket, close_ticket
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import begin_ticket, reply
from routing.models import BusinessHours
from tests.factories import by, make_agent, make_department

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OFFICE = [[day, "09:00", "18:00"] for day in range(5)]


@pytest.fixture
def agent(db):
    return make_agent("Alice")


@pytest.fixture
def there(widget):
    """Somebody is at the desk, and no hours are set."""
    note_duty([None])


def standing(browser):
    return browser.get("standing").json()


def ticket_of(answered):
    return Ticket.objects.get(pk=answered.json()["ticket"])


def answered_chats(browse, agent, minutes):
    """Chats that were asked and answered so many minutes later each, all of them just now."""
    now = clock.now()
    for span in minutes:
        with clock.frozen_at(now - timedelta(minutes=span)):
            ticket = ticket_of(browse().write("Hello"))
        with clock.frozen_at(now):
            reply(ticket, "Hi", by=by(agent))


# ------------------------------------------------------------------------------------------------- away
def test_with_nobody_at_the_desk_it_says_so_and_asks_for_an_address(browse):
    browser = browse()
    now = browser.opened["standing"]
    assert "Nobody is here right now." in now["notice"]
    assert "We are back" not in now["notice"]
    assert now["asks"] == "To which address shall we send our answer?"


def test_outside_the_hours_it_says_when_somebody_is_there_again(browse, there):
    BusinessHours.objects.create(name="Shop", time_zone="Europe/Rome", weekly=OFFICE, is_default=True)
    with clock.frozen_at(datetime(2026, 11, 21, 12, 0, tzinfo=UTC)):  # a Saturday
        notice = browse().opened["standing"]["notice"]
    assert 'datetime="2026-11-23T09:00:00+01:00"' in notice
    assert "Monday, 09:00 CET" in notice
    with clock.frozen_at(MONDAY):
        note_duty([None])
        assert browse().opened["standing"]["notice"] == ""


def test_after_a_long_holiday_the_day_has_its_date(browse):
    weekly = {"time_zone": "UTC", "weekly": OFFICE, "is_default": True}
    holidays = [f"2026-12-{day}" for day in range(21, 32)]
    BusinessHours.objects.create(name="Shop", holidays=holidays, **weekly)
    with clock.frozen_at(datetime(2026, 12, 19, 12, 0, tzinfo=UTC)):
        assert "Friday 1 January, 09:00 UTC" in browse().opened["standing"]["notice"]


def test_the_team_of_the_department_is_what_counts(browse, widget):
    widget.department = make_department("Billing")
    widget.save()
    note_duty([None])
    assert "Nobody is here" in browse().opened["standing"]["notice"]
    note_duty([widget.department_id])
    assert browse().opened["standing"]["notice"] == ""


def test_the_inbox_has_its_own_words_for_being_away(browse, widget):
    widget.options = {"away_text": "We are out <hiking>.", "texts": {"it": {"away_text": "Siamo via."}}}
    widget.save()
    assert "We are out &lt;hiking&gt;." in browse().opened["standing"]["notice"]
    assert "Siamo via." in browse(lang="it").opened["standing"]["notice"]


def test_who_has_left_an_address_reads_where_the_answer_goes(browse):
    browser = browse()
    browser.write("Hello", email="carla@customer.example")
    assert "<bdi>carla@customer.example</bdi>" in standing(browser)["notice"]


def test_who_was_answered_after_hours_is_not_told_that_nobody_is_there(browse, agent):
    browser = browse()
    reply(ticket_of(browser.write("Hello")), "Hi", by=by(agent))
    assert standing(browser)["notice"] == ""


# ------------------------------------------------------------------------------------------------- the queue
def test_the_place_in_the_queue_is_told_and_moves_up(browse, there, agent):
    first, second = browse(), browse()
    ahead = ticket_of(first.write("Hello"))
    second.write("Hello")
    assert "You are next." in standing(first)["notice"]
    assert "You are number 2 in the queue." in standing(second)["notice"]
    assert standing(second)["waits"] is True
    note_overload(1)  # far too many wait: a number would only frighten
    assert "number 2" not in standing(second)["notice"] and "Very many" in standing(second)["notice"]
    note_overload(0)
    reply(ahead, "Hi", by=by(agent))
    assert "You are next." in standing(second)["notice"]
    now = standing(first)
    assert (now["notice"], now["waits"], now["is_answered"]) == ("", False, True)
    first.write(
        "And which colour?"
    )  # somebody talks with them: no queue, and nothing to ask for again and again
    assert (standing(first)["notice"], standing(first)["waits"]) == ("", False)


def test_other_departments_and_yesterday_s_waiters_stand_in_no_queue_of_mine(browse, there):
    with clock.frozen_at(clock.now() - timedelta(hours=25)):
        browse().write("Still here?")
    elsewhere = ticket_of(browse().write("Hello"))
    Ticket.objects.filter(pk=elsewhere.pk).update(department=make_department("Billing"))
    mine = browse()
    mine.write("Hello")
    assert "You are next." in standing(mine)["notice"]


def test_the_usual_wait_is_the_median_of_the_last_first_answers(browse, there, agent):
    answered_chats(browse, agent, [2, 3, 4, 30, 60])
    mine = browse()
    mine.write("Hello")
    assert "about 4 minutes" in standing(mine)["notice"]


def test_with_too_few_answers_no_wait_is_invented(browse, there, agent):
    answered_chats(browse, agent, [2, 3, 4, 30])
    mine = browse()
    mine.write("Hello")
    assert "usual wait" not in standing(mine)["notice"]


def test_a_night_between_question_and_answer_is_no_wait(browse, agent):
    BusinessHours.objects.create(name="Shop", time_zone="UTC", weekly=OFFICE, is_default=True)
    for minute in range(5):
        with clock.frozen_at(MONDAY - timedelta(hours=12)):
            ticket = ticket_of(browse().write("Hello"))
        with clock.frozen_at(MONDAY - timedelta(minutes=50 + minute)):  # 9:10 and before
            reply(ticket, "Hi", by=by(agent))
    with clock.frozen_at(MONDAY):
        note_duty([None])
        mine = browse()
        mine.write("Hello")
        assert "about 8 minutes" in standing(mine)["notice"]


def test_who_waits_longer_than_usual_is_told_so_instead(browse, there, agent):
    answered_chats(browse, agent, [2, 2, 2, 2, 2])
    now = clock.now()
    with clock.frozen_at(now - timedelta(seconds=181)):
        mine = browse()
        mine.write("Hello")
    with clock.frozen_at(now):
        assert "It takes longer than usual." in standing(mine)["notice"]
        assert "about 2 minutes" not in standing(mine)["notice"]


def test_an_admin_may_switch_the_queue_off(browse, there, widget):
    widget.options = {"shows_wait": False}
    widget.save()
    mine = browse()
    mine.write("Hello")
    assert standing(mine)["notice"] == ""


# ------------------------------------------------------------------------------------------------- choosing
@pytest.fixture
def waiting(browse, there):
    """Somebody who has waited for four minutes."""
    with clock.frozen_at(clock.now() - timedelta(minutes=4)):
        browser = browse()
        browser.write("Hello")
    return browser


def test_other_ways_are_offered_after_some_minutes_only(browse, waiting):
    fresh = browse()
    fresh.write("Hello")
    assert "Call me back" not in standing(fresh)["notice"]
    assert "Call me back" in standing(waiting)["notice"]


def test_who_goes_on_waiting_is_left_in_peace_for_a_while(waiting):
    assert "Call me back" not in waiting.post("choice", choice="wait").json()["notice"]
    assert "You are next." in standing(waiting)["notice"]


def test_a_call_back_is_a_number_a_tag_and_a_note(waiting):
    chosen = waiting.post("choice", choice="call", phone="+39 02 1234567").json()
    assert "We call you back." in chosen["notice"]
    ticket = Ticket.objects.select_related("contact").get()
    assert (ticket.contact.phone, ticket.tags) == ("+39 02 1234567", ["call-back"])
    note = Message.objects.get(kind="note")
    assert note.text.endswith("asks to be called back: +39 02 1234567")
    waiting.post("choice", choice="call", phone="+39 02 1234567")
    assert Message.objects.filter(kind="note").count() == 1


def test_an_answer_by_mail_needs_an_address_and_keeps_it(waiting):
    refused = waiting.post("choice", choice="mail")
    assert (refused.status_code, refused.json()["field"]) == (400, "email")
    chosen = waiting.post("choice", choice="mail", email="carla@customer.example").json()
    assert "We answer by mail." in chosen["notice"]
    ticket = Ticket.objects.select_related("contact").get()
    assert (ticket.contact.email, ticket.tags) == ("carla@customer.example", ["answer-by-mail"])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"choice": "call"}, "phone"),
        ({"choice": "call", "phone": "me"}, "phone"),
        ({"choice": "x"}, "choice"),
    ],
)
def test_what_can_t_be_chosen_is_refused_with_the_field(waiting, said, field):
    refused = waiting.post("choice", **said)
    assert (refused.status_code, refused.json()["field"]) == (400, field)
    assert Ticket.objects.get().tags == []


def test_who_is_blocked_leaves_the_team_no_notes(waiting):
    contact = Ticket.objects.get().contact
    contact.is_blocked = True
    contact.save()
    refused = waiting.post("choice", choice="call", phone="+39 02 1234567")
    assert (refused.status_code, refused.json()["code"]) == (403, "blocked")
    assert not Message.objects.filter(kind="note").exists()


def test_so_many_choices_are_refused_as_so_many_messages_are(waiting, settings):
    settings.RATELIMIT_ENABLE = True
    with clock.frozen_at(clock.now().replace(second=0)):
        answers = [waiting.post("choice", choice="call", phone=f"02 12345{n:02}") for n in range(25)]
    assert answers[-1].status_code == 429
    assert Message.objects.filter(kind="note").count() <= 20


def test_who_has_written_nothing_has_nothing_to_choose(browse):
    assert browse().post("choice", choice="wait").status_code == 404


# ------------------------------------------------------------------------------------------------- read, and rated
def test_what_an_agent_has_had_before_the_eyes_counts_as_read(browse, agent):
    browser = browse()
    sent = browser.write("Hello").json()
    assert standing(browser)["read"] == 0
    note_look(Ticket.objects.get(), agent, newest=sent["id"])
    assert standing(browser)["read"] == sent["id"]
    stranger = browse()
    stranger.write("Hello")
    assert standing(stranger)["read"] == 0


def test_a_thumb_is_a_rating_of_the_conversation_and_can_be_turned(browse, agent):
    browser = browse()
    ticket = ticket_of(browser.write("Hello"))
    assert browser.post("thumb", thumb="up").status_code == 404  # nobody has helped yet
    assign_ticket(ticket, to=agent, by=by(agent))
    reply(ticket, "Hi", by=by(agent))
    assert browser.post("thumb", thumb="up").json() == {"thumb": "up"}
    survey = ticket.surveys.get()
    assert (survey.score, survey.agent) == (4, agent)
    browser.post("thumb", thumb="down")
    survey.refresh_from_db()
    assert survey.score == 2
    assert standing(browser)["thumb"] == "down"
    assert ticket.surveys.count() == 1
    names = ticket.events.filter(name__startswith="survey.").order_by("id").values_list("name", "value")
    assert list(names) == [("survey.sent", None), ("survey.rated", 4), ("survey.rated", 2)]


def test_a_thumb_can_come_when_the_conversation_is_closed(browse, agent):
    browser = browse()
    ticket = ticket_of(browser.write("Hello"))
    reply(ticket, "Hi", by=by(agent))
    close_ticket(ticket, by=by(agent))
    assert browser.post("thumb", thumb="down").json() == {"thumb": "down"}
    assert standing(browser)["thumb"] == "down"


def test_what_is_no_thumb_is_refused(browse):
    assert browse().post("thumb", thumb="sideways").status_code == 400


def test_a_chat_that_the_team_began_waits_for_nobody(browse, widget, there, agent):
    browser = browse()
    contact = find_or_create_contact("visitor", str(read_visitor(browser.token)))
    begin_ticket(contact=contact, inbox=widget, subject="Boots", text="Need help?", by=by(agent))
    assert standing(browser)["notice"] == ""
    assert standing(browser)["waits"] is False


# ------------------------------------------------------------------------------------------------- without scripts
def plain(widget):
    return reverse("webchat:plain", args=[widget.key])


def test_the_page_without_scripts_says_the_same(client, widget):
    page = client.get(plain(widget)).content.decode()
    assert "Nobody is here right now." in page
    assert "To which address shall we send our answer?" in page


def test_the_page_without_scripts_asks_its_questions_and_names_what_is_wrong(client, widget):
    widget.options = {
        "asks_before": "first",
        "form": [
            {"key": "name", "label": "Your name", "is_required": True},
            {"key": "order", "label": "Order number"},
        ],
    }
    widget.save()
    message = {"uuid": "7" * 32, "text": "Where is it?", "answer-order": "FW-7"}
    refused = client.post(plain(widget), message)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Please fill this in." in page
    assert 'value="FW-7"' in page
    assert "Where is it?" in page
    assert not Ticket.objects.exists()
    assert client.post(plain(widget), message | {"answer-name": "Carla"}).status_code == 302
    ticket = Ticket.objects.select_related("contact").get()
    assert ticket.contact.name == "Carla"
    assert ticket.attributes["answers"] == [["Order number", "FW-7"]]
    assert "Your name" not in client.get(plain(widget)).content.decode()


def test_the_page_without_scripts_lets_choose_and_rate(client, widget, there, agent):
    with clock.frozen_at(clock.now() - timedelta(minutes=4)):
        client.post(plain(widget), {"uuid": "7" * 32, "text": "Hello"})
    assert "Call me back" in client.get(plain(widget)).content.decode()
    client.post(plain(widget), {"choice": "call", "phone": "+39 02 1234567"})
    assert "We call you back." in client.get(plain(widget)).content.decode()
    reply(Ticket.objects.get(), "Hi", by=by(agent))
    assert 'value="up" aria-pressed="false"' in client.get(plain(widget)).content.decode()
    client.post(plain(widget), {"thumb": "up"})
    assert 'value="up" aria-pressed="true"' in client.get(plain(widget)).content.decode()
