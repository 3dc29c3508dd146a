"""Hypothesis looks for a history in which the product and the brute-force oracle differ."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.report.period import Period
from funnel.report.scope import EVERYTHING, Scope
from funnel.sessions import nodes
from funnel.sessions.walk import build_history
from tests.funnel import oracle
from tests.funnel.histories import ROME, as_facts, golden, make_report
from tests.funnel.splits import with_splits_told

# March 2026 in Rome: the clock goes forward on the 29th.
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), ROME)
PERIODS = [MARCH, *(Period(*map(date.fromisoformat, days), ROME) for days in (
    ("2026-03-29", "2026-03-29"),  # a day of 23 hours
    ("2026-10-25", "2026-10-25"),  # and one of 25
    ("2026-10-01", "2026-11-30"),
    ("2026-02-01", "2026-02-28"),
    ("2026-12-31", "2027-01-01"),
))]  # fmt: skip
MIDNIGHT, JUST_BEFORE = "midnight", "just before"  # of the next day in Rome
STEPS = [timedelta(**step) for step in (
    {"seconds": 0}, {"minutes": 1}, {"minutes": 29, "seconds": 59}, {"minutes": 30}, {"hours": 4}, {"hours": 20},
    {"hours": 23, "minutes": 59, "seconds": 59}, {"hours": 24}, {"days": 3}, {"days": 6, "hours": 23},
)] + [MIDNIGHT, JUST_BEFORE]  # fmt: skip
BROWSING = [
    "article_viewed", "article_viewed", "article_searched", "proactive_sent", "proactive_opened", "proactive_clicked",
]  # fmt: skip
PEOPLE = ["ann", "bob", "cid"]
DEPARTMENTS = ["d", "e"]


@st.composite
def histories(draw, period: Period = MARCH, *, joining: bool = True) -> list[dict]:
    """Lines that could have happened around the period: nothing is reopened that is open, only what was answered is
    rated, and whoever was found to be somebody else goes on under either name. `joining`: conversations are merged,
    taken apart and split."""
    days = (period.until - period.since).days
    first = period.since + timedelta(days=draw(st.integers(-4, days)))
    at = datetime.combine(first, time(draw(st.sampled_from([0, 1, 2, 3, 9, 23]))), ROME)
    lines: list[dict] = []
    states: dict[str, dict] = {}
    same = {person: {person} for person in PEOPLE}
    for _ in range(draw(st.integers(1, 24))):
        at = later(at, draw(st.sampled_from(STEPS)))
        person = draw(st.sampled_from(PEOPLE))
        own = [c for c, state in states.items() if state["person"] in same[person]]
        kinds = [*BROWSING, *["conversation_started"] * 2, "merged", *["turn"] * (8 if own else 0)]
        kind = draw(st.sampled_from(kinds))
        line = {"at": at.isoformat(), "person": person}
        if kind == "merged":
            other = draw(st.sampled_from([name for name in PEOPLE if name != person]))
            line[draw(st.sampled_from(["into", "other", "gone", "with", "value"]))] = other
            one = same[person] | same[other]
            same |= dict.fromkeys(one, one)
            kind = draw(st.sampled_from(["merged", "identified"]))
        elif kind == "turn":
            conversation = draw(st.sampled_from(own))
            choices = turns_of(states[conversation])
            if joining:
                choices = choices + joinings_of(conversation, states, own)
            kind = draw(st.sampled_from(choices))
            line["conversation"] = conversation
            if kind in ("conversation_merged", "conversation_split"):
                line |= draw(joining_details(kind, conversation, states, own))
            change(states[conversation], kind)
        elif kind == "conversation_started":
            conversation = f"c{len(states)}"
            with_bot = draw(st.booleans())
            channel = draw(st.sampled_from(["chat", "email"]))
            department = draw(st.sampled_from(DEPARTMENTS))
            states[conversation] = fresh_state(person, with_bot, (channel, department))
            begins = {"kind": kind, "conversation": conversation, "channel": channel}
            lines.append(line | begins | {"department": department})
            if with_bot:
                lines.append(line | {"kind": "bot_asked", "conversation": conversation})
            continue
        if kind == "article_viewed":
            line["article"] = draw(st.sampled_from("AB"))
        if kind.startswith("proactive_"):
            line["message"] = draw(st.sampled_from("mn"))
        if kind == "transferred":
            line["department"] = draw(st.sampled_from(DEPARTMENTS))
        if kind in ("human_replied", "closed", "spam_marked"):
            line["agent"] = draw(st.sampled_from(["g1", "g2"]))
        if kind == "rated":
            line["value"] = draw(st.integers(1, 5))
        lines.append(line | {"kind": kind})
    return lines


def later(at: datetime, step: timedelta | str) -> datetime:
    """So much later by every clock of the world, or at the end of the day in Rome."""
    if isinstance(step, timedelta):
        return (at.astimezone(UTC) + step).astimezone(ROME)
    midnight = datetime.combine(at.date() + timedelta(days=1), time(), ROME)
    return midnight if step == MIDNIGHT else later(midnight, timedelta(seconds=-1))


def fresh_state(person: str, with_bot: bool, inbox: tuple[str, str]) -> dict:
    """`said`: what the customer (w) and the team (a) wrote; `into`: where it was put; `is_plain`: nothing was put into
    it, and no bot had it."""
    state = {"person": person, "open": True, "bot": with_bot, "replied": False, "spam": False}
    return state | {"inbox": inbox, "said": ["w"], "into": None, "is_plain": not with_bot}


def joinings_of(conversation: str, states: dict, own: list[str]) -> list[str]:
    can_merge = states[conversation]["into"] is None and partners_of(conversation, states, own)
    return ["conversation_merged"] * 2 * bool(can_merge) + ["conversation_split"] * 2 * can_split(
        states[conversation]
    )


def partners_of(conversation: str, states: dict, own: list[str]) -> list[str]:
    """Those it can be put into without anything else happening: nothing is reopened or handed to the team by it. A chat
    goes into no other inbox: its customer would not see it any more."""
    gone = states[conversation]
    return [
        name
        for name in own
        if name != conversation
        and states[name]["into"] is None
        and not (gone["inbox"][0] == "chat" and states[name]["inbox"] != gone["inbox"])
        and not (states[name]["spam"] or gone["spam"])
        and not (gone["open"] and (states[name]["bot"] or not states[name]["open"]))
    ]


def can_split(state: dict) -> bool:
    return state["into"] is None and state["is_plain"] and state["said"].count("w") > 1


@st.composite
def joining_details(draw, kind: str, conversation: str, states: dict, own: list[str]) -> dict:
    """What else the line says; and what that makes of the conversations."""
    state = states[conversation]
    if kind == "conversation_merged":
        into = draw(st.sampled_from(partners_of(conversation, states, own)))
        state["into"], states[into]["is_plain"] = into, False
        return {"into": into, "agent": "g1"}
    later = draw(st.booleans())
    number = draw(st.integers(int(later), state["said"].count("w") - 1))
    first = [place for place, who in enumerate(state["said"]) if who == "w"][number]
    moved = state["said"][first:] if later else ["w"]
    del state["said"][first : first + len(moved)]
    fresh = f"c{len(states)}"
    states[fresh] = fresh_state(state["person"], False, state["inbox"]) | {
        "said": moved,
        "replied": "a" in moved,
    }
    return {"to": fresh, "value": number, "with_later": later, "agent": "g1"}


def turns_of(state: dict) -> list[str]:
    if state["into"]:
        return ["conversation_unmerged"]
    always = ["spam_marked", "spam_unmarked", "transferred"]
    if not state["open"]:
        return [*always, "reopened", "reopened", "reopened", *(["rated"] * 2 if state["replied"] else [])]
    bot = ["bot_answered", "bot_answered", "bot_closed", "bot_closed", "handed_over"] if state["bot"] else []
    return [*always, *bot, "customer_replied", "human_replied", "human_replied", "closed", "closed"]


def change(state: dict, kind: str) -> None:
    if kind in ("customer_replied", "reopened", "human_replied"):
        state["said"].append("a" if kind == "human_replied" else "w")
    if kind.startswith("spam_"):
        state["spam"] = kind == "spam_marked"
    if kind == "conversation_unmerged":
        state["into"] = None
    if kind in ("closed", "bot_closed"):
        state["open"] = False
    elif kind == "reopened":
        state["open"] = True
    elif kind == "handed_over":
        state["bot"] = False
    elif kind == "human_replied":
        state["replied"] = True


def moments_after(lines: list[dict]) -> st.SearchStrategy[datetime]:
    last = datetime.fromisoformat(lines[-1]["at"])
    return st.sampled_from([timedelta(), timedelta(hours=5), timedelta(hours=24), timedelta(days=9)]).map(
        lambda later: last + later
    )


def figures(lines: list[dict], now: datetime, scope: Scope = EVERYTHING, *, period: Period = MARCH) -> dict:
    return make_report(build_history(as_facts(lines), now=now), period, now=now, scope=scope)


def oracles_figures(
    lines: list[dict], period: Period, now: datetime, department: str | None = oracle.ANYWHERE
) -> dict:
    since = datetime.combine(period.since, time(), ROME)
    end = datetime.combine(period.until + timedelta(days=1), time(), ROME)
    return oracle.reckon(with_splits_told(lines), since, end, now, department)


def assert_agreement(report: dict, expected: dict) -> None:
    flows, months = expected.pop("flows"), expected.pop("months")
    assert {key: report[key] for key in expected} == expected
    assert {(source, target): value for source, target, value in report["links"]} == flows
    filled = {
        row["month"]: (row["sessions"], row["self_service"], row["team"])
        for row in report["months"]
        if row["sessions"]
    }
    assert filled == months


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_history_is_found_in_which_the_oracle_disagrees(data):
    period = data.draw(st.sampled_from(PERIODS))
    lines = data.draw(histories(period))
    now = data.draw(moments_after(lines))
    assert_agreement(figures(lines, now, period=period), oracles_figures(lines, period, now))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_history_is_found_in_which_the_oracle_disagrees_about_a_department(data):
    period = data.draw(st.sampled_from(PERIODS))
    lines = data.draw(histories(period))
    now = data.draw(moments_after(lines))
    department = data.draw(st.sampled_from([*DEPARTMENTS, None]))
    report = figures(lines, now, Scope(departments=frozenset({department})), period=period)
    assert_agreement(report, oracles_figures(lines, period, now, department))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_flow_is_conserved_in_every_history(data):
    lines = data.draw(histories())
    report = figures(lines, data.draw(moments_after(lines)))
    arrives, leaves = defaultdict(int), defaultdict(int)
    for source, target, value in report["links"]:
        assert nodes.COLUMN[source] < nodes.COLUMN[target]
        leaves[source] += value
        arrives[target] += value
    inner = [node for node, column in nodes.COLUMN.items() if 0 < column < 4]
    assert all(arrives[node] == leaves[node] for node in inner)
    assert sum(leaves[node] for node, column in nodes.COLUMN.items() if column == 0) == report["sessions"]
    ends = {node: arrives[node] for node, column in nodes.COLUMN.items() if column == 4}
    assert sum(ends.values()) == report["sessions"]
    assert ends == {node: report[node] for node in ends}
    assert sum(month["sessions"] for month in report["months"]) == report["sessions"]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_parts_of_the_desk_add_up_to_the_whole(data):
    lines = data.draw(histories())
    now = data.draw(moments_after(lines))
    whole = figures(lines, now)
    for scopes in (
        [Scope(frozenset({channel})) for channel in ("chat", "email", "help")],
        [Scope(departments=frozenset({department})) for department in (*DEPARTMENTS, None)],
    ):
        parts = [figures(lines, now, scope) for scope in scopes]
        for key in ("sessions", "article_views", "new", "replied", "closed", "ratings", "spam"):
            assert sum(part[key] for part in parts) == whole[key], key
        links = Counter()
        for part in parts:
            links.update({(source, target): value for source, target, value in part["links"]})
        assert links == {(source, target): value for source, target, value in whole["links"]}


def test_the_oracle_itself_reads_the_golden_january():
    lines = golden("january.jsonl")[1:]
    start, end = datetime(2026, 1, 1, tzinfo=ROME), datetime(2026, 2, 1, tzinfo=ROME)
    read = oracle.reckon(lines, start, end, end)
    assert read["months"] == {"2026-01": (11, 3, 6)}
    assert (read["sessions"], read["closed"], read["median_first_response"]) == (11, 6, 810)
