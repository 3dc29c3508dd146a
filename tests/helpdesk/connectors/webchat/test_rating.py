"""The survey, rated in the widget."""

import pytest

from helpdesk.tickets.models import Survey
from tests.helpdesk.connectors.webchat.answering import surveyed


def test_the_survey_is_rated_in_the_widget_and_can_be_changed(browse):
    browser = browse()
    survey = surveyed(browser)
    assert browser.texts().count('type="radio"') == 5
    rated = browser.post("rating", message=survey.message_id, score=5, comment="Fast").json()
    assert "checked" in rated["html"]
    browser.post("rating", message=survey.message_id, score="3")
    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (3, "Fast")


def test_nobody_rates_for_somebody_else(browse):
    survey = surveyed(browse())
    stranger = browse()
    stranger.write("Hello")
    assert stranger.post("rating", message=survey.message_id, score=1).status_code == 404
    survey.refresh_from_db()
    assert survey.score is None


@pytest.mark.parametrize("score", [0, 6, "five", None, 2.5, True])
def test_a_score_outside_one_to_five_is_refused(browse, score):
    browser = browse()
    survey = surveyed(browser)
    assert browser.post("rating", message=survey.message_id, score=score).status_code == 400
    assert Survey.objects.get().score is None
