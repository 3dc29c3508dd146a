import pytest

from helpdesk.connectors.email.parsing.reply_html import new_text_of_html
from helpdesk.connectors.email.parsing.reply_text import new_text_of

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
    assert new_text_of("Thanks\n\n-- \nCarla\nHead of things\nThe Shop Ltd") == "Thanks"
    assert new_text_of("Thank you\n\n-- \nCarla") == "Thank you"
    assert new_text_of("Here:\n\n-- \nCarla\n+39 055 1234") == "Here:\n\n--\nCarla\n+39 055 1234"
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


def test_a_very_long_text_without_history_is_kept_to_its_end():
    text = "A line of the customer's own.\n" * 8_000 + "The end."
    assert new_text_of(text) == text


ATTRIBUTIONS = """
On Mon, Jan 5, 2026 at 10:12 AM Ann Other <ann@example.com> wrote:
On 5 Jan 2026, at 10:12, Ann Other <ann@example.com> wrote:
On 05.01.26 10:12, Ann Other wrote:
On 1/5/2026 10:12 AM, Ann Other via Support wrote:
On Monday, January 5th, 2026 at 10:12 AM, Ann Other <ann@example.com> wrote:
Il giorno lun 5 gen 2026 alle ore 10:12 Ann Other <ann@example.com> ha scritto:
Il 05/01/26 10:12, Ann Other ha scritto:
Il giorno 5 gen 2026, alle ore 10:12, Ann Other <ann@example.com> ha scritto:
Il lunedì 5 gennaio 2026 alle ore 10:12:00 CET, Ann Other <ann@example.com> ha scritto:
În lun., 5 ian. 2026 la 10:12, Ann Other <ann@example.com> a scris:
În data de 5 ian. 2026, la 10:12, Ann Other <ann@example.com> a scris:
La 05.01.2026 10:12, Ann Other a scris:
Pe 5 ian. 2026, la 10:12, Ann Other <ann@example.com> a scris:
Am Mo., 5. Jan. 2026 um 10:12 Uhr schrieb Ann Other <ann@example.com>:
Am 05.01.26 um 10:12 schrieb Ann Other:
Am 05.01.2026 um 10:12 schrieb Ann Other <ann@example.com>:
Ann Other <ann@example.com> schrieb am Mo., 5. Jan. 2026, 10:12:
Gesendet: Montag, 05. Januar 2026 um 10:12 Uhr|Von: "Ann Other" <ann@example.com>|An: bob@example.com|Betreff: Re: x
Le lun. 5 janv. 2026 à 10:12, Ann Other <ann@example.com> a écrit :
Le 05/01/2026 à 10:12, Ann Other a écrit :
Le 5 janv. 2026 à 10:12, Ann Other <ann@example.com> a écrit :
Le lundi 5 janvier 2026 à 10:12:00 UTC+1, Ann Other <ann@example.com> a écrit :
El lun, 5 ene 2026 a las 10:12, Ann Other (<ann@example.com>) escribió:
El 05/01/2026 a las 10:12, Ann Other escribió:
El 5 ene 2026, a las 10:12, Ann Other <ann@example.com> escribió:
Em seg., 5 de jan. de 2026 às 10:12, Ann Other <ann@example.com> escreveu:
Em 05/01/2026 10:12, Ann Other escreveu:
No dia 5 de janeiro de 2026, às 10:12, Ann Other <ann@example.com> escreveu:
A segunda, 5/01/2026, 10:12, Ann Other <ann@example.com> escreveu:
Op ma 5 jan 2026 om 10:12 schreef Ann Other <ann@example.com>:
Op 5 jan 2026 om 10:12 heeft Ann Other <ann@example.com> het volgende geschreven:
Op 05-01-2026 om 10:12 schreef Ann Other:
W dniu 05.01.2026 o 10:12, Ann Other pisze:
pon., 5 sty 2026 o 10:12 Ann Other <ann@example.com> napisał(a):
Wiadomość napisana przez Ann Other <ann@example.com> w dniu 5 sty 2026, o godz. 10:12:
Dne po 5. 1. 2026 10:12 uživatel Ann Other <ann@example.com> napsal:
po 5. 1. 2026 v 10:12 odesílatel Ann Other <ann@example.com> napsal:
Dne 05. 01. 26 v 10:12 Ann Other napsal(a):
po 5. 1. 2026 o 10:12 Ann Other <ann@example.com> napísal(a):
Den mån 5 jan. 2026 kl 10:12 skrev Ann Other <ann@example.com>:
Den 2026-01-05 kl. 10:12, skrev Ann Other:
5 jan. 2026 kl. 10:12 skrev Ann Other <ann@example.com>:
Den man. 5. jan. 2026 kl. 10.12 skrev Ann Other <ann@example.com>:
Den 05.01.2026 10.12, skrev Ann Other:
man. 5. jan. 2026 kl. 10:12 skrev Ann Other <ann@example.com>:
ma 5. tammik. 2026 klo 10.12 Ann Other (ann@example.com) kirjoitti:
Ann Other <ann@example.com> kirjoitti 5.1.2026 kello 10.12:
пн, 5 янв. 2026 г. в 10:12, Ann Other <ann@example.com>:
5 янв. 2026 г., в 10:12, Ann Other <ann@example.com> написал(а):
Понедельник, 5 января 2026, 10:12 +03:00 от Ann Other <ann@example.com>:
05.01.2026 10:12, Ann Other пишет:
05.01.2026, 10:12, "Ann Other" <ann@example.com>:
пн, 5 січ. 2026 р. о 10:12 Ann Other <ann@example.com> пише:
Ann Other <ann@example.com>, 5 Oca 2026 Pzt, 10:12 tarihinde şunu yazdı:
5 Oca 2026 tarihinde 10:12 saatinde, Ann Other <ann@example.com> şunları yazdı:
Ann Other <ann@example.com> ezt írta (időpont: 2026. jan. 5., H, 10:12):
2026. 01. 05. 10:12 keltezéssel, Ann Other írta:
Στις Δευ 5 Ιαν 2026 στις 10:12 π.μ., ο χρήστης Ann Other <ann@example.com> έγραψε:
Ann Other <ann@example.com> 于2026年1月5日周一 10:12写道：
在 2026年1月5日，10:12，Ann Other <ann@example.com> 写道：
在 2026-01-05 10:12:00，"Ann Other" <ann@example.com> 写道：
Ann Other <ann@example.com> 於 2026年1月5日 週一 上午10:12寫道：
2026年1月5日(月) 10:12 Ann Other <ann@example.com>:
2026/01/05 10:12、Ann Other <ann@example.com>のメール:
2026년 1월 5일 (월) 오전 10:12, Ann Other <ann@example.com>님이 작성:
Vào Th 2, 5 thg 1, 2026 vào lúc 10:12 Ann Other <ann@example.com> đã viết:
Pada tanggal Sen, 5 Jan 2026 pukul 10.12 Ann Other <ann@example.com> menulis:
El dl., 5 de gen. 2026, 10:12, Ann Other <ann@example.com> va escriure:
На 5.01.2026 г. в 10:12 ч., Ann Other написа:
pon., 5. jan. 2026 ob 10:12 je oseba Ann Other <ann@example.com> napisala:
pon, 5. sij 2026. u 10:12 Ann Other <ann@example.com> napisao je:
‫בתאריך יום ב׳, 5 בינו׳ 2026 ב-10:12 מאת ‪Ann Other‬‏ <‪ann@example.com‬‏>:‬
في الاثنين، 5 يناير 2026 في 10:12 ص تمت كتابة ما يلي بواسطة Ann Other <ann@example.com>:
On Jan 5, 2026 10:12 AM, "Ann Other" <ann@example.com> wrote:
---- On Mon, 05 Jan 2026 10:12:00 +0100 Ann Other <ann@example.com> wrote ----
------- Original Message -------|On Monday, January 5th, 2026 at 10:12 AM, Ann Other <ann@example.com> wrote:
-----Original Message-----|From: Ann Other <ann@example.com>|Sent: Monday, January 5, 2026 10:12 AM|To: Bob|Subject: RE: x
________________________________|From: Ann Other <ann@example.com>|Sent: Monday, January 5, 2026 10:12 AM|To: Bob <bob@example.com>|Subject: RE: x
________________________________|Da: Ann Other <ann@example.com>|Inviato: lunedì 5 gennaio 2026 10:12|A: Bob <bob@example.com>|Oggetto: R: x
Da: Ann Other <ann@example.com>|Data: lunedì, 5 gennaio 2026 alle ore 10:12|A: Bob <bob@example.com>|Oggetto: Re: x
________________________________|De la: Ann Other <ann@example.com>|Trimis: luni, 5 ianuarie 2026 10:12|Către: Bob <bob@example.com>|Subiect: RE: x
From: Ann Other|Trimis: 5 ianuarie 2026 10:12|Către: Bob|Subiect: RE: x
________________________________|De : Ann Other <ann@example.com>|Envoyé : lundi 5 janvier 2026 10:12|À : Bob <bob@example.com>|Objet : RE: x
________________________________|De: Ann Other <ann@example.com>|Enviado: lunes, 5 de enero de 2026 10:12|Para: Bob <bob@example.com>|Asunto: RE: x
________________________________|Von: Ann Other <ann@example.com>|Gesendet: Montag, 5. Januar 2026 10:12|An: Bob <bob@example.com>|Betreff: AW: x
________________________________|Van: Ann Other <ann@example.com>|Verzonden: maandag 5 januari 2026 10:12|Aan: Bob|Onderwerp: Re: x
________________________________|Od: Ann Other <ann@example.com>|Wysłane: poniedziałek, 5 stycznia 2026 10:12|Do: Bob|Temat: Re: x
________________________________|Fra: Ann Other <ann@example.com>|Sendt: 5. januar 2026 10:12|Til: Bob|Emne: SV: x
________________________________|Från: Ann Other <ann@example.com>|Skickat: den 5 januari 2026 10:12|Till: Bob|Ämne: SV: x
________________________________|Lähettäjä: Ann Other <ann@example.com>|Lähetetty: maanantai 5. tammikuuta 2026 10.12|Vastaanottaja: Bob|Aihe: VS: x
________________________________|Feladó: Ann Other <ann@example.com>|Elküldve: 2026. január 5., hétfő 10:12|Címzett: Bob|Tárgy: Re: x
________________________________|От: Ann Other <ann@example.com>|Отправлено: 5 января 2026 г. 10:12|Кому: Bob|Тема: RE: x
________________________________|Gönderen: Ann Other <ann@example.com>|Gönderildi: 5 Ocak 2026 Pazartesi 10:12|Kime: Bob|Konu: RE: x
________________________________|发件人: Ann Other <ann@example.com>|发送时间: 2026年1月5日 10:12|收件人: Bob|主题: 回复: x
________________________________|寄件者: Ann Other <ann@example.com>|寄件日期: 2026年1月5日 10:12|收件者: Bob|主旨: 回覆: x
________________________________|差出人: Ann Other <ann@example.com>|送信日時: 2026年1月5日 10:12|宛先: Bob|件名: RE: x
________________________________|보낸 사람: Ann Other <ann@example.com>|보낸 날짜: 2026년 1월 5일 월요일 10:12|받는 사람: Bob|제목: RE: x
________________________________|De: Ann Other <ann@example.com>|Enviado: segunda-feira, 5 de janeiro de 2026 10:12|Para: Bob|Assunto: RE: x
________________________________|Odesílatel: Ann Other <ann@example.com>|Odesláno: pondělí 5. ledna 2026 10:12|Komu: Bob|Předmět: RE: x
________________________________|Απο: Ann Other <ann@example.com>|Στάλθηκε: Δευτέρα, 5 Ιανουαρίου 2026 10:12|Προς: Bob|Θέμα: RE: x
*From:* Ann Other <ann@example.com>|*Sent:* Monday, January 5, 2026 10:12 AM|*To:* Bob|*Subject:* RE: x
------------------ 原始邮件 ------------------|发件人: "Ann Other" <ann@example.com>;|发送时间: 2026年1月5日(星期一) 上午10:12|收件人: "Bob"<bob@example.com>;|主题: Re: x
-------- Messaggio originale --------|Da: Ann Other <ann@example.com>|Data: 05/01/26 10:12 (GMT+01:00)|A: Bob|Oggetto: x
-------- Mesaj original --------|De la: Ann Other <ann@example.com>|Data: 05.01.2026 10:12|Către: Bob|Subiect: x
-------- Original message --------|From: Ann Other <ann@example.com>|Date: 05/01/2026 10:12 (GMT+01:00)|To: Bob|Subject: x
""".strip().split("\n")


@pytest.mark.parametrize("begin", ATTRIBUTIONS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_the_line_that_a_mail_program_writes_above_history_is_known_in_its_language(begin, mark):
    head = begin.replace("|", "\n")
    old = "\n".join(f"{mark}{line}" for line in ("Old words of mine stand here.", "", "And more of them."))
    assert new_text_of(f"My new answer.\n\n{head}\n{old}") == "My new answer."
    assert new_text_of(f"My new answer.\n\n{head}\n\n{old}\n") == "My new answer."


PROSE = [
    "Buongiorno,\nIl 5 gennaio 2026 alle 10:12 vi ho scritto\ne non ho ricevuto risposta. Il numero è 4711.",
    "Hello,\nOn 5 January 2026 at 10:12 your colleague Ann wrote\nthat the parcel was sent. It never came.",
    "Guten Tag,\nAm 5.1.2026 um 10:12 habe ich Ihnen geschrieben\nund keine Antwort bekommen.",
    "Bonjour,\nLe 5 janvier 2026 je vous ai écrit\nmais sans réponse. Merci.",
    "Hola,\nEl 5 de enero de 2026 Ana me escribió\nque el paquete salió.",
    "Hi,\nOn Monday 5 January your agent ann@example.com wrote\nthat I should send this:\norder 4711, size M",
    "Hi team,\nAs Ann <ann@example.com> said on 5.1.2026:\nthe refund is on its way. Where is it?",
    "Here is the log:\n2026-01-05 10:12 rejected mail from <ann@example.com>\n2026-01-05 10:13 rejected mail from <bob@example.com>\nWhat does it mean?",
    "My data:\nFrom: Berlin\nTo: Rome\nDate: 5 January\nPlease book it.",
    "Please change these:\nName: Ann\nSubject: Maths\nDate: 5.1.2026\nThanks",
    "Bună ziua,\nLa 05.01.2026 v-am scris\nși nu am primit răspuns.",
    "我在2026年1月5日写道\n请退款。但没有收到。",
    "The steps I did:\n-----\n1. open the app\n-----\n2. press login\nWhat now?",
    "Hello\nSent from the warehouse yesterday, the parcel is lost.\nPlease send another one to my home.\nMy address is the same.\nMy phone is the same.\nThanks",
    'I paid on 5 Jan 2026, he wrote:\n"the money is here"\nbut the shop says no.',
    'Dear all,\nA customer, order 5/1/2026 10:12, said:\n"no good". What shall we do?',
    'Le 05/01/2026, le client a écrit :\n"je veux un remboursement"\nQue faire ?',
]


@pytest.mark.parametrize("words", PROSE)
def test_prose_that_tells_who_wrote_what_when_is_not_history(words):
    assert new_text_of(words) == words
