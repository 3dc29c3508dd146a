from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from helpdesk import clock
from helpdesk.desk.drafts import clear_draft, forgotten_drafts
from helpdesk.desk.models import Draft
from helpdesk.desk.views.pages import find_ticket
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.models import Ticket
from tests.factories import by, make_agent, make_department, make_ticket
from tests.locks import wait_until_somebody_waits

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HTMX = {"HX-Request": "true", "HX-Target": "composer"}


def keep(desk, ticket, text, *, kind="reply", **fields):
    path = reverse("desk:draft", args=[ticket.pk])
    return desk.post(path, {"text": text, "kind": kind, **fields}, headers={"User-Agent": FIREFOX})


def signed_in(agent):
    client = Client()
    client.force_login(agent)
    return client


def test_an_answer_and_a_note_are_kept_each_and_stand_in_the_page_on_another_device(desk, agent):
    ticket = make_ticket()
    keep(desk, ticket, "Dear Carla")
    at = keep(desk, ticket, "Dear Carla, it is").json()["at"]
    keep(desk, ticket, "Ask Ben", kind="note")
    assert at and list(Draft.objects.order_by("pk").values_list("kind", "text", "device")) == [
        ("reply", "Dear Carla, it is", "Firefox · Linux"),
        ("note", "Ask Ben", "Firefox · Linux"),
    ]
    page = signed_in(agent).get(reverse("desk:ticket", args=[ticket.pk])).content.decode()
    assert "Dear Carla, it is" in page and "Ask Ben" in page
    assert not Event.objects.exclude(
        name__in=[names.TICKET_CREATED, names.TICKET_QUEUED, names.MESSAGE_RECEIVED]
    ).exists()


def test_an_emptied_box_is_no_draft(desk, agent):
    ticket, ben = make_ticket(), signed_in(make_agent("Ben"))
    keep(desk, ticket, "Dear")
    assert keep(desk, ticket, " ").json() == {"at": ""}
    assert find_ticket(ticket.pk, agent).begun == []
    assert "has begun" not in ben.get(reverse("desk:ticket", args=[ticket.pk])).content.decode()
    read_it = reverse("desk:colleague_draft", args=[ticket.pk, Draft.objects.get().pk])
    assert ben.get(read_it).status_code == 404
    with clock.frozen_at(clock.now() + timedelta(days=2)):
        assert forgotten_drafts().exists(), "nothing is left of it for long"


@pytest.mark.parametrize("newer", ["Dear Carla, it left", ""])
def test_a_save_that_the_next_one_has_overtaken_changes_nothing(desk, newer):
    ticket, browser = make_ticket(), str(uuid4())
    at = keep(desk, ticket, newer, browser=browser, turn=8).json()
    assert keep(desk, ticket, "Dear", browser=browser, turn=7).json() == at
    assert Draft.objects.get().text == newer
    keep(desk, ticket, "Dear Carla, it is there", browser=browser, turn=9)
    assert Draft.objects.get().text == "Dear Carla, it is there"
    keep(desk, ticket, "From the phone", browser=str(uuid4()), turn=1)
    assert Draft.objects.get().text == "From the phone"
    keep(desk, ticket, "Of a page without turns")
    assert Draft.objects.get().text == "Of a page without turns"


@pytest.mark.parametrize(
    "turn", [{"turn": 1}, {"browser": "me", "turn": 1}, {"browser": str(uuid4()), "turn": "9" * 30}]
)
def test_a_save_with_half_a_turn_is_kept_as_one_without(desk, turn):
    ticket = make_ticket()
    assert keep(desk, ticket, "Dear", **turn).status_code == 200
    assert Draft.objects.get().text == "Dear"


@pytest.mark.django_db(transaction=True)
def test_of_saves_that_arrive_together_the_last_one_sent_is_kept(agent):
    ticket, browser = make_ticket(), str(uuid4())

    def save(turn: int) -> None:
        keep(signed_in(agent), ticket, f"Dear {turn}", browser=browser, turn=turn)
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, [3, 8, 1, 6, 2, 7, 5, 4]))
    assert Draft.objects.get().text == "Dear 8"


def test_a_late_save_of_what_was_sent_leaves_what_was_begun_since(desk, outbox):
    ticket, pressed, browser = make_ticket(), str(uuid4()), str(uuid4())
    write = {"text": "Dear Carla", "client_uuid": pressed, "last_seen": ticket.messages.get().pk}
    desk.post(reverse("desk:write", args=[ticket.pk]), write, headers=HTMX)
    keep(desk, ticket, "One more thing", client_uuid=str(uuid4()), browser=browser, turn=5)
    keep(desk, ticket, "Dear Carla", client_uuid=pressed, browser=browser, turn=4)
    assert Draft.objects.get().text == "One more thing"


def test_sending_clears_the_draft_of_its_kind_and_a_late_save_does_not_bring_it_back(desk, outbox):
    ticket, pressed = make_ticket(), str(uuid4())
    keep(desk, ticket, "Dear", client_uuid=pressed)
    keep(desk, ticket, "Ask Ben", kind="note")
    write = {"text": "Dear Carla", "client_uuid": pressed, "last_seen": ticket.messages.get().pk}
    assert desk.post(reverse("desk:write", args=[ticket.pk]), write, headers=HTMX).status_code == 200
    keep(desk, ticket, "Dear Carl", client_uuid=pressed)
    assert [draft.kind for draft in Draft.objects.all()] == ["note"]


@pytest.mark.django_db(transaction=True)
def test_a_save_that_a_send_overtakes_while_it_is_stored_does_not_bring_the_draft_back(desk, agent, outbox):
    ticket, pressed = make_ticket(), str(uuid4())
    keep(desk, ticket, "Dear")
    elsewhere, write = signed_in(agent), {"text": "Dear Carla", "client_uuid": pressed}

    def save() -> None:
        assert keep(elsewhere, ticket, "Dear Carla", client_uuid=pressed).json() == {"at": ""}
        connection.close()

    with ThreadPoolExecutor() as pool, transaction.atomic():
        Draft.objects.select_for_update().get()
        saving = pool.submit(save)
        wait_until_somebody_waits()  # it was not sent when the save began
        last_seen = ticket.messages.get().pk
        desk.post(reverse("desk:write", args=[ticket.pk]), write | {"last_seen": last_seen}, headers=HTMX)
    saving.result()
    assert ticket.messages.filter(client_uuid=pressed).exists() and not Draft.objects.exists()


def test_clearing_leaves_what_was_kept_since_its_page_heard_of_it(desk, agent):
    ticket = make_ticket()
    keep(desk, ticket, "Dear Carla")
    clear = partial(clear_draft, ticket.pk, ticket.department_id, user=agent, kind="reply", at=clock.now())
    clear()
    assert not Draft.objects.exists()
    keep(desk, ticket, "One more thing")
    clear()
    assert Draft.objects.get().text == "One more thing"


def test_a_refused_answer_leaves_the_draft(desk):
    ticket = make_ticket()
    keep(desk, ticket, "Dear")
    refused = desk.post(reverse("desk:write", args=[ticket.pk]), {"text": " "}, headers=HTMX)
    assert refused.status_code == 422 and Draft.objects.get().text == "Dear"


def test_a_colleague_sees_that_there_is_a_draft_and_can_read_it_but_its_writer_is_not_told_of_it(desk, agent):
    ticket, ben = make_ticket(), signed_in(make_agent("Ben"))
    keep(desk, ticket, "Dear **Carla**")
    page = ben.get(reverse("desk:ticket", args=[ticket.pk]) + "?view=open").content.decode()
    assert page.count('title="Alice has begun to write"') == 2  # in the row and in the head
    assert "has begun an answer" in page and "Dear" not in page
    address = reverse("desk:colleague_draft", args=[ticket.pk, Draft.objects.get().pk])
    assert "<strong>Carla</strong>" in ben.get(address).content.decode()
    assert "has begun" not in desk.get(reverse("desk:ticket", args=[ticket.pk])).content.decode()


def test_drafts_of_a_closed_department_are_not_there_for_others(desk, agent):
    board = make_department("Board", is_restricted=True)
    ticket, elsewhere = make_ticket(), make_ticket(email="dan@customer.example")
    Ticket.objects.filter(pk=ticket.pk).update(department=board)
    ivy = make_agent("Ivy")
    board.members.add(ivy)
    insider = signed_in(ivy)
    assert keep(insider, ticket, "Secret").status_code == 200
    draft = Draft.objects.get()
    assert keep(desk, ticket, "Mine").status_code == 404
    for place in (ticket, elsewhere):
        assert desk.get(reverse("desk:colleague_draft", args=[place.pk, draft.pk])).status_code == 404


def test_what_was_begun_on_a_ticket_goes_on_where_it_was_merged_into(
    desk, agent, django_capture_on_commit_callbacks
):
    kept, gone = make_ticket(), make_ticket()
    keep(desk, kept, "One")
    keep(desk, gone, "Two")
    keep(desk, gone, "A note", kind="note")
    with django_capture_on_commit_callbacks(execute=True):
        merge_tickets(kept, gone, by=by(agent))
    found = find_ticket(kept.pk, agent).begun
    assert sorted((one["kind"], one["text"]) for one in found) == [
        ("note", "A note"),
        ("reply", "One\n\nTwo"),
    ]


def test_drafts_of_what_is_long_finished_are_forgotten(desk):
    open_one, done = make_ticket(), make_ticket(email="dan@customer.example")
    for ticket in (open_one, done):
        keep(desk, ticket, "Dear")
    close_ticket(done, by=SYSTEM)
    assert not forgotten_drafts().exists()
    with clock.frozen_at(clock.now() + timedelta(days=31)):
        assert [draft.ticket_id for draft in forgotten_drafts()] == [done.pk]


def test_a_draft_of_no_kind_is_refused(desk):
    assert keep(desk, make_ticket(), "Dear", kind="copy").status_code == 400


def test_the_preview_is_what_will_be_sent(desk, outbox):
    ticket, text = make_ticket(), "**Bold**\n- one <script>"
    seen = desk.post(reverse("desk:preview"), {"text": text}).content.decode()
    write = {"text": text, "client_uuid": str(uuid4()), "last_seen": ticket.messages.get().pk}
    desk.post(reverse("desk:write", args=[ticket.pk]), write, headers=HTMX)
    sent = ticket.messages.get(kind="outgoing")
    assert sent.html == seen and "<strong>Bold</strong>" in seen and "<script" not in seen
    assert sent.text == text
    page = desk.get(reverse("desk:ticket", args=[ticket.pk])).content.decode()
    assert seen in page and "As it was sent" not in page


def test_an_article_put_into_an_answer_is_a_fact_and_the_lists_do_not_stir(desk, agent):
    ticket = make_ticket()
    from_other = make_ticket(email="dan@customer.example")
    address = reverse("desk:inserted", args=[ticket.pk])
    assert desk.post(address, {"article": 4711}).status_code == 204
    assert not Event.objects.filter(name=names.ARTICLE_SUGGESTED).exists()
    desk.post(address, {"from": from_other.pk})
    fact = Event.objects.get(name=names.ANSWER_REUSED)
    assert (fact.ticket_id, fact.data, fact.actor_id) == (ticket.pk, {"from": from_other.pk}, agent.pk)
    assert Ticket.objects.get(pk=ticket.pk).updated_at == ticket.updated_at
