"""The house's rules that a machine can hold: who may import whom, and what is not done at all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE_FLOORS = ["events", "people", "notices", "inboxes", "tickets", "conditions", "proactive"]
CORE_DOORS = ["connectors", "desk", "visitors", "workspace", "api", "demo", "health", "supervisor"]
PACKAGES = ["routing", "knowledge", "funnel"]
FUNNEL_ROOMS = ["sessions", "tallies", "report", "pictures", "page", "files", "invest", "sharing"]


def modules() -> Iterator[Path]:
    for package in ["helpdesk", *PACKAGES]:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def imports_of(path: Path) -> Iterator[str]:
    """Every module name that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(dotted: str) -> tuple[str, str]:
    """("helpdesk", "tickets") of helpdesk.tickets.models; ("routing", "") of routing.models."""
    parts = dotted.split(".")
    known = CORE_FLOORS + CORE_DOORS
    room = parts[1] if parts[0] == "helpdesk" and len(parts) > 1 and parts[1] in known else ""
    return parts[0], room


def is_allowed(importer: tuple[str, str], imported: tuple[str, str]) -> bool:
    package, room = importer
    if imported[0] not in ("helpdesk", *PACKAGES) or imported == importer:
        return True
    if package == "helpdesk":
        if imported[0] != "helpdesk":
            return False
        if room in CORE_FLOORS and imported[1]:
            return imported[1] in CORE_FLOORS[: CORE_FLOORS.index(room)]
        return imported[1] in ("", *CORE_FLOORS) or room == ""
    return imported[0] == "helpdesk"


@pytest.mark.parametrize("path", list(modules()), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_downwards_only(path):
    importer = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    wrong = [name for name in imports_of(path) if not is_allowed(importer, room_of(name))]
    assert not wrong


def test_the_rule_itself_can_tell_right_from_wrong():
    assert is_allowed(("helpdesk", "tickets"), ("helpdesk", "people"))
    assert not is_allowed(("helpdesk", "people"), ("helpdesk", "tickets"))
    assert not is_allowed(("helpdesk", "desk"), ("helpdesk", "api"))
    assert not is_allowed(("helpdesk", "tickets"), ("routing", ""))
    assert not is_allowed(("funnel", ""), ("knowledge", ""))
    assert is_allowed(("funnel", ""), ("helpdesk", "events"))


def is_allowed_in_the_funnel(importer: str, imported: str) -> bool:
    """A room imports those before it and the tables, which know only the rules that an edition is made by.

    What belongs to no room (jobs, commands, URLs) is a door: it may import every room, and no room imports it.
    """
    package, room = f"{imported}.".split(".")[:2]
    if package != "funnel" or not room or room == importer:
        return True
    if importer == "models":
        return imported.startswith("funnel.sessions.rules")
    if importer not in FUNNEL_ROOMS:
        return True
    return room == "models" or room in FUNNEL_ROOMS[: FUNNEL_ROOMS.index(importer)]


@pytest.mark.parametrize("room", ["models", *FUNNEL_ROOMS])
def test_the_rooms_of_the_funnel_import_downwards_only(room):
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "funnel" / room).rglob("*.py"))
        for name in imports_of(path)
        if not is_allowed_in_the_funnel(room, name)
    ]
    assert not wrong


def test_every_room_of_the_funnel_has_its_place():
    rooms = {path.parent.name for path in (ROOT / "funnel").glob("*/__init__.py")}
    assert rooms - {"models", "management", "migrations", "templatetags"} == set(FUNNEL_ROOMS)


def test_the_rule_of_the_funnel_can_tell_right_from_wrong():
    assert is_allowed_in_the_funnel("report", "funnel.tallies.cells")
    assert not is_allowed_in_the_funnel("tallies", "funnel.report.scope")
    assert not is_allowed_in_the_funnel("sessions", "funnel.tasks")
    assert not is_allowed_in_the_funnel("models", "funnel.sessions.walk")
    assert is_allowed_in_the_funnel("tasks", "funnel.sharing.mailing")


def test_no_room_has_an_attic():
    attics = {"utils", "helpers", "services", "handlers", "common"}
    assert not [path for path in modules() if path.stem in attics or path.parent.name in attics]


def test_our_own_flow_uses_no_django_signals():
    wrong = [path for path in modules() if "django.db.models.signals" in path.read_text()]
    assert not wrong


def test_only_the_ledger_writes_events():
    writing = re.compile(r"\bEvent\.objects\.(bulk_)?create\(")
    writers = [path for path in modules() if writing.search(path.read_text())]
    assert [path.relative_to(ROOT).as_posix() for path in writers] == ["helpdesk/events/ledger.py"]


def test_product_code_asks_our_clock_for_the_time():
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if "timezone.now()" in path.read_text() and path.name != "clock.py"
    ]
    assert not wrong
