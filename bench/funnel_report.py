"""Reports as the view gives them, beside their bare SQL and beside the rows."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from statistics import median
from urllib.parse import urlsplit

import psycopg
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from bench.funnel_floor import count_from_rows, differences
from bench.measure import Cost, Figure, cost_of, cpu_seconds, figure_of
from bench.stand import Stand
from funnel.files.views import give_file
from funnel.report.asking import QuestionForm
from funnel.report.period import add_months
from funnel.tallies.editions import current_edition
from funnel.tallies.lock import alone
from helpdesk import clock
from helpdesk.people.models import User
from routing.models import Department

CALLS, PAGE_CALLS, ROW_CALLS, WARM = 60, 20, 3, 5
SQL, ROWS = "SQL", "rows"
Asked = dict[str, str | list[str]]


@dataclass(frozen=True)
class Reader:
    """Somebody who looks at the report, without a server in between."""

    user: User | AnonymousUser

    def asks(self, asked: Asked) -> HttpRequest:
        request = RequestFactory().get("/funnel/report.json", asked)
        request.user = self.user
        return request

    def read(self, asked: Asked) -> HttpResponse:
        return give_file(self.asks(asked), "json")


def cases() -> dict[str, Asked]:
    departments = [str(pk) for pk in Department.objects.order_by("pk").values_list("pk", flat=True)]
    this_month = clock.now().date().replace(day=1)
    half_a_year = {"period": "custom", **days(add_months(this_month, -6), last_day_before(this_month))}
    return {
        "12 months, the whole desk": {},
        "12 months, one channel": {"channel": ["email"]},
        "12 months, one department": {"department": departments[:1]},
        "12 months, one language": {"language": ["it"]},
        "12 months, one tag": {"tag": "refund"},
        "12 months, 3 channels, 4 departments": {
            "channel": ["email", "webchat", "telegram"],
            "department": departments[:4],
        },
        "12 months, 3 ch., 4 dep., 2 lang., 1 tag": {
            "channel": ["email", "webchat", "telegram"],
            "department": departments[:4],
            "language": ["en", "it"],
            "tag": "refund",
        },
        "6 months and the 6 before, the whole desk": half_a_year,
        "30 days, the whole desk": {"period": "days"},
        "30 days, one channel": {"period": "days", "channel": ["email"]},
        "30 days, 3 channels, 4 departments": {
            "period": "days",
            "channel": ["email", "webchat", "telegram"],
            "department": departments[:4],
        },
    }


def days(since: date, until: date) -> Asked:
    return {"since": since.isoformat(), "until": until.isoformat()}


def last_day_before(first: date) -> date:
    return date.fromordinal(first.toordinal() - 1)


def measure_reports(running: Stand) -> tuple[list[Figure], bool]:
    """The figures, and whether every report said what the rows say."""
    reader = Reader(User.objects.filter(email__endswith="@bench.test").first())
    figures, wrong = [], []
    # Held, so that nobody counts anything anew between a report and its floors.
    with alone(wait=True), psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        for name, asked in cases().items():
            figure, differs = measure_report(name, asked, reader, database, running)
            figures.append(figure)
            wrong += [f"{name}: {each}" for each in differs]
            print(f"{name}: {figure.cpu_ms:.1f} ms of CPU, p95 {figure.cpu_p95_ms:.1f}", flush=True)
        figures.append(measure_page(reader, running))
    for each in wrong:
        print("DIFFERS", each)
    return figures, not wrong


def measure_report(
    name: str, asked: Asked, reader: Reader, database: psycopg.Connection, running: Stand
) -> tuple[Figure, list[str]]:
    request = reader.asks(asked)
    statements = statements_of(lambda: give_file(request, "json"))
    views, bare = measure_in_turn(
        lambda: give_file(request, "json"), lambda: send_again(statements), calls=CALLS
    )
    answer = give_file(request, "json")
    figure = figure_of(name, views, size_kb=len(answer.content) / 1000)
    question, edition = QuestionForm(request.GET).question(), current_edition()
    told = json.loads(answer.content)
    counted = count_from_rows(database, edition, question, told)
    rows = [
        cost_of_many(lambda: count_from_rows(database, edition, question, told), running)
        for _ in range(ROW_CALLS)
    ]
    for floor, costs in ((SQL, bare), (ROWS, rows)):
        figure.floors[floor] = median(cost.wall for cost in costs)
        figure.cpu_floors[floor] = median(cost.cpu for cost in costs)
    return figure, differences(told, counted)


def measure_in_turn(*things: Callable[[], object], calls: int) -> list[list[Cost]]:
    """In turn, so that what else the machine does is the same for all of them."""
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    for _ in range(WARM):
        for thing in things:
            thing()
    rounds = [[cost_of(thing, backend) for thing in things] for _ in range(calls)]
    return [list(costs) for costs in zip(*rounds, strict=True)]


def statements_of(call: Callable[[], object]) -> list[tuple]:
    found = []

    def keep(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        call()
    return found


def send_again(statements: list[tuple]) -> None:
    """By psycopg alone, over the connection that Django uses."""
    with connection.connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            if cursor.description:
                cursor.fetchall()


def cost_of_many(call: Callable[[], object], running: Stand) -> Cost:
    """One call for which the database may use several processes."""
    own = os.getpid()
    before = cpu_seconds(running.pids("postgres"))
    cost = cost_of(call, own)
    return Cost(cost.wall, cost.app, (cpu_seconds(running.pids("postgres")) - before) * 1000)


def measure_page(reader: Reader, running: Stand) -> Figure:
    """The page itself, with all middleware and its template."""
    (running.folder / "static").mkdir(exist_ok=True)  # else it is complained about
    browser = Client(headers={"host": urlsplit(running.url).hostname})
    browser.force_login(reader.user)
    answer = browser.get("/funnel/")
    if answer.status_code != 200:
        raise SystemExit(f"/funnel/ answered {answer.status_code}")
    (costs,) = measure_in_turn(lambda: browser.get("/funnel/"), calls=PAGE_CALLS)
    return figure_of("the page, 12 months (HTML)", costs, size_kb=len(answer.content) / 1000)
