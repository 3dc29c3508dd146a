import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection

from helpdesk import clock
from helpdesk.desk.consumers import DeskConsumer
from helpdesk.desk.live import LATE_WITHIN, MOST, changes_after, newest_event
from helpdesk.desk.sight_ahead import LOOKS
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.duty import team_is_there
from helpdesk.people.models import User
from helpdesk.tickets.actions import assign_ticket, transfer_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.visibility import visible_to
from helpdesk.tickets.writing import add_note
from tests.factories import (
    by,
    customer_writes,
    make_admin,
    make_agent,
    make_department,
    make_inbox,
    make_ticket,
)  # fmt: skip
from tests.sockets import Socket


def news_of(user, after=0, ticket=None):
    return changes_after(after, user=user, ticket_id=ticket.pk if ticket else None)


@pytest.mark.django_db
def test_what_was_missed_is_listed_by_name_and_drawn_only_for_the_open_ticket(agent):
    ticket, other = make_ticket(), make_ticket(email="dan@customer.example")
    news = news_of(agent, ticket=ticket)
    assert news["seq"] == newest_event()
    drawn = {(event["name"], event["ticket"]) for event in news["events"] if event["html"]}
    assert drawn == {(names.MESSAGE_RECEIVED, ticket.pk)}
    assert other.pk in {event["ticket"] for event in news["events"]}


@pytest.mark.django_db
def test_nothing_new_is_nothing_to_tell(agent):
    make_ticket()
    with clock.frozen_at(clock.now() + LATE_WITHIN):
        assert news_of(agent, after=newest_event())["events"] == []


@pytest.mark.django_db
def test_a_fact_committed_after_one_with_a_higher_number_is_told_too(agent):
    first, second = make_ticket(), make_ticket(email="dan@customer.example")
    seen = Event.objects.create(
        pk=newest_event() + 9,
        name=names.TICKET_TAGGED,
        ticket=first,
        actor_kind="agent",
        occurred_at=clock.now(),
    ).pk
    Event.objects.create(
        pk=seen - 1, name=names.TICKET_TAGGED, ticket=second, actor_kind="agent", occurred_at=clock.now()
    )
    assert seen - 1 in {event["seq"] for event in news_of(agent, after=seen)["events"]}


@pytest.mark.django_db
def test_entries_a_little_older_are_drawn_again_because_ids_come_before_commits(agent):
    ticket = make_ticket()
    with clock.frozen_at(clock.now() + LATE_WITHIN):
        news = news_of(agent, after=newest_event(), ticket=ticket)
    assert [(event["name"], event["again"]) for event in news["events"]] == [(names.MESSAGE_RECEIVED, True)]


@pytest.mark.django_db
def test_too_much_to_list_asks_the_page_to_begin_anew(agent):
    ticket = make_ticket()
    now = clock.now()
    flood = [
        Event(name=names.TICKET_TAGGED, ticket=ticket, actor_kind="agent", occurred_at=now)
        for _ in range(MOST)
    ]
    Event.objects.bulk_create(flood)
    assert news_of(agent)["reset"] and news_of(agent)["seq"] == newest_event()


@pytest.mark.django_db
def test_what_a_closed_department_does_is_not_told_to_others():
    member, outsider = make_agent("Mia"), make_agent("Otto")
    legal = make_department("Legal", is_restricted=True, members=(member,))
    ticket = make_ticket(make_inbox(department=legal))
    assert news_of(member, ticket=ticket)["events"]
    assert news_of(outsider, ticket=ticket)["events"] == []


@pytest.mark.django_db
def test_a_line_is_told_in_the_reader_s_own_language(agent):
    ticket = make_ticket()
    assign_ticket(ticket, to=agent, by=by(agent))
    html = "".join(event["html"] for event in news_of(agent, ticket=ticket)["events"])
    assert "Alice took this" in html and 'id="event-' in html


@pytest.mark.django_db
def test_without_a_socket_the_same_is_asked_for(desk, agent):
    ticket = make_ticket()
    answer = desk.get(f"/desk/changes/?after=0&ticket={ticket.pk}").json()
    assert answer == news_of(agent, ticket=ticket)
    assert desk.get("/desk/changes/?after=x", headers={"HX-Request": "true"}).status_code == 400


# ---- over the socket, with a real channel layer

pytest_sockets = pytest.mark.django_db(transaction=True)


async def connected(user) -> Socket:
    socket = Socket(DeskConsumer.as_asgi(), "/ws/desk/", user=user)
    is_in, _ = await socket.connect()
    assert is_in
    return socket


async def told(socket, name="", ticket=None) -> dict:
    """The first event of this name, or of this ticket, that the socket is told."""
    while True:
        for event in (await socket.receive_json_from(timeout=10)).get("events", []):
            if event["name"] == name or (ticket and event["ticket"] == ticket.pk):
                return event


@pytest_sockets
async def test_a_message_reaches_the_agent_who_looks_as_a_bubble_and_others_as_a_name():
    alice, ben = [await sync_to_async(make_agent)(name) for name in ("Alice", "Ben")]
    ticket = await sync_to_async(make_ticket)()
    looking, elsewhere = await connected(alice), await connected(ben)
    await looking.send_json_to({"ticket": ticket.pk, "after": 0})
    await told(looking, names.MESSAGE_RECEIVED)
    first = await ticket.messages.afirst()
    await sync_to_async(customer_writes)(ticket.inbox, "Hello again?", replies_to=[first.external_id])
    assert "Hello again?" in (await told(looking, names.MESSAGE_RECEIVED))["html"]
    assert (await told(elsewhere, names.MESSAGE_RECEIVED))["html"] == ""
    for socket in (looking, elsewhere):
        await socket.disconnect()


@pytest_sockets
async def test_an_agent_hears_nothing_of_a_department_closed_to_it_until_a_ticket_leaves_it():
    otto = await sync_to_async(make_agent)("Otto")
    legal = await sync_to_async(make_department)("Legal", is_restricted=True)
    inbox = await sync_to_async(make_inbox)(department=legal)
    socket = await connected(otto)
    hidden = await sync_to_async(make_ticket)(inbox)
    await socket.send_json_to({"ticket": hidden.pk})
    admin = await sync_to_async(make_admin)()
    await sync_to_async(add_note)(hidden, "Secret", by=by(admin))
    await sync_to_async(transfer_ticket)(hidden, to=None, by=by(admin))
    first_heard = await told(socket, ticket=hidden)
    assert first_heard["name"] == names.TICKET_TRANSFERRED
    await socket.disconnect()


@pytest_sockets
async def test_an_open_socket_tells_nothing_more_to_an_agent_who_was_let_go():
    alice, ben = [await sync_to_async(make_agent)(name) for name in ("Alice", "Ben")]
    ticket = await sync_to_async(make_ticket)()
    socket = await connected(alice)
    await socket.send_json_to({"ticket": ticket.pk, "after": 0})
    await told(socket, names.MESSAGE_RECEIVED)
    await User.objects.filter(pk=alice.pk).aupdate(is_active=False)
    await sync_to_async(add_note)(ticket, "Secret", by=by(ben))
    assert await socket.receive_output(10) == {"type": "websocket.close", "code": 4401}
    await socket.disconnect()


@pytest_sockets
async def test_an_open_socket_knows_at_once_of_rights_that_were_taken_away():
    ada, ben = await sync_to_async(make_admin)("Ada"), await sync_to_async(make_agent)("Ben")
    legal = await sync_to_async(make_department)("Legal", is_restricted=True, members=(ben,))
    ticket = await sync_to_async(make_ticket)(await sync_to_async(make_inbox)(department=legal))
    socket = await connected(ada)
    await socket.send_json_to({"ticket": ticket.pk, "after": 0})
    await told(socket, names.MESSAGE_RECEIVED)
    await User.objects.filter(pk=ada.pk).aupdate(role=User.Role.AGENT)
    await sync_to_async(add_note)(ticket, "Secret", by=by(ben))
    assert (await told(socket, names.MESSAGE_NOTED))["html"] == ""
    await socket.disconnect()


@pytest_sockets
async def test_the_socket_is_closed_to_whoever_is_not_signed_in():
    socket = Socket(DeskConsumer.as_asgi(), "/ws/desk/", user=AnonymousUser())
    is_in, code = await socket.connect()
    assert not is_in and code == 4401


@pytest_sockets
async def test_typing_is_shown_to_colleagues_on_the_same_ticket_and_to_the_customer():
    alice, ben = [await sync_to_async(make_agent)(name) for name in ("Alice", "Ben")]
    visitor = "0190f5fe-7a5c-4a3f-9c51-2f0a4c8f4b11"
    ticket = await sync_to_async(make_ticket)()
    await ticket.contact.identities.acreate(kind="visitor", value=visitor)
    layer = get_channel_layer()
    widget = await layer.new_channel()
    await layer.group_add(f"visitor.{visitor.replace('-', '')}", widget)
    typing, watching = await connected(alice), await connected(ben)
    for socket in (typing, watching):
        await socket.send_json_to({"ticket": ticket.pk, "after": 0})
        await told(socket, names.MESSAGE_RECEIVED)
    await typing.send_json_to({"typing": ticket.pk})
    assert await watching.receive_json_from(timeout=10) == {"typing": "Alice", "who": "agent"}
    said = await layer.receive(widget)
    assert (said["type"], said["who"], said["name"]) == ("typing", "agent", "Alice")
    await layer.group_send(
        f"ticket.{ticket.pk}", {"type": "typing", "ticket": ticket.pk, "who": "customer", "name": "Carla"}
    )
    assert await typing.receive_json_from(timeout=10) == {"typing": "Carla", "who": "customer"}
    for socket in (typing, watching):
        await socket.disconnect()


@pytest_sockets
async def test_nonsense_over_the_socket_is_let_pass():
    socket = await connected(await sync_to_async(make_agent)())
    for nonsense in ([], {"ticket": "x"}, {"after": -1}, {"typing": True}, {"ticket": 10**30}):
        await socket.send_json_to(nonsense)
    await socket.send_json_to({"after": 0})
    assert (await socket.receive_json_from(timeout=10))["events"] == []
    await socket.disconnect()


@pytest_sockets
async def test_an_open_desk_says_that_somebody_is_there_for_what_they_may_see():
    cache.clear()
    own = await sync_to_async(make_department)("Billing")
    closed = await sync_to_async(make_department)("Board", is_restricted=True)
    socket = await connected(await sync_to_async(make_agent)("Alice"))
    await socket.send_json_to({"after": 0})
    await socket.receive_json_from(timeout=10)
    assert [team_is_there(pk) for pk in (None, own.pk, closed.pk)] == [True, True, False]
    cache.clear()
    await socket.send_json_to({"after": 0})  # the beat
    await socket.receive_json_from(timeout=10)
    assert team_is_there(own.pk)
    await socket.disconnect()


@pytest.mark.django_db
@pytest.mark.parametrize("make_user", [make_agent, make_admin])
def test_whether_an_agent_may_see_a_ticket_is_not_looked_up_among_all_tickets(make_user):
    ticket, user = make_ticket(), make_user()
    Ticket.objects.bulk_create(copy_of(ticket) for _ in range(300))
    words, params = visible_to(user)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
        cursor.execute("EXPLAIN " + LOOKS.format(visible=words), [*params, ticket.pk, user.pk])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on tickets_ticket" not in plan


def copy_of(ticket):
    known = ("inbox", "channel", "contact", "created_at", "updated_at", "last_message_at")
    return Ticket(**{name: getattr(ticket, name) for name in known})
