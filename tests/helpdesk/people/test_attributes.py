"""What the team wants to know of its customers: defined, told by sites and programs, changed by hand, retired."""

import pytest

from helpdesk.errors import Conflict, Invalid, NotThere
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.attributes import definitions
from helpdesk.people.attributes.changing import ChangedMeanwhile, change_value, mark_of
from helpdesk.people.attributes.definitions import define_attribute, fitted, move_attribute, retire_attribute
from helpdesk.people.attributes.dropping import drop_values
from helpdesk.people.attributes.facts import facts_of
from helpdesk.people.attributes.kinds import Unfitting
from helpdesk.people.models import Company, Contact
from tests.factories import by, make_agent, make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return by(make_agent("Alice"))


@pytest.fixture
def carla():
    return make_contact("Carla", "carla@customer.example")


def define(key="seats", kind="number", of="person", **more):
    return define_attribute(of, key, **{"name": key.title(), "kind": kind, **more})


def has(contact, **attributes):
    contact.attributes |= attributes
    contact.save()


def found(contact, key, of="person"):
    return facts_of(Contact.objects.select_related("company").get(pk=contact.pk)).find(of, key)


# -- definitions


def test_plan_products_and_spend_are_there_without_anybody_s_doing():
    assert [(one.key, str(one.label), one.kind) for one in definitions.standing()] == [
        ("plan", "Plan", "text"),
        ("products", "Products", "text"),
        ("spend", "Spend", "number"),
    ]


def test_what_is_defined_stands_at_the_end_until_it_is_moved():
    define()
    move_attribute("person", "seats", up=True)
    assert [one.key for one in definitions.standing()] == ["plan", "products", "seats", "spend"]


@pytest.mark.parametrize(
    "key", ["claims", "no_surveys", "mail_bounces", "email", "user_id", "", " ", "a/b", "x" * 41]
)
def test_a_key_that_is_ours_or_none_is_refused(key):
    with pytest.raises(Invalid) as refusal:
        define(key)
    assert refusal.value.field == "key"


def test_a_key_is_defined_once_and_a_retired_one_comes_back():
    define()
    with pytest.raises(Conflict):
        define(is_new=True)
    with pytest.raises(Conflict):
        define("plan", is_new=True)
    retire_attribute("person", "seats")
    assert "seats" not in definitions.standing_of("person")
    define(is_new=True)
    assert "seats" in definitions.standing_of("person")


def test_choices_are_at_least_two_each_once():
    with pytest.raises(Invalid) as refusal:
        define("size", "choice", choices=["Small", "small "])
    assert refusal.value.field == "choices"
    assert define("size", "choice", choices=["Small", " Large", ""]).choices == ["Small", "Large"]


def test_a_usual_name_stays_in_each_reader_s_language_until_it_is_another():
    assert define("plan", "text", name="Plan").name == ""
    assert define("plan", "text", name="Contract").name == "Contract"


def test_what_sites_say_and_nobody_has_defined_is_offered(carla):
    has(carla, seats=3, no_surveys=True, plan="pro", claims={"cart": "3", "user_id": "7"})
    assert set(definitions.undefined_keys()) == {("person", "seats"), ("person", "cart")}


# -- what comes in


def test_what_sites_send_is_kept_by_its_type_and_what_does_not_fit_as_it_came():
    define()
    define("vip", "yes_no")
    sent = {"seats": "12", "vip": "perhaps", "shoe": "42"}
    assert fitted(sent, of="person") == {"seats": 12, "vip": "perhaps", "shoe": "42"}


def test_what_does_not_fit_is_shown_with_the_reason(carla):
    define()
    has(carla, seats="a dozen")
    fact = found(carla, "seats")
    assert (fact.words, fact.problem) == ("a dozen", "Write a number, such as 12 or 9.50.")


def test_what_a_site_says_without_a_proof_stands_where_nothing_else_is_known(carla):
    has(carla, plan="Pro", claims={"plan": "Enterprise", "spend": "120", "cart": "3"})
    assert (found(carla, "plan").words, found(carla, "plan").claimed) == ("Pro", "Enterprise")
    assert (found(carla, "spend").words, found(carla, "spend").is_claimed) == ("120", True)
    assert [(one.key, one.is_claimed, one.can_edit) for one in facts_of(carla).others] == [
        ("cart", True, False)
    ]


def test_what_is_ours_is_no_fact(carla):
    has(carla, no_surveys=True, mail_bounces="x", claims={})
    assert facts_of(carla).others == []


# -- changing by hand


def test_a_change_is_kept_by_its_type_and_is_a_fact_without_the_value(carla, alice):
    define()
    change_value(carla, of="person", key="seats", value="12", by=alice)
    carla.refresh_from_db()
    assert carla.attributes == {"seats": 12}
    event = Event.objects.get(name=names.CONTACT_CHANGED)
    assert (event.contact_id, event.actor_name) == (carla.pk, "Alice")
    assert event.data == {"of": "person", "fields": ["seats"]}


def test_the_same_again_changes_nothing_and_tells_nothing(carla, alice):
    for _time in range(2):
        change_value(carla, of="person", key="plan", value="Pro", by=alice)
    assert Event.objects.filter(name=names.CONTACT_CHANGED).count() == 1


def test_nothing_takes_the_value_away(carla, alice):
    has(carla, plan="Pro", no_surveys=True)
    change_value(carla, of="person", key="plan", value="  ", by=alice)
    carla.refresh_from_db()
    assert carla.attributes == {"no_surveys": True}


def test_a_value_that_is_none_of_the_type_is_refused_by_its_field(carla, alice):
    define()
    with pytest.raises(Unfitting) as refusal:
        change_value(carla, of="person", key="seats", value="many", by=alice)
    assert (refusal.value.field, str(refusal.value)) == ("seats", "Write a number, such as 12 or 9.50.")


def test_who_has_not_seen_a_colleague_s_change_does_not_win_over_it(carla, alice):
    change_value(carla, of="person", key="plan", value="Pro", by=alice, seen=mark_of(None))
    with pytest.raises(ChangedMeanwhile) as refusal:
        change_value(
            carla, of="person", key="plan", value="Free", by=by(make_agent("Ben")), seen=mark_of(None)
        )
    assert (refusal.value.now, str(refusal.value)) == ("Pro", "Alice has changed this meanwhile.")
    change_value(carla, of="person", key="plan", value="Free", by=alice, seen=mark_of("Pro"))


def test_what_is_ours_unknown_or_retired_is_not_changed(carla, alice):
    define()
    retire_attribute("person", "seats")
    for key in ("no_surveys", "claims", "shoe", "seats"):
        with pytest.raises(NotThere):
            change_value(carla, of="person", key=key, value="1", by=alice)


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("name", "  Carla Rossi ", "Carla Rossi"),
        ("phone", "+39 051 123456", "+39 051 123456"),
        ("language", "it", "it"),
        ("time_zone", "rome", "Europe/Rome"),
        ("time_zone", "America/New York", "America/New_York"),
        ("time_zone", "", ""),
    ],
)
def test_what_everybody_has_is_changed_the_same_way(carla, alice, key, typed, kept):
    change_value(carla, of="person", key=key, value=typed, by=alice)
    carla.refresh_from_db()
    assert getattr(carla, key) == kept


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("phone", "call me"),
        ("language", "xx"),
        ("time_zone", "Atlantis"),
        ("email", "carla@"),
        ("name", "x" * 121),
    ],
)
def test_what_everybody_has_is_refused_in_words(carla, alice, key, typed):
    with pytest.raises(Unfitting) as refusal:
        change_value(carla, of="person", key=key, value=typed, by=alice)
    assert refusal.value.field == key


def test_a_new_address_is_a_way_to_recognise_them_until_it_is_taken_back(carla, alice):
    changed = change_value(carla, of="person", key="email", value="new@customer.example", by=alice)
    assert carla.identities.filter(value="new@customer.example").exists()
    back = {"value": changed.before, "seen": mark_of(changed.after), "forget_identity": changed.identity}
    change_value(carla, of="person", key="email", by=alice, **back)
    carla.refresh_from_db()
    assert (carla.email, carla.identities.count()) == ("carla@customer.example", 1)


def test_somebody_else_s_address_is_refused(carla, alice):
    make_contact("Dan", "dan@customer.example")
    with pytest.raises(Conflict):
        change_value(carla, of="person", key="email", value="DAN@customer.example", by=alice)


def test_a_company_is_found_by_its_name_or_made(carla, alice):
    acme = Company.objects.create(name="Acme")
    assert change_value(carla, of="person", key="company", value=" acme ", by=alice).after == acme.pk
    change_value(carla, of="person", key="company", value="Rossi & Figli", by=alice)
    carla.refresh_from_db()
    assert carla.company.name == "Rossi & Figli"
    change_value(carla, of="person", key="company", value=acme.pk, by=alice)
    carla.refresh_from_db()
    assert carla.company == acme


def test_what_is_known_of_a_company_is_known_for_all_its_people(carla, alice):
    define("seats", of="company")
    with pytest.raises(Invalid):
        change_value(carla, of="company", key="seats", value=3, by=alice)
    acme, dan = Company.objects.create(name="Acme"), make_contact("Dan")
    Contact.objects.update(company=acme)
    change_value(carla, of="company", key="seats", value=3, by=alice)
    assert found(dan, "seats", "company").words == "3"
    assert Event.objects.get(name=names.CONTACT_CHANGED).data["company"] == acme.pk


# -- retiring


def test_the_values_of_a_retired_attribute_stay_as_plain_text_or_are_taken_away(carla):
    define()
    has(carla, seats=3, plan="Pro", claims={"seats": "4", "cart": "1"})
    retire_attribute("person", "seats")
    assert [(one.key, one.words) for one in facts_of(carla).others if not one.is_claimed] == [("seats", "3")]
    assert drop_values("person", "seats") == 1
    carla.refresh_from_db()
    assert carla.attributes == {"plan": "Pro", "claims": {"cart": "1"}}


def test_a_standard_one_can_be_retired_too():
    retire_attribute("person", "spend")
    assert [one.key for one in definitions.standing()] == ["plan", "products"]
