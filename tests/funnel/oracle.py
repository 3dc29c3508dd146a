"""The figures of a history by brute force: plain Python over the raw lines, sharing no code with the product.

It asks the same question again for every line ("was this conversation open then?") by reading the whole file, where
the product keeps a running state. Slow on purpose.
"""

from datetime import datetime, timedelta, tzinfo

HOURS_24, DAYS_7, HALF_HOUR = timedelta(hours=24), timedelta(days=7), timedelta(minutes=30)


ANYWHERE = "*"


def reckon(
    lines: list[dict], since: datetime, end: datetime, now: datetime, department: str | None = ANYWHERE
) -> dict:
    lines = [line | {"when": datetime.fromisoformat(line["at"])} for line in lines]
    aside = spam_of(lines, now) | merged_of(lines, now)
    lines = [line for line in lines if line["when"] <= now and line.get("conversation") not in aside]
    lines = as_one_person_each(lines)
    sessions = [s for person in {line["person"] for line in lines} for s in sessions_of(lines, person)]
    sessions = [s for s in sessions if since <= s[0]["when"] < end and is_in(lines, s, department)]
    ended = [ending(lines, session, now) for session in sessions]
    flows: dict[tuple[str, str], int] = {}
    for path, *_ in ended:
        for step in zip(path, path[1:], strict=False):
            flows[step] = flows.get(step, 0) + 1
    matured = [row for row in ended if not row[1]]
    last = [row[0][-1] for row in ended]
    conversations = [
        c
        for c in {line.get("conversation") for line in lines} - {None}
        if first_words(lines, c) and department in (ANYWHERE, department_of(lines, c))
    ]
    mine = {c: [line for line in lines if line.get("conversation") == c] for c in conversations}
    articles, bot = last.count("resolved_by_articles"), last.count("resolved_by_bot")
    team = last.count("resolved_outright") + last.count("resolved_after_self_service")
    queue = {c: queue_entry(own) for c, own in mine.items()}
    replies = {c: [x["when"] for x in own if x["kind"] == "human_replied"] for c, own in mine.items()}
    closed = {c: closing(own) for c, own in mine.items()}
    by_team = {c: x["when"] for c, x in closed.items() if x and x["kind"] == "closed"}
    in_period = [c for c, at in by_team.items() if since <= at < end]
    rated = [[x for x in own if x["kind"] == "rated"][-1:] for own in mine.values()]
    rated = [x[0] for x in rated if x and since <= x[0]["when"] < end]
    asked = [c for c, own in mine.items() if any(since <= x["when"] < end for x in last_ask(own))]
    settled = [c for c in in_period if now - by_team[c] >= DAYS_7]
    at_once = [
        c
        for c in settled
        if sum(x["kind"] == "closed" for x in mine[c]) == 1
        and len({x["agent"] for x in mine[c] if x["kind"] == "human_replied"}) == 1
    ]
    sent = [
        x
        for x in lines
        if x["kind"] == "proactive_sent" and since <= x["when"] < end and department in (ANYWHERE, None)
    ]
    answered = [c for c in mine if replies[c] and since <= replies[c][0] < end]
    return {
        "sessions": len(ended),
        "article_views": sum(row[2] for row in ended),
        "article_views_matured": sum(row[2] for row in matured),
        "article_resolution_rate": over(articles, sum(row[2] for row in matured)),
        "article_resolution_per_viewer": over(articles, sum(row[2] > 0 for row in matured)),
        "automated_resolution_rate": over(bot, sum(row[3] for row in matured)),
        "self_service_share": over(articles + bot, articles + bot + team),
        "resolved_outright": last.count("resolved_outright"),
        "resolved_after_self_service": last.count("resolved_after_self_service"),
        "new": sum(since <= at < end for at in queue.values() if at),
        "replied": len(answered),
        "closed": len(in_period),
        "median_first_response": middle(
            [int((replies[c][0] - waiting_since(mine[c])).total_seconds()) for c in answered]
        ),
        "median_time_to_close": middle(
            [int((by_team[c] - first_words(lines, c)).total_seconds()) for c in in_period]
        ),
        "csat": over(sum(x["value"] > 3 for x in rated), len(rated)),
        "csat_response_rate": over(len(rated), len(asked)),
        "first_contact_resolution": over(len(at_once), len(settled)),
        "proactive_sent": len(sent),
        "proactive_opened": sum(opened_in_time(lines, x) for x in sent),
        "flows": flows,
        "months": by_month(sessions, last, since.tzinfo),
    }


def as_one_person_each(lines: list[dict]) -> list[dict]:
    """Everybody by one name: whoever was ever said to be somebody else was them all along."""
    pairs = [{line["person"], second(line)} for line in lines if line["kind"] in ("merged", "identified")]
    return [
        line | {"person": min(everybody_who_is(line["person"], pairs))}
        for line in lines
        if line["kind"] not in ("merged", "identified")
    ]


def second(line: dict) -> str:
    return next(line[key] for key in ("into", "other", "gone", "with", "value") if key in line)


def everybody_who_is(person: str, pairs: list[set]) -> set:
    names = {person}
    for _ in pairs:  # each round finds at least one more name, or there is none
        for pair in pairs:
            if pair & names:
                names = names | pair
    return names


def department_of(lines: list[dict], conversation: str) -> str | None:
    """Where it stands now: where it began, or the last department it was moved to."""
    places = [
        x.get("department")
        for x in lines
        if x.get("conversation") == conversation and x["kind"] in ("conversation_started", "transferred")
    ]
    return places[-1]


def is_in(lines: list[dict], session: list[dict], department: str | None) -> bool:
    """A session stands where its first conversation does; one without any stands nowhere."""
    conversations = [x["conversation"] for x in session if x.get("conversation")]
    place = department_of(lines, conversations[0]) if conversations else None
    return department in (ANYWHERE, place)


def by_month(sessions: list[list[dict]], last: list[str], zone: tzinfo) -> dict[str, tuple[int, int, int]]:
    """Of each month with sessions that began in it: how many, solved by self-service, solved by the team."""
    months: dict[str, tuple[int, int, int]] = {}
    for session, end in zip(sessions, last, strict=True):
        began = session[0]["when"].astimezone(zone)
        month = f"{began.year}-{began.month:02}"
        old = months.get(month, (0, 0, 0))
        alone = end in ("resolved_by_articles", "resolved_by_bot")
        team = end in ("resolved_outright", "resolved_after_self_service")
        months[month] = (old[0] + 1, old[1] + alone, old[2] + team)
    return months


def over(part: int, whole: int) -> float | None:
    return None if whole == 0 else part / whole


def middle(values: list[int]) -> float | None:
    values = sorted(values)
    if not values:
        return None
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def spam_of(lines: list[dict], now: datetime) -> set:
    said = {}
    for line in lines:
        if line["kind"] in ("spam_marked", "spam_unmarked") and line["when"] <= now:
            said[line["conversation"]] = line["kind"]
    return {c for c, kind in said.items() if kind == "spam_marked"}


def merged_of(lines: list[dict], now: datetime) -> set:
    """Conversations that were put into another one and not taken out again."""
    kinds = ("conversation_merged", "conversation_unmerged")
    return {
        line["conversation"]
        for line in lines
        if line["kind"] == kinds[0]
        and [
            x["kind"]
            for x in lines
            if x.get("conversation") == line["conversation"] and x["kind"] in kinds and x["when"] <= now
        ][-1:]
        == [kinds[0]]
    }


def first_words(lines: list[dict], conversation: str) -> datetime | None:
    return next((x["when"] for x in lines if x.get("conversation") == conversation), None)


def queue_entry(own: list[dict]) -> datetime | None:
    over_to_team = [x["when"] for x in own if x["kind"] == "handed_over"]
    if over_to_team:
        return over_to_team[0]
    return None if any(x["kind"] == "bot_asked" for x in own) else own[0]["when"]


def waiting_since(own: list[dict]) -> datetime:
    """Since when the first answer was waited for: a hand-over that came before it, else the first words."""
    until_reply = own[: next(place for place, x in enumerate(own) if x["kind"] == "human_replied")]
    return queue_entry(until_reply) or own[0]["when"]


def closing(own: list[dict]) -> dict | None:
    """The close that still holds: no reopening after it."""
    turns = [x for x in own if x["kind"] in ("closed", "bot_closed", "reopened")]
    return turns[-1] if turns and turns[-1]["kind"] != "reopened" else None


def last_ask(own: list[dict]) -> list[dict]:
    """A survey goes out with a teammate's close, where a teammate has answered and it is no spam then."""
    asks = []
    for place, x in enumerate(own):
        before = [y["kind"] for y in own[:place]]
        spam = [kind for kind in before if kind.startswith("spam_")][-1:]
        if x["kind"] == "closed" and "human_replied" in before and spam != ["spam_marked"]:
            asks.append(x)
    return asks[-1:]


def is_open(lines: list[dict], conversation: str, before: int) -> bool:
    """Whether the conversation had begun and was open just before this line of the file."""
    own = [x for x in lines[:before] if x.get("conversation") == conversation]
    return conversation is not None and bool(own) and closing(own) is None


SEEKING = (
    "article_viewed",
    "article_searched",
    "conversation_started",
    "bot_asked",
    "customer_replied",
    "reopened",
)


def sessions_of(lines: list[dict], person: str) -> list[list[dict]]:
    sessions: list[list[dict]] = []
    for place, line in enumerate(lines):
        if line["person"] != person or line["kind"] not in SEEKING:
            continue
        line = line | {"place": place}
        conversation = line.get("conversation")
        home = [s for s in sessions if conversation and any(x.get("conversation") == conversation for x in s)]
        kept_open = [s for s in sessions if any(is_open(lines, x.get("conversation"), place) for x in s)]
        browsing = conversation is None
        if home:
            home[0].append(line)
        elif sessions and (sessions[-1] in kept_open or goes_on(sessions[-1], line["when"], browsing)):
            sessions[-1].append(line)
        elif kept_open:
            kept_open[-1].append(line)
        else:
            sessions.append([line])
    return sessions


def goes_on(session: list[dict], when: datetime, browsing: bool) -> bool:
    if when - max(x["when"] for x in session) >= HOURS_24:
        return False
    return not browsing or when - session[0]["when"] < DAYS_7


def ending(lines: list[dict], session: list[dict], now: datetime) -> tuple[list[str], bool, int, bool]:
    """Path, pending, counted views, whether the bot answered."""
    person = session[0]["person"]
    mine = [x | {"place": place} for place, x in enumerate(lines) if x["person"] == person]
    conversations = list(dict.fromkeys(x["conversation"] for x in session if x.get("conversation")))
    inside = [x for x in mine if x.get("conversation") in conversations]
    views = [
        v
        for v in session
        if v["kind"] == "article_viewed" and counts(mine, v) and not assisted(lines, mine, v)
    ]
    answers = [x for x in inside if x["kind"] == "bot_answered"]
    team = team_places(inside, conversations)
    entry = min(team, default=None)
    path = ["after_proactive" if recently_opened(mine, session[0]) else "on_their_own"]
    if any(entry is None or v["place"] < entry for v in views):
        path.append("articles")
    if any(entry is None or a["place"] < entry for a in answers):
        path.append("bot")
    tried = len(path) > 1
    if entry is not None:
        path.append("team_after_self_service" if tried else "team_direct")
    standing = {c: closing([x for x in inside if x["conversation"] == c]) for c in conversations}
    seen = [x["when"] for x in session] + [
        x["when"] for x in standing.values() if x and x["kind"] == "bot_closed"
    ]
    pending = now - max(seen) < HOURS_24
    if pending or None in standing.values():
        path.append("still_open")
    elif any(x["kind"] == "human_replied" for x in inside):
        path.append("resolved_after_self_service" if tried else "resolved_outright")
    elif any(bot_solved(mine, x) for x in standing.values()):
        path.append("resolved_by_bot")
    elif views and not conversations:
        path.append("resolved_by_articles")
    else:
        path.append("not_resolved")
    return path, pending, len(views), bool(answers)


def team_places(inside: list[dict], conversations: list[str]) -> list[int]:
    with_bot = {x["conversation"] for x in inside if x["kind"] == "bot_asked"}
    places = [x["place"] for x in inside if x["kind"] in ("handed_over", "human_replied")]
    starts = [x for x in inside if x["kind"] == "conversation_started"]
    return places + [x["place"] for x in starts if x["conversation"] not in with_bot]


def opened_in_time(lines: list[dict], sent: dict) -> bool:
    """Whether the same person opened the same message within seven days."""
    return any(
        x["kind"] == "proactive_opened"
        and (x["person"], x["message"]) == (sent["person"], sent["message"])
        and timedelta() <= x["when"] - sent["when"] <= DAYS_7
        for x in lines
    )


HEEDED = ("proactive_opened", "proactive_clicked", "proactive_replied")


def recently_opened(mine: list[dict], first: dict) -> bool:
    opened = [x["when"] for x in mine if x["kind"] in HEEDED and x["place"] < first["place"]]
    return any(first["when"] - at <= HOURS_24 for at in opened)


def counts(mine: list[dict], view: dict) -> bool:
    """Whether this view is not a repetition: replay the reader's views of the article up to it."""
    counted = None
    for x in mine:
        if x["kind"] == "article_viewed" and x["article"] == view["article"]:
            is_new = counted is None or x["when"] - counted >= HALF_HOUR
            counted = x["when"] if is_new else counted
            if x["place"] == view["place"]:
                return is_new
    raise AssertionError("the view is not in its reader's history")


def assisted(lines: list[dict], mine: list[dict], view: dict) -> bool:
    own = {x["conversation"] for x in mine if x.get("conversation")}
    return any(is_open(lines, conversation, view["place"]) for conversation in own)


def bot_solved(mine: list[dict], close: dict) -> bool:
    """A bot's close with an answer behind it, nobody asked for or there in between, and no word within 24 hours."""
    if close["kind"] != "bot_closed":
        return False
    before = [
        x for x in mine if x.get("conversation") == close["conversation"] and x["place"] < close["place"]
    ]
    turns = [x["kind"] for x in before if x["kind"] in ("bot_answered", "handed_over", "human_replied")]
    if not turns or turns[-1] != "bot_answered":
        return False
    words = ("conversation_started", "bot_asked", "customer_replied", "reopened")
    return not any(
        x["kind"] in words and x["place"] > close["place"] and x["when"] - close["when"] < HOURS_24
        for x in mine
    )
