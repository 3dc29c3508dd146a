import pytest

from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Shortcut
from tests.factories import make_admin, make_department

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def admin(client):
    client.force_login(make_admin())


def test_a_shortcut_is_written_changed_and_deleted(client):
    fields = {"name": "Refund", "language": "en", "text": "Hi {{customer.first_name}}"}
    assert client.post("/settings/shortcuts/new/", fields).status_code == 302
    row = Shortcut.objects.get()
    assert (row.name, row.text) == ("refund", "Hi {{customer.first_name}}")
    client.post(f"/settings/shortcuts/{row.pk}/", fields | {"text": "Hello"})
    row.refresh_from_db()
    assert row.text == "Hello"
    assert "/refund" in client.get("/settings/shortcuts/").content.decode()
    client.post(f"/settings/shortcuts/{row.pk}/deletion/")
    assert not Shortcut.objects.exists()


def test_a_name_is_taken_once_a_department(client):
    billing = make_department("Billing")
    Shortcut.objects.create(name="refund", text="x")
    again = {"name": "REFUND", "language": "en", "text": "y"}
    assert client.post("/settings/shortcuts/new/", again).status_code == 422
    assert client.post("/settings/shortcuts/new/", again | {"department": billing.pk}).status_code == 302
    assert Shortcut.objects.count() == 2


def test_a_name_with_spaces_is_refused_in_words(client):
    answer = client.post("/settings/shortcuts/new/", {"name": "my refund", "language": "en", "text": "y"})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


def test_the_workspace_is_named(client):
    fields = {"name": "Fernweh", "language": "it", "undo_seconds": "10"}
    assert client.post("/settings/general/", fields).status_code == 302
    workspace = Workspace.get()
    assert (workspace.name, workspace.language) == ("Fernweh", "it")
    assert client.post("/settings/general/", fields | {"language": "tlh"}).status_code == 422
