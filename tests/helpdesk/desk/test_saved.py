from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.desk.counting import count_piles, piles_of
from helpdesk.desk.piles import find_pile
from helpdesk.desk.saved import TAKEN_BACK_WITHIN, delete_view
from helpdesk.errors import NotThere
from helpdesk.tickets.actions import tag_ticket
from helpdesk.tickets.models import SavedView
from tests.factories import by, make_admin, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


def make_view(owner, name="Invoices", query="is:open tag:invoice", **fields):
    return SavedView.objects.create(owner=owner, name=name, query=query, **fields)


def names_for(user):
    user = type(user).objects.get(pk=user.pk)
    return [pile.title for _title, group in piles_of(user) for pile in group if pile.view]


def test_a_search_is_kept_under_a_name_with_its_number(desk, agent):
    ticket = make_ticket(subject="Bill")
    tag_ticket(ticket, tags=["invoice"], by=by(agent))
    form = {"name": "Invoices", "query": "tag:invoice  is:open", "sort": "oldest", "audience": "me"}
    answer = desk.post("/desk/saved-views/new/", form)
    view = SavedView.objects.get()
    assert answer.headers["Location"] == f"/desk/views/view-{view.pk}/"
    assert (view.query, view.sort, view.owner, view.is_shared) == (
        "tag:invoice is:open",
        "oldest",
        agent,
        False,
    )
    page = desk.get(answer.headers["Location"]).content.decode()
    assert "Invoices" in page and "Bill" in page and f'data-pile="view-{view.pk}"' in page
    piles = [pile for _title, group in piles_of(agent) for pile in group]
    assert count_piles(piles, agent)[f"view-{view.pk}"] == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"query": "is:quick"}, "is not known"),
        ({"query": "  "}, "required"),
        ({"query": "tag:a", "sort": "waiting"}, "This order needs a filter such as is:open."),
        ({"audience": "everybody"}, "not one of the available choices"),
        ({"name": ""}, "required"),
    ],
)
def test_a_view_that_could_not_be_shown_is_refused_in_words(desk, fields, words):
    form = {"name": "Mine", "query": "is:open", "sort": "newest", "audience": "me"} | fields
    answer = desk.post("/desk/saved-views/new/", form)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not SavedView.objects.exists()


def test_a_view_is_seen_by_those_it_is_shared_with(agent):
    member, other, admin = make_agent("Mia"), make_agent("Otto"), make_admin()
    closed = make_department("Legal", is_restricted=True, members=(member,))
    make_view(member, "Own")
    make_view(member, "Department’s", audience="department", department=closed)
    make_view(admin, "All", audience="everybody")
    assert names_for(member) == ["Own", "Department’s", "All"]
    assert names_for(other) == ["All"]
    assert names_for(admin) == ["Department’s", "All"]


def test_another_s_view_is_no_list_and_can_not_be_changed(desk, agent):
    mine_not = make_view(make_agent("Otto"))
    shared = make_view(make_admin(), audience="everybody")
    with pytest.raises(NotThere):
        find_pile(f"view-{mine_not.pk}", agent)
    for path in ("", "deletion/", "place/", "restoration/"):
        assert desk.post(f"/desk/saved-views/{mine_not.pk}/{path}").status_code == 404
    for path in ("", "deletion/", "place/"):
        assert desk.post(f"/desk/saved-views/{shared.pk}/{path}").status_code == 403
    assert not SavedView.objects.exclude(deleted_at=None).exists()


def test_a_shared_view_shows_each_agent_only_what_they_may_see():
    hidden = make_inbox(department=make_department("Legal", is_restricted=True))
    make_ticket(hidden, subject="Secret merger")
    admin, agent = make_admin(), make_agent("Otto")
    view = make_view(admin, query="is:open", audience="everybody")
    words = make_view(admin, query="merger", audience="everybody")
    assert find_pile(f"view-{view.pk}", admin).tickets(admin).count() == 1
    assert not find_pile(f"view-{view.pk}", agent).tickets(agent).exists()
    assert not find_pile(f"view-{words.pk}", agent).is_counted
    without = make_view(admin, query="is:open -merger", audience="everybody")
    assert not find_pile(f"view-{without.pk}", type(agent).objects.get(pk=agent.pk)).is_counted


def test_a_view_with_words_lists_what_a_search_would(desk, agent):
    make_ticket(text="The zipper is torn", subject="Tent")
    make_ticket(text="Too small", subject="Boots", email="b@x.example")
    page = desk.get(f"/desk/views/view-{make_view(agent, query='zipper').pk}/").content.decode()
    assert "The <mark>zipper</mark> is torn" in page and "Boots" not in page


def test_a_deleted_view_is_brought_back_and_later_gone(desk, agent):
    view, other = make_view(agent), make_view(agent, "Other")
    answer = desk.post(f"/desk/saved-views/{view.pk}/deletion/")
    assert names_for(agent) == ["Other"]
    assert (
        f"/desk/saved-views/{view.pk}/restoration/" in desk.get(answer.headers["Location"]).content.decode()
    )
    desk.post(f"/desk/saved-views/{view.pk}/restoration/")
    assert names_for(agent) == ["Invoices", "Other"]
    delete_view(view)
    SavedView.objects.filter(pk=view.pk).update(
        deleted_at=clock.now() - TAKEN_BACK_WITHIN - timedelta(hours=1)
    )
    delete_view(other)
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_views_change_places(desk, agent):
    first, second, third = (make_view(agent, name) for name in ("First", "Second", "Third"))
    desk.post(f"/desk/saved-views/{third.pk}/place/", {"to": "up"})
    assert names_for(agent) == ["First", "Third", "Second"]
    desk.post(f"/desk/saved-views/{first.pk}/place/", {"to": "down"})
    assert names_for(agent) == ["Third", "First", "Second"]
    desk.post(f"/desk/saved-views/{second.pk}/place/", {"to": "down"})
    assert names_for(agent) == ["Third", "First", "Second"]


def test_admins_keep_the_shared_views_in_order(client):
    admin = make_admin()
    client.force_login(admin)
    shared = make_view(make_agent("Otto"), "Late <b>", audience="everybody")
    make_view(make_agent("Mia"), "Private")
    page = client.get("/settings/views/").content.decode()
    assert "Late &lt;b&gt;" in page and "Private" not in page
    form = {"name": "Late", "query": "is:escalated", "sort": "waiting", "audience": "me"}
    answer = client.post(f"/desk/saved-views/{shared.pk}/?then=settings", form | {"audience": "everybody"})
    assert answer.headers["Location"] == "/settings/views/"
    shared.refresh_from_db()
    assert (shared.name, shared.sort, str(shared.owner)) == ("Late", "waiting", "Otto")
