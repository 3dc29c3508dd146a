import pytest
from django.core.cache import cache

from tests.factories import make_agent

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def log_in(client, email, password=PASSWORD, **fields):
    return client.post("/login/", {"username": email, "password": password, **fields})


def test_a_member_comes_in_whatever_the_case_of_the_address(client):
    agent = make_agent("Alice")
    answer = log_in(client, f" {agent.email.upper()} ")
    assert answer.headers["Location"] == "/desk/"
    assert client.get("/account/").status_code == 200


def test_a_wrong_password_says_so_and_lets_nobody_in(client):
    answer = log_in(client, make_agent().email, "wrong")
    assert "do not belong together" in answer.content.decode()
    assert client.get("/desk/").status_code == 302


def test_somebody_who_left_stays_out(client):
    assert log_in(client, make_agent(is_active=False).email).status_code == 200
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("onward", "goes_to"),
    [("/funnel/", "/funnel/"), ("https://evil.example/", "/desk/"), ("//evil.example", "/desk/")],
)
def test_login_leads_on_only_within_the_site(client, onward, goes_to):
    assert log_in(client, make_agent().email, next=onward).headers["Location"] == goes_to


def test_guessing_is_stopped_after_ten_tries_a_minute(client, settings):
    settings.RATELIMIT_ENABLE = True
    cache.clear()
    agent = make_agent()
    answers = tries_until_stopped(lambda _: log_in(client, agent.email, "wrong"))
    assert answers[:10] == [200] * 10 and answers[-1] == 429
    assert log_in(client, agent.email).status_code == 429
    cache.clear()


def tries_until_stopped(knock) -> list[int]:
    """The statuses up to the first refusal; at most twice as many as a minute allows, since one may end on the way."""
    answers = []
    while len(answers) < 2 * 10 + 1 and 429 not in answers:
        answers.append(knock(len(answers)).status_code)
    return answers


def test_blanks_around_the_address_buy_no_further_tries(client, settings):
    settings.RATELIMIT_ENABLE = True
    cache.clear()
    agent = make_agent()
    answers = tries_until_stopped(lambda blanks: log_in(client, " " * blanks + agent.email, "wrong"))
    assert answers[:10] == [200] * 10 and answers[-1] == 429
    cache.clear()


def test_logging_out_takes_a_post(client):
    client.force_login(make_agent())
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/desk/").status_code == 302


def test_own_language_holds_for_the_team_s_screens(client):
    agent = make_agent()
    client.force_login(agent)
    form = {
        "name": "Alice",
        "language": "it",
        "time_zone": "Europe/Rome",
        "theme": "dark",
        "signature": "Alice",
        "after_closing": "stay",
    }
    answer = client.post("/account/", form)
    assert answer.status_code == 302 and answer.cookies["theme"].value == "dark"
    agent.refresh_from_db()
    assert (agent.language, agent.time_zone, agent.signature) == ("it", "Europe/Rome", "Alice")
    page = client.get("/desk/").content.decode()
    assert '<html lang="it"' in page and 'data-theme="dark"' in page


def test_the_theme_switch_is_kept_on_the_account(client):
    agent = make_agent()
    client.force_login(agent)
    for theme, kept in (("light", "light"), ("neon", ""), ("", "")):
        assert client.post("/account/theme/", {"theme": theme}).status_code == 204
        agent.refresh_from_db()
        assert agent.theme == kept


def test_changing_the_password_asks_for_the_old_one_and_keeps_one_signed_in(client):
    agent = make_agent()
    client.force_login(agent)
    new = "a staple and a battery"
    form = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    assert client.post("/account/password/", form).status_code == 422
    assert client.post("/account/password/", form | {"old_password": PASSWORD}).status_code == 302
    assert client.get("/account/").status_code == 200
    client.logout()
    assert log_in(client, agent.email, new).headers["Location"] == "/desk/"
