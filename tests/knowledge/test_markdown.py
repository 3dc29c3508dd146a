import pytest

from knowledge.markdown import render_article


def test_headings_begin_below_the_title_and_get_ids_of_their_own() -> None:
    rendered = render_article("# What it costs\n\ntext\n\n## What it costs\n\n### Zürich & co", "en")
    assert '<h2 id="what-it-costs">' in rendered.html
    assert '<h2 id="what-it-costs-2">' in rendered.html
    assert [(heading["level"], heading["text"]) for heading in rendered.headings] == [
        (2, "What it costs"),
        (2, "What it costs"),
        (3, "Zürich & co"),
    ]


def test_chinese_headings_keep_their_characters_in_the_id() -> None:
    assert render_article("## 退货步骤", "zh-hans").headings[0]["id"] == "退货步骤"


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        '<img src="x" onerror="alert(1)">',
        "![x](javascript:alert(1))",
        '[a](https://x.example "a\\" onmouseover=\\"alert(1)")',
        "<style>*{display:none}</style>",
        "<svg/onload=alert(1)>",
    ],
)
def test_nothing_that_runs_gets_through(body: str) -> None:
    html = render_article(body, "en").html
    assert "<script" not in html
    assert "<style" not in html
    assert "<svg" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'src="javascript' not in html
    assert '" onmouseover="' not in html
    assert "<img src=" not in html or "onerror" not in html


def test_a_link_to_an_article_leads_there_in_the_language_of_the_text() -> None:
    html = render_article("See [that](article:return-an-item#costs).", "it").html
    assert 'href="/it/articles/return-an-item/#costs"' in html


def test_the_plain_text_has_the_words_and_no_marks() -> None:
    body = "## Costs\n\nIt is **free**, see [that](article:x).\n\n| a | b |\n| --- | --- |\n| c | d |"
    assert render_article(body, "en").plain == "Costs\nIt is free, see that.\na\nb\nc\nd"
