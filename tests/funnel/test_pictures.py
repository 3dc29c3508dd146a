"""The pictures: bands as thick as their numbers, nothing lost at a node, mirrored where reading runs the other way."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from funnel.pictures.bars import BarWords, draw_months, nice_top
from funnel.pictures.flow_layout import lay_out
from funnel.pictures.heat import HeatWords, draw_hours, ranges, shade
from funnel.pictures.messages import Month, Row, draw_rows, round_up
from funnel.pictures.sankey import HEAD, FlowLinks, FlowWords, draw_flow
from funnel.sessions import nodes
from tests.funnel.test_figures import EXAMPLE

LINKS = [[source, target, value] for (source, target), value in EXAMPLE.items()]
WORDS = FlowWords(
    title="Which <layer> solved what",
    description="1000 people",
    labels={name: f"{name} & co" for name in nodes.COLUMN},
    band=lambda source, target, value: f"{source} to {target}: {value}",
    count=str,
    share=lambda value: f"{value / 10}%",
)
BAR_WORDS = BarWords(
    title="Months",
    description="by month",
    month=lambda month: month[-2:],
    part=lambda month, outcome, value: f"{month} {outcome} {value}",
    count=str,
    so_far="so far",
)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(**more) -> ElementTree.Element:
    return ElementTree.fromstring(draw_flow(LINKS, text=WORDS, standalone=True, **more))


def test_every_band_is_as_thick_as_its_number():
    layout = lay_out(LINKS)
    assert [band.thickness for band in layout.bands] == pytest.approx(
        [value * layout.scale for *_, value in LINKS]
    )


def test_the_bands_fill_the_edges_of_every_node_and_do_not_overlap():
    for node in lay_out(LINKS).nodes:
        for bands, edges in ((node.before, "enters"), (node.after, "leaves")):
            spans = sorted((getattr(band, edges)[node.column], band.thickness) for band in bands)
            y = node.y
            for top, thickness in spans:
                assert top == pytest.approx(y)
                y += thickness
            assert not spans or y == pytest.approx(node.y + node.height)


def test_nothing_runs_behind_a_node_or_over_the_edge_of_the_picture():
    layout = lay_out(LINKS)
    boxes = [(node.column, node.y, node.y + node.height) for node in layout.nodes]
    for band in layout.bands:
        for stop in band.stops[1:-1]:
            assert all(
                stop.y >= bottom or stop.y + band.thickness <= top
                for column, top, bottom in boxes
                if column == stop.column
            )
            assert stop.y >= 0 and stop.y + band.thickness <= layout.height


def test_a_single_session_is_drawn_without_shouting():
    layout = lay_out([["on_their_own", "articles", 1], ["articles", "resolved_by_articles", 1]])
    assert max(node.height for node in layout.nodes) <= 40


def test_no_session_at_all_is_an_empty_picture():
    assert lay_out([]).nodes == []
    ElementTree.fromstring(draw_flow([], text=WORDS, standalone=True))


def test_the_picture_names_itself_and_every_band():
    picture = parsed()
    assert picture.get("role") == "img"
    assert picture.find(f"{SVG}title").text == "Which <layer> solved what"
    assert picture.find(f"{SVG}desc").text == "1000 people"
    bands = picture.findall(f".//{SVG}path/{SVG}title")
    assert sorted(band.text for band in bands) == sorted(f"{s} to {t}: {v}" for s, t, v in LINKS)


def test_every_node_carries_its_name_and_number():
    texts = ["".join(text.itertext()) for text in parsed().iter(f"{SVG}text")]
    assert "420 articles & co" in texts
    assert "252 25.2%" in texts
    assert "resolved_by_articles & co" in texts


def test_labels_stay_inside_the_picture():
    for links in (LINKS, [["on_their_own", "still_open", 1], ["on_their_own", "not_resolved", 900]]):
        picture = ElementTree.fromstring(draw_flow(links, text=WORDS, standalone=True))
        height = float(picture.get("height"))
        assert all(10 < float(text.get("y")) < height - 4 for text in picture.iter(f"{SVG}text"))


def xs(picture: ElementTree.Element) -> list[float]:
    return [float(rect.get("x")) for rect in picture.iterfind(f".//{SVG}g[@data-node]/{SVG}rect")]


def test_for_a_language_read_from_the_right_the_flow_runs_the_other_way():
    plain, mirrored = parsed(), parsed(mirrored=True)
    width = float(plain.get("width"))
    assert xs(mirrored) == pytest.approx([width - x - 12 for x in xs(plain)])
    assert {text.get("text-anchor") for text in plain.iter(f"{SVG}text")} == {None}
    assert {text.get("text-anchor") for text in mirrored.iter(f"{SVG}text")} == {"end"}


def test_on_the_page_colours_are_left_to_the_style_sheet():
    assert "fill=" not in draw_flow(LINKS, text=WORDS)
    assert re.search(r'class="flow-band series--articles"', draw_flow(LINKS, text=WORDS))


def month(name: str, parts: dict[str, int], so_far: bool = False) -> dict:
    row = dict.fromkeys(nodes.COLUMN, 0) | parts | {"month": name, "so_far": so_far}
    row["self_service"] = sum(row[end] for end in nodes.SELF_SERVED)
    row["team"] = sum(row[end] for end in nodes.SOLVED_BY_TEAM)
    return row


MONTHS = [
    month("2026-01", {"resolved_by_articles": 2, "resolved_by_bot": 1, "resolved_outright": 3}),
    month("2026-02", {"resolved_after_self_service": 6}, so_far=True),
]


def test_bars_are_as_high_as_their_numbers():
    picture = ElementTree.fromstring(draw_months(MONTHS, text=BAR_WORDS, standalone=True))
    heights = {
        bar.find(f"{SVG}title").text: float(bar.get("height"))
        for bar in picture.iterfind(".//*[@data-outcome]")
    }
    unit = heights["2026-01 resolved_by_bot 1"]
    assert heights["2026-01 resolved_by_articles 2"] == pytest.approx(2 * unit, abs=0.02)
    assert heights["2026-02 resolved_after_self_service 6"] == pytest.approx(6 * unit, abs=0.05)


def test_only_the_running_month_is_hatched_and_says_so():
    picture = ElementTree.fromstring(draw_months(MONTHS, text=BAR_WORDS, standalone=True))
    january, february = picture.findall(".//*[@data-month]")
    assert "so-far" not in ElementTree.tostring(january, "unicode")
    assert "url(#so-far)" in ElementTree.tostring(february, "unicode")
    assert february.find(f"{SVG}text").text == "02 so far"


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 4), (3, 4), (5, 6), (9, 10), (57, 60), (661, 800), (1000, 1000)]
)
def test_the_scale_ends_at_a_round_number(highest, top):
    assert nice_top(highest) == top


LEADING = FlowLinks(band=lambda source, target: f"/b?{source}&{target}", node=lambda node: f"/n?{node}")


def test_on_the_page_each_band_and_node_is_a_link():
    picture = ElementTree.fromstring(draw_flow(LINKS, text=WORDS, leading=LEADING))
    urls = [link.get("href") for link in picture.iter("a")]
    assert urls[: len(LINKS)] == [f"/b?{source}&{target}" for source, target, _ in LINKS]
    assert sorted(urls[len(LINKS) :]) == sorted({f"/n?{node}" for link in LINKS for node in link[:2]})
    assert picture.get("role") == "group", "what is in an image is not told"


def test_a_picture_for_a_file_has_no_links():
    assert not list(parsed().iter(f"{SVG}a"))


def test_what_was_sent_stands_above_the_flow_and_pushes_it_down():
    words = replace(WORDS, sent="1,240 messages", sent_unit="messages, not people")
    picture = ElementTree.fromstring(draw_flow(LINKS, text=words, standalone=True))
    texts = ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]
    assert texts[:2] == ["1,240 messages", "messages, not people"]
    assert float(picture.get("height")) == float(parsed().get("height")) + HEAD
    tops = [float(rect.get("y")) for rect in picture.iterfind(f".//{SVG}g[@data-node]/{SVG}rect")]
    assert min(tops) > HEAD


HEAT_WORDS = HeatWords(
    title="Hours",
    description="by hour",
    days=["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
    hour=str,
    cell=lambda day, hour, count: f"{day} {hour} {count}",
    count=str,
)


def week(**counts: int) -> list[int]:
    """168 counts, named by their place: h25 is Tuesday one o'clock."""
    return [counts.get(f"h{place}", 0) for place in range(168)]


def cell_of(picture: ElementTree.Element, place: int) -> ElementTree.Element:
    return next(link for link in picture.iter("a") if link.get("data-hour") == str(place))


def test_each_hour_with_conversations_is_a_link_with_its_number():
    picture = ElementTree.fromstring(draw_hours(week(h0=3, h167=40), text=HEAT_WORDS, url=lambda h: f"?{h}"))
    links = list(picture.iter("a"))
    assert [(link.get("href"), link.get("aria-label")) for link in links] == [
        ("?0", "0 0 3"),
        ("?167", "6 23 40"),
    ]
    assert [link.get("tabindex") for link in links] == ["0", "-1"], "one stop of the Tab key"
    assert links[1].find(".//text").text == "40"
    assert links[1].find(".//title").text == "6 23 40"


def test_for_readers_without_rows_the_hours_lead_nowhere():
    picture = ElementTree.fromstring(draw_hours(week(h0=3), text=HEAT_WORDS, url=lambda h: ""))
    assert not list(picture.iter("a"))
    assert picture.get("role") == "img"


def test_for_a_language_read_from_the_right_the_day_begins_at_the_right():
    def x(mirrored: bool, place: int) -> float:
        drawn = draw_hours(week(h0=1, h23=1), text=HEAT_WORDS, url=str, mirrored=mirrored)
        return float(cell_of(ElementTree.fromstring(drawn), place).find(".//rect").get("x"))

    assert x(False, 0) < x(False, 23)
    assert x(True, 0) > x(True, 23)


def test_business_hours_are_outlined_once_around_not_each_by_itself():
    is_open = {(day, hour) for day in range(2) for hour in (9, 10)}
    drawn = draw_hours(week(h9=1), text=HEAT_WORDS, is_open=is_open)
    assert ElementTree.fromstring(drawn).find(".//path[@class='heat-open']").get("d").count("M") == 8
    assert "heat-open" not in draw_hours(week(h9=1), text=HEAT_WORDS)


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 7, 57, 1000])
def test_the_legend_tells_of_each_number_the_shade_it_has(most):
    told = {
        count: step
        for step, (low, high) in enumerate(ranges(most), start=1)
        for count in range(low, high + 1)
    }
    assert told == {count: shade(count, most) for count in range(1, most + 1)}
    assert shade(0, most) == 0


ROWS = [
    Row("Sent", "source", [10, 20], str),
    Row("People for each 1,000", "articles", [500, None], str),
]


def test_messages_and_people_have_a_scale_each():
    months = [Month("Jan", is_so_far=False), Month("Feb so far", is_so_far=True)]
    drawn = draw_rows(ROWS, months, title="t", description="d", standalone=True)
    bars = {
        bar.find(f"{SVG}title").text: float(bar.get("height"))
        for bar in ElementTree.fromstring(drawn).iterfind(".//*[@class]")
        if bar.get("class").startswith("bars-part")
    }
    assert bars["Jan: Sent: 10"] * 2 == pytest.approx(bars["Feb so far: Sent: 20"])
    assert bars["Feb so far: Sent: 20"] == pytest.approx(bars["Jan: People for each 1,000: 500"])
    assert len(bars) == 3, "what is unknown is not drawn as nothing"


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (7, 7), (10, 10), (11, 11), (104, 110), (1080, 1100)])
def test_a_scale_of_its_own_ends_close_above_its_highest(highest, top):
    assert round_up(highest) == top
