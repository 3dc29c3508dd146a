"""The admins' screens of bots: what is typed is never lost, and what can't run is said at its place."""

import pytest
from django.urls import reverse

from routing.models import Bot
from tests.factories import make_agent, make_department
from tests.routing.bots.chats import Chat, ask, make_bot, option
from tests.routing.triggers.test_firing import make_trigger

pytestmark = pytest.mark.django_db
NEW = "/settings/bots/new/"
FORM = {
    "name": "Clerk",
    "question": ["a", "b"],
    "a.text.en": "Which order?",
    "a.text.it": "Quale ordine?",
    "a.kind": "words",
    "a.is_optional": "on",
    "b.text.en": "What is it about?",
    "b.kind": "choice",
    "b.option": ["b.0", "b.1"],
    "b.0.text.en": "Invoice",
    "b.0.tag": " Invoice ",
    "b.1.text.en": "Delivery",
    "patience_minutes": "7",
    "shown": "en",
}


def test_what_is_saved_is_what_was_typed(client, admin):
    answer = client.post(NEW, FORM)
    assert answer.headers["Location"] == reverse("routing:bots")
    bot = Bot.objects.get()
    assert (bot.name, bot.patience_minutes, bot.asks_rules) == ("Clerk", 7, False)
    first, second = bot.questions
    assert first == {
        "texts": {"en": "Which order?", "it": "Quale ordine?"},
        "kind": "words",
        "is_optional": True,
    }
    assert [(one["texts"]["en"], one["tag"]) for one in second["options"]] == [
        ("Invoice", "invoice"),
        ("Delivery", ""),
    ]


def test_what_is_wrong_is_said_at_its_place_and_nothing_typed_is_lost(client, admin):
    wrong = FORM | {
        "name": "",
        "a.text.en": "",
        "a.text.it": "",
        "b.1.text.en": "",
        "patience_minutes": "soon",
    }
    answer = client.post(NEW, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Bot.objects.exists()
    for reason in (
        "Give the bot a name.",
        "Write the question.",
        "Write the choice.",
        "Write a time from one minute to a day.",
    ):
        assert reason in page
    assert 'value="Invoice"' in page and "What is it about?" in page and 'value="soon"' in page


@pytest.mark.parametrize(
    ("press", "texts"),
    [
        ("add question", ["Which order?", "What is it about?", ""]),
        ("down 0", ["What is it about?", "Which order?"]),
        ("up 1", ["What is it about?", "Which order?"]),
        ("up 0", ["Which order?", "What is it about?"]),
        ("remove 0", ["What is it about?"]),
        ("remove 7", ["Which order?", "What is it about?"]),
        ("show it", ["Which order?", "What is it about?"]),
        ("nonsense", ["Which order?", "What is it about?"]),
        ("", ["Which order?", "What is it about?"]),
        ("up " + "9" * 5000, ["Which order?", "What is it about?"]),
    ],
)
def test_the_buttons_change_the_draft_and_save_nothing(client, admin, press, texts):
    answer = client.post(NEW, FORM | {"press": press})
    assert [part.stored["texts"].get("en", "") for part in answer.context["parts"]] == texts
    assert not Bot.objects.exists()


def test_choices_come_and_go(client, admin):
    added = client.post(NEW, FORM | {"press": "add option 1"}).context["parts"][1]
    assert [one.stored["texts"].get("en") for one in added.options] == ["Invoice", "Delivery", None]
    left = client.post(NEW, FORM | {"press": "remove option 1 0"}).context["parts"][1]
    assert [one.stored["texts"].get("en") for one in left.options] == ["Delivery"]
    fresh = client.post(NEW, FORM | {"press": "redraw", "a.kind": "choice"}).context["parts"][0]
    assert len(fresh.options) == 2


def test_one_language_is_before_the_eyes_and_what_lacks_texts_says_so(client, admin):
    page = client.post(NEW, FORM | {"press": "show it"})
    assert page.context["shown"] == "it"
    assert page.context["languages"][:2] == [("en", "English", False), ("it", "Italiano", True)]
    assert [said.text for said in page.context["preview"]][0] == "Quale ordine?"


def test_a_greeting_that_one_language_lacks_is_marked_and_choices_that_nobody_is_offered_are_not(
    client, admin
):
    both = {"b.text.it": "Di che si tratta?", "b.kind": "words", "press": "redraw"}
    assert client.post(NEW, FORM | both).context["languages"][1] == ("it", "Italiano", False)
    page = client.post(NEW, FORM | both | {"opening.en": "Hello"})
    assert page.context["languages"][1] == ("it", "Italiano", True)


def test_a_department_that_is_no_number_is_none(client, admin):
    assert client.post(NEW, FORM | {"department": "9" * 5000}).status_code == 302
    assert Bot.objects.get().department is None


def test_the_preview_follows_the_form(client, admin):
    page = client.post("/settings/bots/preview/", FORM | {"opening.en": "Hello <b>"}).content.decode()
    assert "Hello &lt;b&gt;" in page and "Which order?" in page
    assert page.count("Talk to a person") == 2
    assert "Thank you. A colleague takes it from here." in page


def test_the_example_can_be_saved_as_it_stands_in_every_language(client, admin):
    page = client.get(f"{NEW}?from=example")
    assert not any(lacks for _code, _name, lacks in page.context["languages"])
    form = {"name": page.context["bot"].name, "patience_minutes": "5"}
    parts = page.context["parts"]
    form["question"] = [part.name for part in parts]
    for part in parts:
        form |= {text.name: text.value for text in part.texts} | {f"{part.name}.kind": part.stored["kind"]}
        form[f"{part.name}.option"] = [one.name for one in part.options]
        for one in part.options:
            form |= {text.name: text.value for text in one.texts}
    assert client.post(NEW, form).status_code == 302
    assert len(Bot.objects.get().questions) == 3


def test_the_list_says_what_is_asked_who_starts_it_and_how_often(
    client, admin, django_assert_max_num_queries
):
    bot = make_bot(ask("Which order?"))
    Chat(bot).write("A-100")
    Chat(bot)
    for number in range(5):
        make_bot(name=f"Idle {number}")
    with django_assert_max_num_queries(12):
        page = client.get("/settings/bots/").content.decode()
    assert "Which order?" in page and "Asked in 2 chats within 30 days; 1 answered all of it." in page
    assert page.count("No trigger starts it yet.") == 5


def test_a_trigger_for_a_bot_is_ready_to_be_saved(client, admin):
    bot = make_bot()
    page = client.get(f"/settings/triggers/new/?bot={bot.pk}")
    trigger = page.context["trigger"]
    assert trigger.actions == [{"do": "bot", "value": str(bot.pk)}]
    assert f'<option value="{bot.pk}" selected>Clerk</option>' in page.content.decode()


def test_it_is_switched_and_deleted(client, admin):
    bot = make_bot()
    client.post(f"/settings/bots/{bot.pk}/activity/", {"is_active": "0"})
    bot.refresh_from_db()
    assert not bot.is_active
    client.post(f"/settings/bots/{bot.pk}/deletion/")
    assert not Bot.objects.exists()
    make_trigger(("tag", "x"))
    assert "Begin with an example" in client.get("/settings/bots/").content.decode()


def test_only_admins_come_there(client):
    client.force_login(make_agent())
    assert client.get("/settings/bots/").status_code == 403


def test_a_department_is_kept_and_shown(client, admin):
    billing = make_department("Billing")
    choice = option("Invoice", department=str(billing.pk))
    bot = make_bot(ask("What?", "choice", options=[choice, option("Else")]), department=billing)
    page = client.get(f"/settings/bots/{bot.pk}/").content.decode()
    assert page.count(f'<option value="{billing.pk}" selected>') == 2


def test_the_example_is_offered_until_something_is_typed(client, admin):
    make_bot(name="Taken")
    assert 'href="?from=example"' in client.get(NEW).content.decode()
    assert 'href="?from=example"' not in client.get(f"{NEW}?from=example").content.decode()
    assert 'href="?from=example"' not in client.post(NEW, {"press": "add question"}).content.decode()
