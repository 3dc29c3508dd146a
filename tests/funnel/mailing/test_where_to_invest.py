"""The places to invest that the report by mail names."""

import re

import pytest

from funnel.models import Signal
from tests.funnel.mailing.january import JANUARY_OVER, html_of, text_of

pytestmark = pytest.mark.django_db
SOME = {"team_hours": 1.0, "waiting_hours": 2.0, "by": "readers", "readers": 101, "votes": 0, "share": 0.6}
SOME |= {"average": 0.9, "questions": 312, "before": 200, "median": 14400, "month": "2026-01"}
ARTICLES = [("article_not_helping", str(n), {"title": f"Article number {n}"}) for n in range(1, 5)]
TOPIC = ("topic_without_article", "en:carla's secret", {"topic": "carla's secret"})


def keep_signals(*kinds: tuple[str, str, dict], **fields) -> None:
    for weight, (kind, subject, figures) in enumerate(kinds):
        Signal.objects.create(
            kind=kind,
            subject=subject,
            figures=SOME | figures,
            weight=weight,
            found_at=JANUARY_OVER,
            reckoned_at=JANUARY_OVER,
            **fields,
        )


def test_the_mail_names_the_three_places_to_invest_that_are_worth_most_and_quotes_no_customer(sent):
    keep_signals(*ARTICLES, TOPIC)
    keep_signals(("article_not_helping", "9", {"title": "Dismissed"}), state="dismissed")
    keep_signals(("article_not_helping", "8", {"title": "No longer so"}), is_standing=False)
    mail = sent()
    for form in (text_of(mail), html_of(mail)):
        assert re.findall(r"Article number \d", form) == [f"Article number {n}" for n in (4, 3, 2)]
        assert "secret" not in form
        assert "Dismissed" not in form
        assert "No longer so" not in form


def test_a_mail_about_a_part_of_the_desk_names_no_places_of_the_whole(sent):
    keep_signals(*ARTICLES)
    assert "Article number" not in text_of(sent(words={"channel": ["email"]}))
