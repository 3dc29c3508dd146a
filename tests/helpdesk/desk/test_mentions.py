"""Whom a note names."""

import pytest

from helpdesk.desk.mentions import mentioned_in
from helpdesk.notices.models import Notice
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_department, make_ticket

TEAM = [User(name=name) for name in ("Ann", "Anna", "Anna Bell", "Łukasz")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Ann, look", {"Ann"}),
        ("@Anna: look", {"Anna"}),
        ("@Anna Bell knows, ask @Ann.", {"Anna Bell", "Ann"}),
        ("@Annabel is no colleague, nor is ann@Annex.example", set()),
        ("@Łukasz", {"Łukasz"}),
    ],
)
def test_only_who_is_named_in_full_is_called(text, names):
    assert {user.name for user in mentioned_in(text, TEAM)} == names


# -- departments


@pytest.fixture
def billing():
    """Billing, with Ann and Ben; Cid is in Shipping."""
    ann, ben, cid = (make_agent(name) for name in ("Ann", "Ben", "Cid"))
    make_department("Shipping", members=(cid,))
    return make_department("Billing", members=(ann, ben))


def write(desk, ticket, text):
    desk.post(f"/desk/tickets/{ticket.pk}/messages/", {"kind": "note", "text": text})


def told():
    return sorted(Notice.objects.filter(kind="mentioned").values_list("user__name", "reason"))


@pytest.mark.django_db(transaction=True)
def test_a_department_calls_everybody_in_it_once_and_says_which_way(desk, agent, billing, settings):
    settings.JOBS_INLINE = True
    billing.members.add(agent)
    ticket = make_ticket()
    write(desk, ticket, "@Billing, and @Ann above all: look. @Shippings is nothing.")
    assert told() == [("Ann", "mentioned"), ("Ben", "department")]
    ben = User.objects.get(name="Ben")
    assert Notice.objects.get(user=ben).words == "Your department was mentioned"
    assert list(Ticket.objects.mentioning(ben)) == [ticket]
    assert not Ticket.objects.mentioning(agent).exists()  # who wrote it


@pytest.mark.django_db(transaction=True)
def test_of_a_department_only_those_hear_who_may_see_the_ticket(desk, agent, billing, settings):
    settings.JOBS_INLINE = True
    legal = make_department("Legal", is_restricted=True, members=(agent, User.objects.get(name="Ben")))
    ticket = make_ticket()
    Ticket.objects.filter(pk=ticket.pk).update(department=legal)
    write(desk, ticket, "@Billing look. @Shipping too.")
    assert told() == [("Ben", "department")]
    page = desk.get(f"/desk/tickets/{ticket.pk}/colleagues/?q=").content.decode()
    assert 'data-text="@Billing "' in page and "@Shipping" not in page


@pytest.mark.django_db
def test_departments_stand_under_the_people_in_the_list_with_how_many_hear_of_it(desk, billing):
    page = desk.get(f"/desk/tickets/{make_ticket().pk}/colleagues/?q=b").content.decode()
    assert page.index('data-text="@Ben "') < page.index('data-text="@Billing "')
    assert "2 people" in page
