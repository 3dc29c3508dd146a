"""Saved views from conditions: written with the one editor, listed and counted like the others."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk import clock
from helpdesk.desk.counting import count_piles
from helpdesk.desk.looking_through import page_through
from helpdesk.desk.palette import places_for
from helpdesk.desk.piles import find_pile, view_pile
from helpdesk.desk.search import search
from helpdesk.desk.sorting import SORTS
from helpdesk.people.models import Company, User
from helpdesk.tickets.actions import close_ticket, tag_ticket
from helpdesk.tickets.models import SavedView
from tests.factories import by, make_admin, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
NEW = "/desk/saved-views/new/conditions/"
TAGGED = {"match": "all", "lines": [{"field": "tag", "op": "has_any", "value": "invoice"}]}
ASKED = {
    "name": "Big and late",
    "query": "is:open",
    "sort": "waiting",
    "audience": "me",
    "if-match": "all",
    "if-line": ["a", "b", "c", "c.1", "c.2"],
    "if-field-a": "company:size",
    "if-op-a": "more",
    "if-value-a": "200",
    "if-field-b": "waiting",
    "if-op-b": "longer",
    "if-value-b": "4",
    "if-unit-b": "h",
    "if-match-c": "any",
    "if-field-c.1": "tag",
    "if-op-c.1": "has_none",
    "if-value-c.1": "vip",
    "if-field-c.2": "priority",
    "if-op-c.2": "is",
    "if-value-c.2": ["4"],
}


def make_view(owner, conditions=TAGGED, **fields):
    return SavedView.objects.create(
        owner=owner, **{"name": "Bills", "query": "is:open"} | fields, conditions=conditions
    )


def ticket_of(size, subject, *, hours=6, tags=()):
    ticket = make_ticket(subject=subject, email=f"{subject.lower()}@x.example")
    ticket.contact.company = Company.objects.create(name=subject, attributes={"size": size})
    ticket.contact.save()
    ticket.waiting_since = clock.now() - timedelta(hours=hours)
    ticket.tags = list(tags)
    ticket.save()
    return ticket


def again(user):
    return User.objects.get(pk=user.pk)


def test_a_view_from_conditions_is_listed_counted_and_found_by_its_name(desk, agent):
    for size, subject, more in (
        (300, "Tower", {}),
        (300, "Vip", {"tags": ["vip"]}),
        (20, "Shed", {}),
        (300, "Fresh", {"hours": 1}),
    ):
        ticket_of(size, subject, **more)
    answer = desk.post(NEW, ASKED)
    view = SavedView.objects.get()
    assert answer.headers["Location"] == f"/desk/views/view-{view.pk}/"
    assert [line.get("field") for line in view.conditions["lines"]] == ["company:size", "waiting", None]
    assert (view.query, view.sort, view.owner, view.is_shared) == ("is:open", "waiting", agent, False)
    desk.get(answer.headers["Location"])
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(answer.headers["Location"]).content.decode()
    assert len(asked) <= 8, "\n".join(one["sql"] for one in asked.captured_queries)
    rows = page[page.index('id="rows"') :]
    assert "Tower" in rows and not any(other in rows for other in ("Vip", "Shed", "Fresh"))
    assert f"/desk/saved-views/{view.pk}/conditions/" in page
    assert 'id="filter"' not in page, "a search could not say its conditions"
    pile = find_pile(f"view-{view.pk}", again(agent))
    assert count_piles([pile], again(agent)) == {pile.key: 1}
    assert "Big and late" in [entry.title for _title, group in places_for(again(agent)) for entry in group]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"if-value-a": "many"}, "<bdi>Company size</bdi>: Write a number, such as 12 or 9.50."),
        ({"if-value-b": ""}, "<bdi>The customer waits</bdi>: Write a time, such as 30 minutes."),
        ({"if-value-c.1": ""}, "<bdi>Tags</bdi>: Write what to compare with."),
        ({"if-line": []}, "Add a condition."),
        ({"if-line": ["a"], "if-field-a": "who", "if-op-a": "is"}, "There is no such field."),
        ({"query": "is:closed"}, "This order is for open tickets."),
        ({"query": "is:quick"}, "is not known"),
        ({"audience": "everybody"}, "not one of the available choices"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_with_a_view_is_said_with_the_name_of_its_field(desk, changed, words):
    answer = desk.post(NEW, ASKED | changed)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not SavedView.objects.exists()


def test_a_line_is_added_without_scripts_and_what_was_sent_stays(desk, agent):
    department = make_department("Sales", members=(agent,))
    sent = ASKED | {"press": "if add", "if-new": "channel", "name": "Mine", "audience": str(department.pk)}
    answer = desk.post(NEW, sent)
    page = answer.content.decode()
    assert answer.status_code == 200 and 'value="Mine"' in page and not SavedView.objects.exists()
    assert f'<option value="{department.pk}" selected>Sales</option>' in page
    assert 'name="if-field-3" value="channel"' in page and "banner--bad" not in page


def test_a_preview_shows_the_first_tickets_and_how_many(desk):
    ticket_of(300, "Tower")
    ticket_of(20, "Shed")
    page = desk.post("/desk/saved-views/preview/", ASKED).content.decode()
    assert "<b>1</b> ticket." in page and "Tower" in page and "Shed" not in page
    assert "<b>1</b> ticket." in desk.post(NEW, ASKED | {"press": "preview", "name": ""}).content.decode()
    assert (
        "No ticket now."
        in desk.post("/desk/saved-views/preview/", ASKED | {"if-value-a": "999"}).content.decode()
    )
    unfinished = desk.post("/desk/saved-views/preview/", ASKED | {"if-value-a": ""})
    assert (
        unfinished.status_code == 200
        and "<bdi>Company size</bdi>: Write a number" in unfinished.content.decode()
    )
    assert not SavedView.objects.exists()


def test_a_view_that_has_a_filter_is_given_conditions_and_keeps_it(desk, agent):
    view = make_view(agent, {}, query="is:open channel:email")
    page = desk.get(f"/desk/saved-views/{view.pk}/conditions/").content.decode()
    assert '<option value="is:open channel:email" selected>' in page
    desk.post(f"/desk/saved-views/{view.pk}/conditions/", ASKED | {"query": view.query})
    view.refresh_from_db()
    assert view.query == "is:open channel:email" and len(view.conditions["lines"]) == 3
    dialog = desk.get(f"/desk/saved-views/{view.pk}/", headers={"HX-Request": "true", "HX-Target": "dialogs"})
    assert dialog.headers["HX-Redirect"] == f"/desk/saved-views/{view.pk}/conditions/"


def test_each_sees_only_tickets_of_their_departments_and_another_s_view_can_not_be_changed(desk, agent):
    admin = make_admin()
    hidden = make_inbox(department=make_department("Mergers", is_restricted=True))
    tag_ticket(make_ticket(hidden), tags=["invoice"], by=by(admin))
    shared = make_view(admin, audience="everybody")
    for user, number in ((admin, 1), (agent, 0)):
        pile = find_pile(f"view-{shared.pk}", again(user))
        assert pile.tickets(again(user)).count() == number
        assert count_piles([pile], again(user))[pile.key] == number
    path = "/desk/saved-views/{}/conditions/"
    assert desk.post(path.format(shared.pk), ASKED).status_code == 403
    assert desk.post(path.format(make_view(make_agent("Otto")).pk), ASKED).status_code == 404
    make_inbox(name="Takeovers", department=hidden.department)
    page = desk.get(NEW).content.decode()
    assert (
        "Mergers" not in page
        and "Takeovers" not in page
        and "Who did it" not in page
        and "Company size" in page
    )


def test_an_admin_reads_the_conditions_of_a_shared_view_in_words(client):
    admin = make_admin()
    make_view(admin, audience="everybody")
    client.force_login(admin)
    assert "tags has any of <b><bdi>invoice</bdi></b>" in client.get("/settings/views/").content.decode()


@pytest.mark.parametrize("order", SORTS)
def test_a_page_looks_at_so_many_tickets_and_goes_on_behind_them(agent, order):
    tickets = [make_ticket(subject=str(number), email=f"{number}@x.example") for number in range(7)]
    for ticket in (tickets[0], tickets[5]):
        tag_ticket(ticket, tags=["invoice"], by=by(agent))
    tickets[5].refresh_from_db()
    tickets[5].priority, tickets[5].due_at = 4, clock.now()
    tickets[5].save()
    found = search("is:open", agent, conditions=TAGGED)
    cursor, pages = "", []
    while cursor or not pages:
        page = page_through(
            found.tickets, agent, among=found.among_all, sort=SORTS[order], cursor=cursor, size=2, most=3
        )
        pages.append([row.pk for row in page.rows])
        cursor = page.next_cursor
    first = 0 if order in ("oldest", "waiting") else 5
    assert [pk for page in pages for pk in page] == [tickets[first].pk, tickets[5 - first].pk]
    assert len(pages) == 3


def test_a_view_of_all_tickets_has_no_number(desk, agent):
    view = make_view(agent, query="")
    ticket = make_ticket(subject="Bill")
    tag_ticket(ticket, tags=["invoice"], by=by(agent))
    close_ticket(ticket, by=by(agent))
    assert not view_pile(view).is_counted
    assert "Bill" in desk.get(f"/desk/views/view-{view.pk}/").content.decode()


def test_words_and_conditions_are_looked_for_together(desk):
    for subject in ("Tower", "Shed"):
        ticket_of(300 if subject == "Tower" else 20, subject)
    asked = ASKED | {"query": "parcel", "sort": "newest"}
    page = desk.post("/desk/saved-views/preview/", asked).content.decode()
    assert "<b>1</b> ticket." in page and "Tower" in page
    page = desk.get(desk.post(NEW, asked).headers["Location"]).content.decode()
    assert "<mark>parcel</mark>" in page and "Tower" in page and "Shed" not in page


def test_a_condition_that_can_not_be_asked_any_more_fits_nothing(desk, agent):
    make_ticket()
    view = make_view(agent, {"match": "all", "lines": [{"field": "person:gone", "op": "is", "value": "x"}]})
    page = desk.get(f"/desk/views/view-{view.pk}/").content.decode()
    assert "No ticket fits this view now." in page
    assert (
        "There is no such field any more."
        in desk.get(f"/desk/saved-views/{view.pk}/conditions/").content.decode()
    )
