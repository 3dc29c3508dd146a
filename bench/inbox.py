"""What an agent's browser asks for all day, beside its bare SQL and beside a view that does nothing."""

import re
import uuid
from collections.abc import Callable

import httpx
import psycopg

from bench.measure import Figure, measure, report
from bench.stand import Stand, stand, use_django

AGENT = "agent1@peers.test"
LIST = """SELECT t.id, t.subject, t.last_snippet, t.last_message_at, c.name FROM tickets_ticket t
    JOIN people_contact c ON c.id = t.contact_id
    WHERE t.status IN ('new', 'open', 'pending', 'on_hold') AND NOT t.is_spam AND t.snoozed_until IS NULL
    ORDER BY t.last_message_at DESC, t.id DESC LIMIT 50"""
TICKET = "SELECT id, kind, text, html, created_at, state FROM tickets_message WHERE ticket_id = %s ORDER BY created_at, id"
SEARCH = """SELECT t.id, t.subject FROM tickets_ticket t WHERE t.id IN (
    SELECT ticket_id FROM tickets_message WHERE helpdesk_lexemes(CASE WHEN kind = 'incoming' THEN author_name ELSE '' END
        || ' ' || subject || ' ' || text, id) @@ 'zephyrine'::tsquery
    ORDER BY id DESC LIMIT 1000) ORDER BY t.last_message_at DESC LIMIT 50"""
ANSWER = """INSERT INTO tickets_message (ticket_id, kind, inbox_id, channel, author_kind, author_name, user_id, subject, text,
    html, quoted, "to", cc, external_id, body_digest, in_reply_to, thread_reason, is_automatic, language, created_at, state,
    attempts, error) VALUES (%s, 'note', 1, 'email', 'agent', '', 1, '', 'Thank you, it left today.', '', '', '{}', '{}',
    '', '', '', '', false, '', now(), 'received', 0, '')"""


def run(scale: int) -> None:
    with stand() as running:
        use_django(running)
        from bench.load import load  # noqa: PLC0415  needs the Django that was just set up

        load(running.folder / "data", scale)
        with httpx.Client(base_url=running.url, timeout=60) as browser:
            sign_in(browser)
            figures = measure_pages(running, browser, scale)
    report(
        "inbox",
        figures,
        scale=scale,
        notes=["Floors in the same run: the bare SQL of the rows shown; a view that does nothing."],
    )


def sign_in(browser: httpx.Client) -> None:
    from bench.load import PASSWORD  # noqa: PLC0415

    token = token_of(browser.get("/login/"))
    answer = browser.post(
        "/login/", data={"username": AGENT, "password": PASSWORD, "csrfmiddlewaretoken": token}
    )
    if answer.status_code != 302:
        raise SystemExit(f"Signing in failed: {answer.status_code}")


def token_of(page: httpx.Response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]


def measure_pages(running: Stand, browser: httpx.Client, scale: int) -> list[Figure]:
    short, long = scale - 2000, scale - 1000
    if short < 1:
        short, long = scale, scale
    with psycopg.connect(running.env["DATABASE_URL"], autocommit=True) as database:

        def sql(query: str, *values: object) -> Callable[[], object]:
            return lambda: database.execute(query, values or None).rowcount

        def get(path: str) -> Callable[[], httpx.Response]:
            return lambda: answered(browser.get(path))

        def page(name: str, path: str, floor: Callable[[], object], calls: int = 60) -> Figure:
            return one(name, get(path), floor, calls)

        def one(name: str, call: Callable[[], object], floor: Callable[[], object], calls: int) -> Figure:
            return measure(
                name,
                call,
                calls=calls,
                app_pids=lambda: running.pids("web"),
                db_pids=lambda: running.pids("postgres"),
                floors={"SQL": floor, "empty view": get("/bench/nothing/")},
            )

        token = token_of(browser.get(f"/desk/tickets/{short}/"))
        return [
            page("ticket list (50 rows)", "/desk/views/open/", sql(LIST)),
            page("ticket with 3 messages", f"/desk/tickets/{short}/", sql(TICKET, short)),
            page("ticket with 200 messages", f"/desk/tickets/{long}/", sql(TICKET, long)),
            page("search, a word in 1 %", "/desk/search/?q=zephyrine", sql(SEARCH), 30),
            one("answer (POST)", lambda: answer(browser, short, token), sql(ANSWER, short), 40),
            one("REST list (50 rows)", rest_list(running, browser), sql(LIST), 60),
        ]


def rest_list(running: Stand, browser: httpx.Client) -> Callable[[], httpx.Response]:
    from helpdesk.api.models import create_token  # noqa: PLC0415
    from helpdesk.people.models import User  # noqa: PLC0415

    headers = {"Authorization": f"Bearer {create_token(User.objects.get(email=AGENT), name='bench')}"}
    return lambda: answered(browser.get("/api/v1/tickets/", headers=headers))


def answered(response: httpx.Response) -> httpx.Response:
    if response.status_code != 200:
        raise SystemExit(f"{response.request.url} answered {response.status_code}")
    return response


def answer(browser: httpx.Client, ticket: int, token: str) -> httpx.Response:
    form = {
        "kind": "reply",
        "text": "Thank you, it left today.",
        "client_uuid": str(uuid.uuid4()),
        "csrfmiddlewaretoken": token,
    }
    return answered(
        browser.post(f"/desk/tickets/{ticket}/messages/", data=form, headers={"HX-Request": "true"})
    )
