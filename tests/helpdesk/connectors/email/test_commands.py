import io
import json

import pytest
from django.core.management import CommandError, call_command

from helpdesk.connectors.email.management.commands.mailtool import VERBS, answer
from helpdesk.inboxes.models import RawMessage
from tests.factories import make_inbox
from tests.helpdesk.connectors.email.samples import FOLDER, mail


class Pipe:
    def __init__(self, body: bytes) -> None:
        self.buffer = io.BytesIO(body)


def receive(monkeypatch, body, *arguments):
    monkeypatch.setattr("sys.stdin", Pipe(body))
    out = io.StringIO()
    call_command("receive_email", *arguments, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.django_db
def test_a_piped_mail_is_received_and_its_fate_printed(monkeypatch):
    make_inbox(address="support@example.com")
    first = receive(monkeypatch, mail())
    assert first["outcome"] == "created" and first["ticket"] and first["message"]
    again = receive(monkeypatch, mail(), "--to", "support@example.com")
    assert (again["outcome"], again["ticket"]) == ("duplicate", first["ticket"])
    assert receive(monkeypatch, b"\n", "--to", "support@example.com")["outcome"] == "quarantined"


@pytest.mark.django_db
def test_a_piped_mail_for_nobody_here_is_refused_for_good(monkeypatch):
    make_inbox(address="support@example.com")
    with pytest.raises(CommandError) as refusal:
        receive(monkeypatch, mail(), "--to", "nobody@example.com")
    assert refusal.value.returncode == 67
    assert not RawMessage.objects.exists()


@pytest.mark.django_db
def test_the_report_is_printed_as_json_and_refuses_a_date_that_is_none(monkeypatch):
    make_inbox(address="support@example.com")
    receive(monkeypatch, mail())
    out = io.StringIO()
    call_command("inbound_report", since="2026-01-01", stdout=out)
    report = json.loads(out.getvalue())
    assert report["received"] == report["created"] == 1
    with pytest.raises(CommandError):
        call_command("inbound_report", since="yesterday")


def test_the_mail_tool_answers_every_case_and_survives_bad_ones():
    parsed = answer(VERBS["parse"], json.dumps({"id": 1, "path": str(FOLDER / "order.eml")}))
    assert parsed["id"] == 1 and parsed["out"]["class"] == "human"
    assert parsed["out"]["from"] == [{"name": "Zoë Müller", "addr": "zoe@customer.example"}]
    assert answer(VERBS["reply"], '{"id": 2, "input": "<p>a</p>", "format": "html"}') == {"id": 2, "out": "a"}
    assert answer(VERBS["name"], '{"id": 3, "s": "../x.exe"}')["out"] == "x.exe"
    assert answer(VERBS["header"], '{"id": 4, "s": "a\\r\\nb"}')["out"] == "a b"
    assert answer(VERBS["clean"], '{"id": 5, "html": "<b onclick=x>y</b>"}')["out"] == "<b>y</b>"
    assert "error" in answer(VERBS["parse"], '{"id": 6, "path": "/nowhere"}')
    assert "error" in answer(VERBS["parse"], "no json")
