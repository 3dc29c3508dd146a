"""How far a figure can be trusted."""

from funnel.invest.evidence import difference_interval, median_interval


def test_the_median_lies_in_an_interval_of_the_values_themselves():
    assert median_interval(range(5)) is None
    assert median_interval(range(1, 101)) == (40, 50.5, 61)


def test_the_difference_of_shares_has_newcombes_interval():
    low, high = difference_interval(56, 70, 48, 80)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    assert difference_interval(0, 0, 48, 80) is None
