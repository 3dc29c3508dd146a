import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.tickets.markup import CLOSES, OPENS, marked_up, own_html, words_in

SAFE = re.compile(
    r"</?(?:p|br|strong|em|code|ul|ol|li|blockquote|a)"
    r"(?: (?:dir=\"auto\"|start=\"\d+\"|target=\"_blank\"|title=\"[^\"<>]*\"|rel=\"[a-z ]+\"|href=\"(?:https?:|mailto:|tel:)[^\"<>]*\"))*>",
    re.IGNORECASE,
)


def inside(text):
    html = marked_up(text)
    assert html.startswith(OPENS) and html.endswith(CLOSES)
    return html.removeprefix(OPENS).removesuffix(CLOSES).strip()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and *slanted*", '<p dir="auto"><strong>bold</strong> and <em>slanted</em></p>'),
        ("_so_ `x < y`", '<p dir="auto"><em>so</em> <code>x &lt; y</code></p>'),
        (
            "- one\n- two",
            '<ul>\n<li dir="auto">one</li>\n<li dir="auto">two</li>\n</ul>',
        ),
        ("2. two", '<ol start="2">\n<li dir="auto">two</li>\n</ol>'),
        ("> said", '<blockquote>\n<p dir="auto">said</p>\n</blockquote>'),
        ("**one**\ntwo", '<p dir="auto"><strong>one</strong><br>\ntwo</p>'),
        ("中文**粗体**中文", '<p dir="auto">中文<strong>粗体</strong>中文</p>'),
    ],
)
def test_what_a_teammate_marks_is_marked(text, html):
    assert inside(text) == html


def test_a_link_has_its_words_and_an_address_alone_is_one_too():
    html = inside("[our page](https://shop.example/a_b_c) or https://shop.example/_x_ *now*")
    assert re.findall(r'href="([^"]+)"', html) == ["https://shop.example/a_b_c", "https://shop.example/_x_"]
    assert ">our page</a>" in html and 'target="_blank"' in html


@pytest.mark.parametrize(
    "text",
    [
        "Plain words, 2*3*4 = 24 and 5 * 6",
        "snake_case_name in C:\\*.txt",
        "# no heading",
        "-- \nAda",
        "[x](javascript:alert(1))",
        "[x](/settings/)",
        "",
        "*" * 5000,
    ],
)
def test_what_has_no_marks_stays_the_text_it_is(text):
    assert marked_up(text) == ""


def test_a_list_says_the_words_without_their_marks():
    text = "It is **waterproof**: `a < b`\n- one\n- two"
    assert words_in(text, marked_up(text)).split() == ["It", "is", "waterproof:", "a", "<", "b", "one", "two"]
    assert words_in("2 * 3", "<p>2 * 3</p>") == "2 * 3"


def test_a_mail_s_own_html_is_not_taken_for_ours():
    assert own_html("<p>Hello</p>") is None and own_html("") is None
    assert own_html(marked_up("**Hello**")) == marked_up("**Hello**")


@given(st.text(alphabet="*_`[]()<>\"'&-\n 1.ab/:#=", max_size=60).map(lambda text: f"**x** {text}"))
def test_nothing_else_ever_stands_in_the_page(text):
    html = marked_up(text)
    left = SAFE.sub("", html.removeprefix(OPENS).removesuffix(CLOSES))
    assert "<" not in left and ">" not in left
