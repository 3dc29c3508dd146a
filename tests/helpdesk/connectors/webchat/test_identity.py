"""Who a site says its visitor is: proved, claimed, forged."""

import hmac
import json
from datetime import timedelta

import jwt
import pytest

from helpdesk import clock
from helpdesk.connectors.webchat.identity import hash_of, make_secret
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.contacts import find_contact, find_or_create_contact
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.people.visitors import read_visitor
from helpdesk.tickets.models import Message, Ticket
from tests.factories import customer_writes, make_inbox


@pytest.fixture
def secret(widget) -> str:
    return make_secret(widget)


@pytest.fixture
def prove(secret):
    """prove(user_id, ...): what a site's page says of its visitor, with the right hash."""

    def prove_id(user_id, **details):
        return {"user_id": user_id, "hash": hash_of(secret, str(user_id))} | details

    return prove_id


@pytest.fixture
def sign(secret):
    """sign(**claims): the same as a JWT, good for five minutes unless `exp` says otherwise."""

    def sign_claims(*, key=secret, algorithm="HS256", **claims):
        exp = clock.now() + timedelta(minutes=5)
        return {"jwt": jwt.encode({"exp": exp} | claims, key, algorithm=algorithm)}

    return sign_claims


def enter(browser, who):
    """The widget opens on a page that says this of its visitor."""
    opened = browser.post("start", who=who).json()
    browser.token = opened["token"]
    return opened


def shown(opened) -> str:
    return "".join(message["html"] for message in opened["messages"])


def contact_of(user_id: str) -> Contact:
    return find_contact("external", user_id)


def test_the_hash_is_that_of_the_widgets_people_know(widget):
    """Known answer of Chatwoot's identifier_hash."""
    expected = "ce36f102799e800738d3f136736c2e0bc17bffb88d4d190b932ee6d4732c01ff"
    assert hash_of("hmac-token", "user-42") == expected
    assert hash_of("s", "ĝ") == hmac.new(b"s", "ĝ".encode(), "sha256").hexdigest()


# -- proved


@pytest.mark.parametrize("way", ["hash", "jwt"])
def test_a_proved_person_sees_their_own_history_on_every_device(browse, prove, sign, way):
    who = prove("42") if way == "hash" else sign(user_id="42")
    phone, laptop = browse(), browse()
    enter(phone, who)
    phone.write("From the phone", who=who)
    assert "From the phone" in shown(enter(laptop, who))
    laptop.write("From the laptop", who=who)
    assert "From the laptop" in phone.texts()
    assert Contact.objects.count() == Ticket.objects.count() == 1
    kinds = contact_of("42").identities.values_list("kind", "is_verified")
    assert sorted(kinds) == [("external", True), ("visitor", False), ("visitor", True)]


def test_what_they_wrote_before_they_signed_in_is_theirs(browse, prove):
    browser, other = browse(), browse()
    browser.write("Before")
    assert "Before" in shown(enter(browser, prove("42")))
    assert "Before" in shown(enter(other, prove("42")))


def test_it_joins_what_they_wrote_on_two_devices_before_they_signed_in(browse, prove):
    phone, laptop = browse(), browse()
    phone.write("From the phone")
    laptop.write("From the laptop")
    enter(phone, prove("42"))
    both = shown(enter(laptop, prove("42")))
    assert "From the phone" in both
    assert "From the laptop" in both
    assert Contact.objects.standing().count() == 1


def test_two_devices_that_write_for_the_first_time_are_one_person(browse, prove):
    phone, laptop = browse(), browse()
    enter(phone, prove("42"))
    enter(laptop, prove("42"))
    assert Contact.objects.count() == 0  # nobody has written
    phone.write("From the phone")
    laptop.write("From the laptop")
    assert "From the phone" in laptop.texts()
    assert Contact.objects.standing().count() == 1


def test_another_person_in_the_same_browser_gets_a_visit_of_their_own(browse, prove):
    browser = browse()
    enter(browser, prove("42"))
    browser.write("My secret")
    first = browser.token
    assert "secret" not in shown(enter(browser, prove("43")))
    browser.write("Hello")
    assert read_visitor(first) != read_visitor(browser.token)
    assert contact_of("43") != contact_of("42")


def test_who_has_proved_an_address_by_mail_is_not_made_one_with_who_signs_in_on_their_computer(browse, prove):
    browser = browse()
    browser.write("My secret")
    owner = find_contact("visitor", str(read_visitor(browser.token)))
    ContactIdentity.objects.create(contact=owner, kind="email", value="a@customer.example", is_verified=True)
    assert "secret" not in shown(enter(browser, prove("42", email="a@customer.example")))


def test_a_person_the_api_knows_is_known_in_the_widget(browse, prove):
    person = find_or_create_contact("external", "42", name="Carla", is_verified=True)
    browser = browse()
    assert enter(browser, prove(42))["has_written"]
    browser.write("Hello")
    assert Ticket.objects.get().contact == person


def test_a_jwt_fills_in_what_it_says_and_a_hash_only_what_is_empty(browse, prove, sign):
    browser = browse()
    enter(browser, prove("42", name="Carla", email="carla@customer.example"))
    browser.write("Hello", who=prove("42", name="Carla", email="carla@customer.example", plan="pro"))
    enter(browser, prove("42", name="Mallory", email="mallory@customer.example"))
    person = contact_of("42")
    assert (person.name, person.email) == ("Carla", "carla@customer.example")
    assert person.attributes["claims"] == {"plan": "pro"}
    enter(
        browser,
        sign(
            user_id=42,
            name="Carla Nagy",
            email="cn@customer.example",
            attributes={"plan": "gold", "claims": "2"},
        ),
    )
    person.refresh_from_db()
    assert (person.name, person.email) == ("Carla Nagy", "cn@customer.example")
    assert person.attributes == {
        "plan": "gold",
        "claims": {"plan": "pro"},
    }  # what is ours is nobody else's to write
    assert not person.identities.filter(kind="email").exists()  # the site does not say it has verified it


def test_what_a_site_proves_is_kept_by_the_type_that_admins_chose_and_what_does_not_fit_is_not_lost(
    browse, sign
):
    define_attribute("person", "seats", name="Seats", kind="number")
    define_attribute("person", "vip", name="VIP", kind="yes_no")
    browser = browse()
    enter(browser, sign(user_id=42))
    browser.write("Hello", who=sign(user_id=42, attributes={"seats": "12", "vip": "perhaps", "shoe": "43"}))
    assert contact_of("42").attributes == {"seats": 12, "vip": "perhaps", "shoe": "43"}


def test_an_address_is_theirs_only_where_a_jwt_says_it_is_verified_and_nobody_else_has_it(browse, sign):
    mail = customer_writes(text="My secret mail", email="carla@customer.example")
    browser = browse()
    who = sign(user_id="42", email="carla@customer.example", email_verified=True)
    enter(browser, who)
    browser.write("Hello", who=who)
    assert contact_of("42") != mail.ticket.contact
    assert "secret" not in browser.texts()
    fresh = sign(user_id="43", email="dan@customer.example", email_verified=True)
    other = browse()
    enter(other, fresh)
    other.write("Hello", who=fresh)
    assert find_contact("email", "dan@customer.example") == contact_of("43")


def test_a_jwt_that_ran_out_while_the_page_stood_open_costs_no_message_and_no_name(browse, sign):
    browser = browse()
    who = sign(user_id="42", name="Carla")
    enter(browser, who)
    with clock.frozen_at(clock.now() + timedelta(hours=3)):
        assert browser.write("Still here", who=who).status_code == 201
    assert contact_of("42").name == "Carla"


def test_who_is_blocked_is_blocked_on_every_device(browse, prove):
    phone, laptop = browse(), browse()
    enter(phone, prove("42"))
    enter(laptop, prove("42"))
    phone.write("Hello")
    Contact.objects.update(is_blocked=True)
    assert laptop.write("Hello again").json()["code"] == "blocked"
    assert Message.objects.count() == 1


# -- claimed


def test_a_claim_shows_nobody_s_history_and_is_told_to_the_team_as_a_claim(browse, prove):
    victim = browse()
    enter(victim, prove("42", name="Carla"))
    victim.write("My secret", who=prove("42"))
    spoofer = browse()
    claim = {"user_id": "42", "email": "carla@customer.example", "plan": "gold"}
    assert "secret" not in shown(enter(spoofer, claim))
    spoofer.write("Show me", who=json.dumps(claim))
    assert "secret" not in spoofer.texts()
    stranger = Message.objects.get(text="Show me").ticket.contact
    assert stranger != contact_of("42")
    assert stranger.attributes == {"claims": {"user_id": "42", "plan": "gold"}}
    assert stranger.email == "carla@customer.example"
    assert not stranger.identities.exclude(kind="visitor").exists()


def test_claims_are_kept_apart_from_what_the_team_knows(browse):
    browser = browse()
    browser.write("Hello")
    contact = Contact.objects.get()
    contact.attributes = {"plan": "free"}
    contact.save()
    browser.post(
        "details", who={"plan": "gold", "mail_bounces": "x", "nested": {"a": 1}, "": "y", "big": "z" * 999}
    )
    contact.refresh_from_db()
    assert contact.attributes == {
        "plan": "free",
        "claims": {"plan": "gold", "mail_bounces": "x", "big": "z" * 200},
    }


def test_nothing_is_written_for_somebody_who_has_never_written(browse, prove, sign):
    browser = browse()
    enter(browser, prove("42", name="Carla", plan="pro"))
    enter(browser, sign(user_id="42", email="carla@customer.example", email_verified=True))
    enter(browse(), {"user_id": "42", "name": "Carla"})
    assert (Contact.objects.count(), ContactIdentity.objects.count()) == (0, 0)


# -- forged


FORGED = {
    "a wrong hash": lambda secret: {"user_id": "42", "hash": "0" * 64},
    "another's hash": lambda secret: {"user_id": "42", "hash": hash_of(secret, "43")},
    "a hash with more behind it": lambda secret: {"user_id": "42", "hash": hash_of(secret, "42") + "0"},
    "a hash of nothing": lambda secret: {"user_id": "", "hash": hash_of(secret, "")},
    "a hash that is no text": lambda secret: {"user_id": "42", "hash": ["x"]},
    "letters outside ASCII": lambda secret: {"user_id": "42", "hash": "é" * 64},
    "an id that would be trimmed": lambda secret: {"user_id": " 42", "hash": hash_of(secret, " 42")},
    "an id that would be cut": lambda secret: {"user_id": "4" * 300, "hash": hash_of(secret, "4" * 300)},
    "another key": lambda secret: {"jwt": encode({"user_id": "42"}, "x" * 64)},
    "no signature": lambda secret: {"jwt": encode({"user_id": "42"}, None, algorithm="none")},
    "another algorithm": lambda secret: {"jwt": encode({"user_id": "42"}, secret * 2, algorithm="HS512")},
    "no end": lambda secret: {"jwt": jwt.encode({"user_id": "42"}, secret)},
    "an end that is past": lambda secret: {"jwt": encode({"user_id": "42", "exp": 1}, secret)},
    "an end that is no number": lambda secret: {"jwt": encode({"user_id": "42", "exp": "never"}, secret)},
    "nobody": lambda secret: {"jwt": encode({"email": "carla@customer.example"}, secret)},
    "two persons": lambda secret: {"user_id": "42", "jwt": encode({"user_id": "43"}, secret)},
    "no token at all": lambda secret: {"user_id": "42", "jwt": "nonsense"},
    "a token that is no text": lambda secret: {"user_id": "42", "jwt": {"user_id": "42"}},
}


def encode(claims, key, algorithm="HS256"):
    return jwt.encode({"exp": clock.now() + timedelta(minutes=5)} | claims, key, algorithm=algorithm)


@pytest.mark.parametrize("name", FORGED)
def test_a_wrong_proof_is_refused_in_words_and_changes_nothing(browse, prove, secret, name):
    victim = browse()
    enter(victim, prove("42"))
    victim.write("My secret")
    spoofer = browse()
    before = read_visitor(spoofer.token)
    opened = enter(spoofer, FORGED[name](secret))
    assert opened["refused"]["code"] == "wrong_proof"
    assert opened["refused"]["reason"]
    assert "secret" not in shown(opened)
    assert read_visitor(spoofer.token) == before
    refused = spoofer.post("details", who=FORGED[name](secret))
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_proof")
    assert spoofer.write("Show me", who=FORGED[name](secret)).status_code == 201  # no message is lost over it
    stranger = Message.objects.get(text="Show me").ticket.contact
    assert stranger != contact_of("42")
    assert (stranger.name, stranger.attributes) == ("", {})


def test_a_proof_with_the_secret_of_another_inbox_or_of_none_is_wrong(browse, prove):
    other = make_inbox("webchat", name="Other shop")
    assert enter(browse(other), prove("42"))["refused"]["code"] == "wrong_proof"
    make_secret(other)
    assert enter(browse(other), prove("42"))["refused"]["code"] == "wrong_proof"


def test_a_new_secret_ends_the_old_proofs(browse, prove, widget):
    who = prove("42")
    assert "refused" not in enter(browse(), who)
    make_secret(widget)
    assert enter(browse(), who)["refused"]["code"] == "wrong_proof"


@pytest.mark.parametrize("claim", [{"user_id": "42"}, {"email": "carla@customer.example"}])
def test_an_inbox_that_wants_proofs_takes_nobody_s_word(browse, widget, prove, claim):
    widget.options = {"identity_is_required": True}
    widget.save()
    browser = browse()
    assert enter(browser, claim)["refused"]["code"] == "proof_needed"
    assert "refused" not in enter(browser, {"name": "Carla"})
    assert "refused" not in enter(browser, prove("42"))
    browser = browse()
    browser.write("Hello", who=claim)
    assert (Contact.objects.get().email, Contact.objects.get().attributes) == ("", {})


@pytest.mark.parametrize("who", [7, "x", [], None, "[" * 5_000, {"user_id": {"a": 1}}, {"user_id": "a\x00b"}])
def test_what_is_no_claim_says_nothing(browse, who):
    browser = browse()
    assert "refused" not in enter(browser, who)
    assert browser.write("Hello", who=who).status_code == 201
    assert Contact.objects.get().attributes == {}
