"""Histories in which conversations were split, as they would have been told had the new ones begun when they were asked."""

from datetime import datetime

WORDS = ("conversation_started", "customer_replied", "reopened")


def with_splits_told(lines: list[dict]) -> list[dict]:
    """The lines without those of splits, and with what the new conversations asked and were answered, by time."""
    told: list[dict] = []
    begun: dict[str, dict] = {}  # each conversation's first line
    place: dict[str, str | None] = {}  # the department it stands in
    said: dict[str, list[dict]] = {}  # what its customer and its team wrote
    for line in lines:
        name, kind = line.get("conversation"), line["kind"]
        if kind == "conversation_split":
            fresh = line["to"]
            moved = moved_by(line, said[name])
            said[name] = [one for one in said[name] if one not in moved]
            place[fresh] = place[name]
            news = [retold(one, begun[name], fresh, place[name]) for one in moved]
            news[0]["kind"] = "conversation_started"
            begun[fresh], said[fresh] = news[0], news
            told += news
            continue
        told.append(line)
        if kind == "conversation_started":
            begun[name] = line
        if kind in ("conversation_started", "transferred"):
            place[name] = line.get("department")
        if kind in (*WORDS, "human_replied"):
            said.setdefault(name, []).append(line)
    return sorted(told, key=lambda line: datetime.fromisoformat(line["at"]))


def moved_by(line: dict, said: list[dict]) -> list[dict]:
    first = [place for place, one in enumerate(said) if one["kind"] in WORDS][line["value"]]
    return said[first:] if line["with_later"] else said[first : first + 1]


def retold(line: dict, begun: dict, fresh: str, department: str | None) -> dict:
    kind = "human_replied" if line["kind"] == "human_replied" else "customer_replied"
    common = {"at": line["at"], "kind": kind, "conversation": fresh, "person": begun["person"]}
    if kind == "human_replied":
        common["agent"] = line["agent"]
    return common | {"channel": begun["channel"], "department": department}
