"""A tile says its figure, how sure it is, and whether it moved for the better: in words, then in colour."""

import pytest

from funnel.page.filling import fill_tile
from funnel.page.markup import shrink_units
from funnel.page.tiles import TEAM

TILES = {tile.key: tile for tile in TEAM}
FIRST_RESPONSE = {
    "median_first_response": 810.0,
    "median_first_response_business": 660.0,
    "ninetieth_first_response": 3960.0,
    "ninetieth_first_response_business": None,
    "waiting": 2,
    "longest_wait": 7800,
}
BEFORE = FIRST_RESPONSE | {
    "median_first_response": 900.0,
    "ninetieth_first_response_business": 5000.0,
    "medians_are_exact": True,
}


def filled(*, is_exact: bool):
    figures = FIRST_RESPONSE | {"medians_are_exact": is_exact}
    tile = TILES["median_first_response"]
    return fill_tile(tile, figures, BEFORE, None, lambda key: f"/rows/{key}")


def test_a_median_read_from_counts_by_size_is_about_that():
    assert filled(is_exact=True).figure == "13 min 30 s"
    tile = filled(is_exact=False)
    assert tile.figure == "≈ 13 min 30 s"
    assert [part.figure for part in tile.parts] == ["≈ 11 min", "≈ 1 h 6 min", "–"]
    assert "1 percent off" in tile.meaning
    assert "1 percent off" not in filled(is_exact=True).meaning


def test_shorter_is_better_in_words_and_by_an_arrow():
    tile = filled(is_exact=True)
    assert (tile.change_words, tile.verdict, tile.arrow) == ("10.0% shorter: better", "better", "arrow-down")
    assert tile.before == "15 min"


def test_a_tile_leads_to_its_rows_and_who_waits_to_theirs():
    tile = filled(is_exact=True)
    assert (tile.url, tile.note_url) == ("/rows/median_first_response", "/rows/waiting")
    assert tile.note == "2 waiting now, longest 2 h 10 min"
    assert [part.url for part in tile.parts][-1] == "", "what has no figure has no rows"


@pytest.mark.parametrize(
    ("figure", "markup"),
    [
        ("60.0%", '60.0<span class="tile-unit">%</span>'),
        ("1,240", "1,240"),
        ("2 d 15 h", '2<span class="tile-unit"> d </span>15<span class="tile-unit"> h</span>'),
        ("9 分钟", '9<span class="tile-unit"> 分钟</span>'),
        ("–", "–"),
    ],
)
def test_units_are_small_and_figures_large(figure, markup):
    assert shrink_units(figure) == markup
