"""The screens on which shortcuts and macros are written: agents their own, admins all."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Shortcut
from helpdesk.tickets.shortcuts.usage import note_use
from tests.factories import make_admin, make_agent, make_department

pytestmark = pytest.mark.django_db
LIST = "/settings/shortcuts/"


@pytest.fixture
def boss():
    return make_admin()


@pytest.fixture
def admin(client, boss):
    client.force_login(boss)
    return client


@pytest.fixture
def alice():
    return make_agent("Alice")


@pytest.fixture
def agent(alice):
    browser = Client()
    browser.force_login(alice)
    return browser


def page_of(browser, path=LIST):
    return browser.get(path).content.decode()


def test_a_shortcut_is_written_in_several_languages_changed_and_found(admin):
    fields = {
        "name": "Refund",
        "reach": "everybody",
        "text_en": "Hi {{customer.first_name|there}}",
        "text_it": "Ciao",
    }
    assert admin.post(f"{LIST}new/", fields | {"keywords": "money  back"}).status_code == 302
    row = Shortcut.objects.get()
    assert (row.name, row.keywords, row.translations) == ("refund", "money back", {"it": "Ciao"})
    admin.post(f"{LIST}{row.pk}/", fields | {"text_en": "", "text_it": "Salve"})
    row.refresh_from_db()
    assert (row.language, row.text, row.translations) == ("it", "Salve", {})
    for words in ("refu", "salve"):
        assert "/refund" in page_of(admin, f"{LIST}?q={words}")
    assert "/refund" not in page_of(admin, f"{LIST}?q=nothing")


def test_a_macro_s_steps_are_kept_as_they_were_chosen(admin):
    billing = make_department("Billing")
    steps = {"do": ["tag", "transfer"], "value": ["vip, refund", str(billing.pk)]}
    assert admin.post(f"{LIST}new/", {"name": "vip", "reach": "everybody", **steps}).status_code == 302
    row = Shortcut.objects.get()
    assert row.actions == [
        {"do": "tag", "value": "vip, refund"},
        {"do": "transfer", "value": str(billing.pk)},
    ]
    assert "Move to: Billing" in page_of(admin)
    assert f'<option value="{billing.pk}" selected>Billing</option>' in page_of(admin, f"{LIST}{row.pk}/")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "my refund", "text_en": "x"}, "without spaces"),
        ({"name": "empty"}, "Write a text, or add a step."),
        ({"name": "typo", "text_en": "Hi {{customer.frist_name}}"}, "no such placeholder"),
        ({"name": "step", "do": ["transfer"], "value": ["999"]}, "Choose one of the list."),
        ({"name": "step", "do": ["tag"], "value": [" ,"]}, "Write a tag."),
        ({"name": "step", "do": ["explode"], "value": ["x"]}, "There is no such step."),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_with_all_of_it_kept(admin, fields, words):
    answer = admin.post(f"{LIST}new/", {"reach": "everybody", "keywords": "still here"} | fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and "still here" in page
    assert not Shortcut.objects.exists()


def test_a_name_is_taken_once_for_everybody_once_a_department_and_once_a_person(admin, agent):
    billing = make_department("Billing")
    again = {"name": "REFUND", "text_en": "y"}
    for reach in ("everybody", f"department-{billing.pk}", "me"):
        assert admin.post(f"{LIST}new/", again | {"reach": reach}).status_code == 302
        assert admin.post(f"{LIST}new/", again | {"reach": reach}).status_code == 422
    assert agent.post(f"{LIST}new/", again).status_code == 302
    assert Shortcut.objects.filter(name="refund").count() == 4


def test_an_agent_s_shortcut_is_their_own_whatever_the_form_says(agent, alice):
    fields = {"name": "mine", "text_en": "x", "reach": "everybody"}
    agent.post(f"{LIST}new/", fields)
    assert Shortcut.objects.get().owner == alice


def test_an_agent_reads_and_copies_what_is_shared_and_changes_only_their_own(agent, alice):
    shared = Shortcut.objects.create(name="shared", text="For all")
    assert "For all" in page_of(agent, f"{LIST}{shared.pk}/")
    for path in ("", "deletion/", "restoration/"):
        assert (
            agent.post(f"{LIST}{shared.pk}/{path}", {"name": "hijacked", "text_en": "x"}).status_code == 403
        )
    shared.refresh_from_db()
    assert (shared.name, shared.deleted_at) == ("shared", None)
    agent.post(f"{LIST}{shared.pk}/copy/")
    assert Shortcut.objects.get(owner=alice).text == "For all"


def test_what_is_somebody_else_s_or_of_another_department_is_not_there(agent, alice):
    board = make_department("Board")
    hidden = [
        Shortcut.objects.create(name="bobs", text="Bob's words", owner=make_agent("Bob")),
        Shortcut.objects.create(name="boards", text="Board's words", department=board),
    ]
    for row in hidden:
        assert agent.get(f"{LIST}{row.pk}/").status_code == 404
        assert agent.post(f"{LIST}{row.pk}/copy/").status_code == 404
    page = page_of(agent) + page_of(agent, f"{LIST}export/")
    assert "Bob's words" not in page and "Board's words" not in page
    board.members.add(alice)
    assert "/boards" in page_of(agent)


def test_deleting_is_taken_back_at_once_or_later_also_where_the_name_was_taken(admin):
    row = Shortcut.objects.create(name="refund", text="x")
    told = admin.post(f"{LIST}{row.pk}/deletion/", follow=True).content.decode()
    assert f"{LIST}{row.pk}/restoration/" in told and "Undo" in told
    Shortcut.objects.create(name="refund", text="newer")
    assert f"{LIST}{row.pk}/restoration/" in page_of(admin, f"{LIST}?which=deleted")
    admin.post(f"{LIST}{row.pk}/restoration/")
    row.refresh_from_db()
    assert (row.name, row.deleted_at) == ("refund-2", None)


def test_a_copy_has_a_free_name(admin):
    row = Shortcut.objects.create(name="refund", text="x", actions=[{"do": "close", "value": ""}])
    for name in ("refund-2", "refund-3"):
        admin.post(f"{LIST}{row.pk}/copy/")
        assert Shortcut.objects.get(name=name).actions == row.actions


def test_the_list_says_how_often_each_was_used_and_what_never_was(admin, boss, alice):
    used, unused = (Shortcut.objects.create(name=name, text="x") for name in ("used", "unused"))
    for user in (boss, alice, alice):
        note_use(used, user)
    page = page_of(admin)
    assert "3 times" in page and "Never used" in page
    assert "/used<" not in page_of(admin, f"{LIST}?which=unused")
    assert f'href="{LIST}{unused.pk}/"' in page_of(admin, f"{LIST}?which=unused")


def test_the_preview_fills_in_for_somebody_known_and_for_a_stranger(agent):
    fields = {"name": "x", "text_en": "Hi {{customer.first_name}}, {{ticket.answers.Order number}}"}
    page = agent.post(f"{LIST}preview/", fields).content.decode()
    assert "Hi Carla, [Order number]" in page
    assert "Held back until these are filled in" in page
    assert not Shortcut.objects.exists()


def test_steps_are_added_and_removed_without_scripts(admin):
    fields = {"name": "x", "reach": "everybody", "do": ["tag"], "value": ["a"], "new_action": "close"}
    page = admin.post(f"{LIST}new/", fields | {"press": "add actions"}).content.decode()
    assert page.count('name="do" value="close"') == 2, "the line, and the template that scripts copy"
    page = admin.post(f"{LIST}new/", fields | {"press": "remove actions 0"}).content.decode()
    assert page.count('name="do" value="tag"') == 1


def test_the_list_costs_the_same_number_of_queries_for_3_and_for_60_shortcuts(admin, boss):
    billing = make_department("Billing")
    counts = []
    for number in range(60):
        steps = [{"do": "transfer", "value": str(billing.pk)}, {"do": "assign", "value": str(boss.pk)}]
        Shortcut.objects.create(name=f"n{number}", text="x", department=billing, actions=steps)
        if number in (2, 59):
            with CaptureQueriesContext(connection) as queries:
                admin.get(LIST)
            counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def upload(browser, text):
    file = SimpleUploadedFile("shortcuts.csv", text.encode(), content_type="text/csv")
    return browser.post(f"{LIST}import/", {"file": file})


def test_a_table_that_was_exported_is_the_same_when_it_is_taken_in_again(admin, boss):
    billing = make_department("Billing")
    facts = [
        {"name": "a", "text": "=1+1, \"quoted\"\nand more", "translations": {"it": "Ciao"}, "keywords": "one two"},
        {"name": "b", "text": "-", "owner": boss},
        {"name": "c", "department": billing, "actions": [{"do": "transfer", "value": str(billing.pk)}, {"do": "close", "value": ""}]},
    ]  # fmt: skip
    for each in facts:
        Shortcut.objects.create(**each)
    fields = ("name", "keywords", "language", "text", "translations", "actions", "owner", "department")
    before = list(Shortcut.objects.values(*fields))
    table = admin.get(f"{LIST}export/").content.decode()
    assert "'=1+1" in table, "a spreadsheet must not run it"
    Shortcut.objects.all().delete()
    assert upload(admin, table).status_code == 302
    assert list(Shortcut.objects.values(*fields)) == before
    upload(admin, table)
    assert Shortcut.objects.count() == 3, "the same name for the same people is changed"


def test_what_there_is_to_choose_and_to_change_is_read_once_for_a_whole_table(admin):
    def asked(*names: str) -> int:
        lines = [
            f"""{name},everybody,en,Hello,"[{{""do"":""assign"",""value"":""me""}}]"\n""" for name in names
        ]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert upload(admin, "name,for,language,text,steps\n" + "".join(lines)).status_code == 302
        return len(asked)

    one = asked("one")
    assert asked("one", "two", "three") - one == 2 * 4, "is the name free, and the row in a savepoint"


def test_a_table_with_a_fault_is_refused_whole_with_the_line(admin):
    table = "name,for,language,text\ngood,everybody,en,Fine\nbad name,everybody,en,x\nother,Nowhere,en,x\n"
    answer = upload(admin, table)
    assert answer.status_code == 422
    assert "Line 4" in answer.content.decode()
    answer = upload(admin, table.replace("other,Nowhere,en,x\n", ""))
    assert "Line 3" in answer.content.decode()
    assert not Shortcut.objects.exists()


@pytest.mark.parametrize("text", ["", "a;b\n1;2\n", "name,text\x00\n", "name,steps,text\nx,{,y\n"])
def test_what_is_no_table_is_refused(admin, text):
    assert upload(admin, text).status_code == 422


def test_an_agent_takes_in_their_own_alone(agent, alice):
    assert upload(agent, "name,text\nhello,Hi\n").status_code == 302
    assert Shortcut.objects.get().owner == alice
    assert upload(agent, "name,for,text\nhello,everybody,Hi\n").status_code == 422


def test_every_script_and_style_of_the_editor_is_there(admin):
    page = page_of(admin, f"{LIST}new/")
    assert re.search(r'href="[^"]*settings/shortcuts[^"]*\.css"', page)


def test_the_workspace_is_named(admin):
    fields = {"name": "Fernweh", "language": "it", "undo_seconds": "10"}
    assert admin.post("/settings/general/", fields).status_code == 302
    workspace = Workspace.get()
    assert (workspace.name, workspace.language) == ("Fernweh", "it")
    assert admin.post("/settings/general/", fields | {"language": "tlh"}).status_code == 422
