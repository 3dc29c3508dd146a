"""Who is asked how it was, by the policies; and what follows a bad rating."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from helpdesk import clock
from helpdesk.errors import Conflict
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import assign_ticket, close_ticket, reopen_ticket
from helpdesk.tickets.asking_surveys import on_event, send_due_surveys
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.models import Survey, Ticket
from helpdesk.tickets.surveys import CHANGED_WITHIN, rate_ticket, survey_text, survey_url
from helpdesk.tickets.writing import reply
from routing.models import CareRule, Membership, SurveyPolicy
from routing.surveys import following
from routing.surveys.planning import is_in_sample
from routing.surveys.saving import save_policy
from tests.factories import by, make_admin, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return make_agent("Alice")


def policy(*departments, **fields) -> SurveyPolicy:
    return save_policy(SurveyPolicy(name="How was it", **fields), departments=list(departments))


def answered(alice, inbox=None, **fields) -> Ticket:
    ticket = make_ticket(inbox, **fields)
    reply(ticket, "Done.", by=by(alice))
    return ticket


def closing(ticket, by) -> Event:
    close_ticket(ticket, by=by)
    return Event.objects.filter(ticket=ticket, name="ticket.closed").latest("id")


def asked_after_closing(ticket, actor) -> Survey | None:
    on_event(closing(ticket, actor))
    return Survey.objects.filter(ticket=ticket).first()


def test_it_waits_as_the_policy_says_and_is_sent_once(alice, outbox):
    policy(wait_minutes=60, style="thumbs", questions={"en": "All right now?"})
    survey = asked_after_closing(answered(alice), by(alice))
    assert (survey.sent_at, survey.message, send_due_surveys()) == (None, None, 0)
    with clock.frozen_at(clock.now() + timedelta(minutes=61)):
        assert (send_due_surveys(), send_due_surveys()) == (1, 0)
    survey.refresh_from_db()
    text = survey.message.text
    assert text.startswith("All right now?") and "/4/" in text and "/2/" in text and "/5/" not in text


def test_what_is_opened_again_before_then_is_not_asked_about_and_the_next_closing_is(alice, outbox):
    policy(wait_minutes=60)
    ticket = answered(alice)
    first = asked_after_closing(ticket, by(alice))
    reopen_ticket(ticket, by=by(alice))
    on_event(closing(ticket, by(alice)))
    with clock.frozen_at(clock.now() + timedelta(minutes=61)):
        assert send_due_surveys() == 1
    first.refresh_from_db()
    assert first.dropped_at and first.sent_at is None
    assert Survey.objects.exclude(sent_at=None).count() == 1


def test_what_waits_of_an_earlier_closing_does_not_keep_the_last_one_from_being_asked(alice, outbox):
    policy(wait_minutes=60, rest_days=30)
    ticket = answered(alice)
    asked_after_closing(ticket, by(alice))
    reopen_ticket(ticket, by=by(alice))
    on_event(closing(ticket, by(alice)))
    with clock.frozen_at(clock.now() + timedelta(minutes=61)):
        assert send_due_surveys() == 1


def test_two_closings_that_are_heard_of_late_ask_once(alice, outbox):
    ticket = answered(alice)
    first = closing(ticket, by(alice))
    reopen_ticket(ticket, by=by(alice))
    second = closing(ticket, by(alice))
    on_event(first)
    on_event(second)
    assert [survey.close_event for survey in Survey.objects.all()] == [second]


def test_the_first_that_is_on_and_fits_counts(alice, outbox):
    legal, inbox = make_department("Legal"), make_inbox()
    policy(legal, asks=False)
    policy(is_active=False, asks=False)
    policy(channels=["webchat"], asks=False)
    assert asked_after_closing(answered(alice, inbox), by(alice)).policy is None, "as it was without policies"
    inbox.department = legal
    inbox.save()
    assert asked_after_closing(answered(alice, inbox, email="x@customer.example"), by(alice)) is None


def test_nobody_is_asked_where_no_person_closed_unless_the_policy_says_so(alice, outbox):
    one = policy()
    assert asked_after_closing(answered(alice), SYSTEM) is None
    one.asks_closed_alone = True
    one.save()
    assert asked_after_closing(answered(alice, email="x@customer.example"), SYSTEM)


def test_a_customer_has_rest_between_two_surveys(alice, outbox):
    policy(rest_days=30)
    inbox = make_inbox()
    assert asked_after_closing(answered(alice, inbox), by(alice))
    with clock.frozen_at(clock.now() + timedelta(days=29)):
        assert asked_after_closing(answered(alice, inbox, subject="Other"), by(alice)) is None
    with clock.frozen_at(clock.now() + timedelta(days=31)):
        assert asked_after_closing(answered(alice, inbox, subject="Third"), by(alice))


def test_the_sample_is_drawn_by_the_closing_and_about_as_large_as_asked():
    drawn = [is_in_sample(number, 20) for number in range(5_000)]
    assert drawn == [is_in_sample(number, 20) for number in range(5_000)]
    assert 900 < sum(drawn) < 1_100
    assert all(is_in_sample(number, 100) for number in range(1_000))


@pytest.mark.django_db(transaction=True)
def test_eight_who_hear_of_a_closing_and_of_each_other_ask_once(alice, outbox):
    policy(rest_days=7)
    inbox = make_inbox()
    events = [closing(answered(alice, inbox, subject=f"No. {number}"), by(alice)) for number in range(2)]
    assert Contact.objects.count() == 1

    def hear(event):
        try:
            on_event(event)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(hear, events * 4))
    assert Survey.objects.count() == 1
    assert Event.objects.filter(name="survey.sent").count() == 1


def test_a_rating_can_be_changed_for_a_day(alice, outbox, client):
    survey = asked_after_closing(answered(alice), by(alice))
    customer = Actor.customer(survey.ticket.contact)
    rate_ticket(survey, score=2, by=customer)
    survey = rate_ticket(survey, score=5, by=customer)
    path = survey_url(survey, 1).removeprefix("http://testserver")
    with clock.frozen_at(clock.now() + CHANGED_WITHIN):
        with pytest.raises(Conflict):
            rate_ticket(survey, score=1, by=customer)
        page = client.post(path)
        assert page.status_code == 409 and "changed for a day" in page.content.decode()
        assert client.get(path).status_code == 409
    survey.refresh_from_db()
    assert survey.score == 5


def rated_badly(alice, inbox, **fields) -> tuple[Survey, Event]:
    policy(**fields)
    survey = asked_after_closing(answered(alice, inbox), by(alice))
    rate_ticket(survey, score=1, comment="Never came", by=Actor.customer(survey.ticket.contact))
    return survey, Event.objects.get(name="survey.rated")


def test_a_bad_rating_tags_reopens_and_tells_those_concerned_once(alice, outbox):
    lead, ben = make_agent("Lea"), make_agent("Ben")
    department = make_department("Support", members=(lead, ben))
    Membership.objects.filter(user=lead).update(role="lead")
    inbox = make_inbox(department=department)
    survey, rated = rated_badly(alice, inbox, tag_bad="unhappy", reopens_bad=True)
    for _again in range(2):
        following.on_event(rated)
    ticket = Ticket.objects.get()
    assert (ticket.tags, ticket.is_finished) == (["unhappy"], False)
    told = Notice.objects.filter(kind="bad_rating")
    assert {notice.user for notice in told} == {lead}
    assert told[0].title.startswith("Rated 1 of 5") and told[0].text == "Never came"
    close_ticket(ticket, by=by(alice))
    following.on_event(rated)
    assert Ticket.objects.get().is_finished, "once for a survey"


def test_a_bad_rating_of_what_was_merged_meanwhile_follows_where_it_goes_on(alice, outbox):
    inbox = make_inbox()
    kept = make_ticket(inbox, email="other@customer.example", subject="Kept")
    assign_ticket(kept, to=alice, by=SYSTEM)
    policy(tag_bad="unhappy")
    survey = asked_after_closing(answered(alice, inbox), by(alice))
    merge_tickets(kept, survey.ticket, by=by(alice))
    rate_ticket(survey, score=1, by=Actor.customer(survey.ticket.contact))
    following.on_event(Event.objects.get(name="survey.rated"))
    kept.refresh_from_db()
    assert kept.tags == ["unhappy"]
    assert [notice.user for notice in Notice.objects.filter(kind="bad_rating", ticket_id=kept.pk)] == [alice]


def test_a_good_rating_and_one_without_a_policy_change_nothing(alice, outbox):
    survey = asked_after_closing(answered(alice), by(alice))
    rate_ticket(survey, score=1, by=Actor.customer(survey.ticket.contact))
    following.on_event(Event.objects.get(name="survey.rated"))
    assert Ticket.objects.get().is_finished and not Notice.objects.filter(kind="bad_rating").exists()


def test_the_question_is_asked_in_the_customers_language(alice, outbox):
    policy(questions={"it": "Tutto a posto?"})
    ticket = answered(alice, language="it")
    survey = asked_after_closing(ticket, by(alice))
    assert survey_text(survey).startswith("Tutto a posto?")


def test_an_admin_sets_up_a_survey_moves_it_and_deletes_it(client):
    client.force_login(make_admin())
    department = make_department("Support")
    form = {"name": "After two hours", "departments": [department.pk], "channels": ["email"], "asks": "on"}
    form |= {
        "wait": "2",
        "unit": "60",
        "sample_percent": "50",
        "rest_days": "7",
        "style": "thumbs",
        "tag_bad": " Un Happy,",
    }
    assert client.post("/settings/surveys/new/", form).status_code == 302
    one = SurveyPolicy.objects.get()
    assert (one.wait_minutes, one.tag_bad, list(one.departments.all())) == (120, "un happy", [department])
    page = client.get("/settings/surveys/").content.decode()
    assert "Support · Email: 2 hours after closing, thumb up or down, 50 % of the tickets" in page
    policy()
    client.post(f"/settings/surveys/{one.pk}/place/", {"to": "down"})
    assert list(SurveyPolicy.objects.values_list("pk", flat=True))[-1] == one.pk
    refused = client.post(f"/settings/surveys/{one.pk}/", form | {"sample_percent": "0", "wait": "400"})
    assert refused.status_code == 422
    client.post(f"/settings/surveys/{one.pk}/deletion/")
    assert SurveyPolicy.objects.count() == 1


def test_the_page_of_ratings_shows_what_one_may_see_and_filters(
    client, alice, outbox, django_assert_max_num_queries
):
    open_inbox = make_inbox()
    closed_inbox = make_inbox(
        name="Legal", address="legal@example.com", department=make_department("Legal", is_restricted=True)
    )
    for inbox, score, words in (
        (open_inbox, 1, "Too slow"),
        (open_inbox, 5, ""),
        (closed_inbox, 2, "Hidden"),
    ):
        ticket = answered(alice, inbox, email=f"c{score}@customer.example")
        survey = asked_after_closing(ticket, by(alice))
        rate_ticket(survey, score=score, comment=words, by=Actor.customer(ticket.contact))
    client.force_login(alice)
    with django_assert_max_num_queries(10):
        page = client.get("/settings/ratings/").content.decode()
    assert "Too slow" in page and "Hidden" not in page and "50.0 % good (1 of 2; 2 asked)" in page
    bad = client.get("/settings/ratings/?kind=bad").content.decode()
    assert bad.count("rating-comment") == 1
    assert client.get("/settings/ratings/?kind=worst").status_code == 400


def test_nobody_is_asked_about_a_sensitive_matter_unless_the_policy_says_so(alice, outbox):
    CareRule.objects.create(mark="complaint")
    one, ticket = policy(), answered(alice)
    mark(ticket)
    assert asked_after_closing(ticket, by(alice)) is None
    one.asks_sensitive = True
    one.save()
    other = answered(alice, email="x@customer.example")
    mark(other)
    assert asked_after_closing(other, by(alice))


def mark(ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(marks=["complaint"])
