import pytest

from helpdesk.connectors.email.reply_html import new_text_of_html
from helpdesk.connectors.email.reply_text import new_text_of

ATTRIBUTIONS = [
    "On Mon, Feb 1, 2026 at 6:32 PM, Ann Other <ann@shop.example> wrote:",
    "On Mon, Feb 1, 2026 at 6:32 PM, Ann Other with a long name\n<ann@shop.example>\nwrote:",
    "Am 01.02.2026 um 18:32 schrieb Ann Other <ann@shop.example>:",
    "Ann Other <ann@shop.example> schrieb am So., 1. Feb. 2026, 18:32:",
    "Le 1 févr. 2026 à 18:32, Ann Other <ann@shop.example> a écrit :",
    "Il giorno dom 1 feb 2026 alle ore 18:32 Ann Other <ann@shop.example> ha scritto:",
    "El dom, 1 feb 2026 a las 18:32, Ann Other (<ann@shop.example>) escribió:",
    "Op 1 feb. 2026 om 18:32 heeft Ann Other <ann@shop.example> het volgende geschreven:",
    "Pe dum., 1 feb. 2026 la 18:32, Ann Other <ann@shop.example> a scris:",
    "Den 1 feb. 2026 18:32 skrev Ann Other <ann@shop.example>:",
    "W dniu 01.02.2026 o 18:32, Ann Other pisze: napisał(a):",
    "2026年2月1日(日) 18:32 Ann Other <ann@shop.example>:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_what_follows_an_attribution_is_cut_in_any_language(attribution):
    text = f"Yes, please.\n\nBye\n\n{attribution}\n\n> old line\n> another\n"
    assert new_text_of(text) == "Yes, please.\n\nBye"


@pytest.mark.parametrize(
    "block",
    [
        "-----Original Message-----\nFrom: Ann\nSent: today\n\nold",
        "________________________________\nFrom: Ann <ann@shop.example>\nSent: Monday\nTo: me\nSubject: x\n\nold",
        "Von: Ann <ann@shop.example>\nGesendet: Montag, 1. Februar 2026 18:32\nAn: ich\nBetreff: x\n\nold",
        "*Da:* Ann <ann@shop.example>\n*Inviato:* lunedì\n*A:* me\n*Oggetto:* x\n\nold",
        "发件人: Ann <ann@shop.example>\n发送时间: 2026年2月1日\n收件人: me\n主题: x\n\nold",
    ],
)
def test_a_block_of_headers_begins_history(block):
    assert new_text_of(f"The new text\n\n{block}") == "The new text"


@pytest.mark.parametrize(
    "words", ["On its way.", "On 5 May I ordered two.", "Am I right?", "In 2026 it broke"]
)
def test_words_that_begin_like_an_attribution_are_not_drawn_into_the_next_one(words):
    text = f"{words}\n\nBye\n\nOn Nov. 22, 2026, 1:10 a.m., Carla wrote:\n\n> Where is it?\n"
    assert new_text_of(text) == f"{words}\n\nBye"


def test_answers_between_quoted_lines_stay():
    text = "> Which size?\n\nLarge.\n\n> Which colour?\n\nBlue.\n"
    assert new_text_of(text) == "Large.\n\n\nBlue."


def test_a_signature_mark_and_a_phones_line_are_cut():
    assert new_text_of("Thanks\n\n-- \nCarla\nHead of things") == "Thanks"
    assert new_text_of("Thanks\n\nSent from my iPhone") == "Thanks"


def test_words_that_only_look_like_history_stay():
    text = (
        "From: the beginning I liked it.\nOn Monday I wrote to you:\nnothing came.\n\nA table\n-----\n1 2 3"
    )
    assert new_text_of(text) == text


def test_a_forwarded_mail_stays_because_it_is_what_the_customer_sends():
    text = "See below\n\n---------- Forwarded message ----------\nFrom: x@y.example\nSubject: z\n\nbody"
    assert new_text_of(text) == text


def test_a_mail_of_nothing_but_quotes_is_kept_whole():
    assert new_text_of("> all\n> quoted") == "> all\n> quoted"


@pytest.mark.parametrize(
    "history",
    [
        '<div class="gmail_quote"><div>On Mon, 1 Feb 2026, Ann &lt;ann@shop.example&gt; wrote:</div><blockquote>old</blockquote></div>',
        '<div id="divRplyFwdMsg"><b>From:</b> Ann<br><b>Sent:</b> today<br><b>To:</b> me</div><p>old</p>',
        '<hr id="stopSpelling">Date: today<br>From: ann@shop.example<br><p>old</p>',
        '<blockquote type="cite"><p>old</p></blockquote>',
    ],
)
def test_history_in_html_is_cut(history):
    assert new_text_of_html(f"<div>New <b>text</b></div><div><br></div>{history}") == "New text"


def test_a_hostile_text_takes_no_time():
    text = "> " * 20_000 + "\n" + "On " * 3_000 + "wrote:\n" + "-" * 30_000 + "\n" + " " * 40_000 + "x"
    assert new_text_of(text).endswith("x")
