"""What the browser is sent: within the budgets, and clean under a strict Content Security Policy."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from helpdesk.desk.script import desk_script
from helpdesk.staticfiles import as_sent
from tests.factories import customer_writes, make_inbox, make_ticket

STATIC = [Path("helpdesk/static"), Path("helpdesk/desk/static")]
TEMPLATES = [Path("helpdesk/templates"), Path("helpdesk/desk/templates"), Path("helpdesk/people/templates")]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|hx-on|\bjs:", re.IGNORECASE)
PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border)-(left|right|top|bottom)|left|right|top|bottom|float)\s*:|text-align:\s*(left|right)"
)
OUTSIDE_TOKENS = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.IGNORECASE)


def files(roots: list[Path], pattern: str) -> list[Path]:
    found = [path for root in roots for path in root.rglob(pattern)]
    assert found
    return found


def loaded(roots: list[Path], pattern: str) -> list[Path]:
    """Those that the desk loads: the editor of conditions is for pages of the settings."""
    return [path for path in files(roots, pattern) if path.parent.name != "conditions"]


def gzipped(paths: list[Path]) -> int:
    """Of our own scripts and styles what is sent of them."""
    return sum(len(gzip.compress(sent(path).encode(), 9)) for path in paths)


def sent(path: Path) -> str:
    is_bare = "vendor" in path.parts or path.suffix == ".svg"
    return path.read_text() if is_bare else as_sent(path.read_text(), path.suffix)


def test_the_desk_s_scripts_stay_within_40_kb():
    desk = len(gzip.compress(desk_script().encode(), 9))
    assert desk + gzipped(loaded([Path("helpdesk/static")], "*.js")) <= 40_000


def test_the_desk_s_styles_stay_within_20_kb():
    assert gzipped(loaded(STATIC, "*.css")) <= 20_000


def test_no_template_carries_inline_script_or_style():
    # original.html is a customer's mail, drawn under a policy of its own in a sandbox.
    pages = [path for path in files(TEMPLATES, "*.html") if path.name != "original.html"]
    assert not [path for path in pages if INLINE.search(path.read_text())]


def test_styles_follow_the_direction_of_the_writing():
    assert not [
        (path, found[0]) for path in files(STATIC, "*.css") for found in PHYSICAL.finditer(path.read_text())
    ]


def test_no_colour_is_written_outside_the_tokens():
    sheets = [path for path in files(STATIC, "*.css") if path.name != "tokens.css"]
    assert not [path for path in sheets if OUTSIDE_TOKENS.search(path.read_text())]


def test_every_icon_a_template_names_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', Path("helpdesk/static/icons/sprite.svg").read_text()))
    named = {
        name
        for path in Path().glob("*/**/templates/**/*.html")
        if ".venv" not in path.parts
        for name in re.findall(r'\{% icon "([\w-]+)"', path.read_text())
    }
    assert named and not named - sprite


def test_vendored_scripts_are_the_ones_their_list_names():
    listed = Path("helpdesk/static/vendor/README.md").read_text()
    for script in files([Path("helpdesk/static/vendor")], "*.js"):
        assert hashlib.sha256(script.read_bytes()).hexdigest() in listed


@pytest.mark.django_db
def test_the_first_page_comes_within_80_kb_and_the_next_ticket_within_15(desk):
    inbox = make_inbox()
    words = "Where is the parcel that I ordered last week, and when does it come? "
    tickets = [
        make_ticket(inbox, text=f"{words} {number}", email=f"c{number}@x.example") for number in range(12)
    ]
    for number in range(4):
        customer_writes(
            inbox, f"{words * 5} {number}", email="c11@x.example", replies_to=[first_id(tickets[11])]
        )
    page = desk.get(f"/desk/tickets/{tickets[11].pk}/?view=open")
    part = desk.get(
        f"/desk/tickets/{tickets[11].pk}/?view=open", headers={"HX-Request": "true", "HX-Target": "ticket"}
    )
    scripts = len(gzip.compress(desk_script().encode(), 9)) + gzipped(
        loaded([Path("helpdesk/static")], "*.js")
    )
    sprite = gzipped([Path("helpdesk/static/icons/sprite.svg")])
    first = len(gzip.compress(page.content, 6)) + scripts + gzipped(loaded(STATIC, "*.css")) + sprite
    assert first <= 80_000
    assert len(gzip.compress(part.content, 6)) <= 15_000


def first_id(ticket):
    return ticket.messages.first().external_id
