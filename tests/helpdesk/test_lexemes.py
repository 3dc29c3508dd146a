"""The words of Python's search are those of the database."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.lexemes import LONGEST_WORD, fold, tsquery, words_of

pytestmark = pytest.mark.django_db


def fits(text, words, *, is_unfinished=False):
    query = tsquery(words_of(words), is_unfinished=is_unfinished)
    with connection.cursor() as cursor:
        cursor.execute("SELECT helpdesk_lexemes(%s) @@ lower(%s)::tsquery", [text, query])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Comandă întârziată", "comanda INTARZIATA"),
        ("comanda intarziata", "comandă întârziată"),
        ("Order-4711 of bob@shop.example", "4711 bob example"),
        ("snow_boots/size.42", "boots 42"),
        ("„Perché?“ disse…no", "perche no"),
        ("ПРИВЕТ, мир", "привет МИР"),
        ("我的订单在哪里？iPhone手机", "订单 哪里 iphone 手机"),
        ("我的订单", "单"),
        ("訂單", "訂"),
        ("ﬁne ｆｕｌｌ", "fine full"),
        ("thanks👍ok", "thanks ok"),
        ("x" * 5000, "x" * 5000),
        ("<b>bold</b> a&b", "b bold a"),
    ],
)
def test_a_text_has_its_words(text, words):
    assert fits(text, words)


@pytest.mark.parametrize(
    ("text", "words"), [("我的订单", "订货"), ("boots", "boot"), ("我的订单", "单我"), ("a", "b")]
)
def test_it_has_no_others(text, words):
    assert not fits(text, words)


def test_the_last_word_may_go_on_from_three_letters():
    assert fits("zipper", "zip", is_unfinished=True)
    assert not fits("zipper", "zi", is_unfinished=True)
    assert not fits("zipper", "zip")


def test_words_that_postgresql_would_refuse_are_cut():
    assert words_of("y" * 3000) == ["y" * LONGEST_WORD]


letters = st.characters(categories=("Lu", "Ll", "Nd", "Zs"), max_codepoint=0x52F)
signs = st.sampled_from("-@./_<>&:+#%=~'\"()…“”，。订单在哪里かなカナ")


@given(st.text(letters | signs, max_size=60))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_text_has_its_own_words(text):
    assert not words_of(text) or fits(text, text)


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
