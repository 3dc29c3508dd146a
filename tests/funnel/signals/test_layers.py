"""Layers of support that solve a smaller share than they did."""

import pytest

from funnel.invest.rules.layers import find_lost_layers
from tests.funnel.signals.looking import NOBODY_DECIDED, firing
from tests.funnel.signals.rows import solved

pytestmark = pytest.mark.django_db


def test_a_layer_that_lost_share_beyond_chance_is_named(edition, desk):
    solved(edition, 2, articles=60, outright=40)
    solved(edition, 3, articles=35, outright=65)
    found = firing(find_lost_layers(desk, NOBODY_DECIDED))
    assert list(found) == ["articles"]
    told = found["articles"].figures
    assert (told["share"], told["share_before"], told["solved"]) == (0.35, 0.6, 100)
    assert 0 < told["least"] < 0.25 < told["most"]
    assert found["articles"].team_hours == pytest.approx(25 * 6 / 60)


def test_a_small_loss_or_few_sessions_say_nothing(edition, desk):
    solved(edition, 2, articles=60, outright=40)
    solved(edition, 3, articles=55, outright=45)
    assert not firing(find_lost_layers(desk, NOBODY_DECIDED))


def test_the_team_solving_less_outright_is_a_loss_only_where_self_service_failed_first(edition, desk):
    solved(edition, 2, articles=20, outright=80)
    solved(edition, 3, articles=60, outright=40)
    assert not firing(find_lost_layers(desk, NOBODY_DECIDED))
    solved(edition, 3, articles=0, outright=0, after=60)
    assert "outright" in firing(find_lost_layers(desk, NOBODY_DECIDED))
