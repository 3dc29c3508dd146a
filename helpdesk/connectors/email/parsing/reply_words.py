"""The words by which mail programs begin quoted history, by language. Tables only; the rules are in reply_text.py."""

import re

# verb that ends "On <date>, <somebody> wrote:"
VERBS = (
    r"wrote|writes|sent|said|schrieb|geschrieben|a écrit|écrit|écrivait|ha scritto|scritto|scrisse|escribió|escribio|ha escrit|escreveu|"
    r"schreef|heeft .{1,120}? geschreven|geschreven|skrev|skreiv|napisał(?:\(a\)|a)?|napísal|napsal(?:\(a\)|a)?|написал(?:\(а\)|а)?|пишет|"
    r"написав|a scris|írta|kirjoitti|yazdı|şun(?:u|ları) yazdı|έγραψε|写道|寫道|書きました|wrote the following|작성|kirjoittaa|viết|pisze|пише|"
    r"написа|menulis|va escriure|napisala|napisao je|napisao|napisal|كتب|のメール"
)
# words that begin it
OPENERS = (
    r"On|At|Le|Am|Il(?: giorno)?|El|Em|Op|Den|Dnia|W dniu|Dne|Vào|Pe|În|In data|On the|Den|Den \w+|Il|A|Tarih|Στις|В|\d{1,4}[./-]|"
    r"La|Pada|На|Dana|Dňa|\w{2,4}\.,|\w+day,|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
)
DATE = r"\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.? ?[^\W\d]{3,}"

ATTRIBUTION_START = re.compile(rf"^[\s>*-]*(?:{OPENERS})\b", re.IGNORECASE)
ATTRIBUTION_END = re.compile(
    rf"(?:\b(?:{VERBS})\s?(?:am .{{3,80}}uhr)?(?:\s?\(?.{{0,12}}\)?)?\s?[:：]?\s?[-*]*\s*[:：]?$)|[:：]\s*[-*]*$|(?:写道|寫道|書きました)[:：]?$",
    re.IGNORECASE,
)
ATTRIBUTION = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # On <date>, <who> wrote: (any language: opener, a date, a verb near the end)
        rf"^[\s>*-]*(?:{OPENERS})\b.{{0,160}}?(?:{DATE}).{{0,300}}?(?:{VERBS})\b.{{0,60}}[:：]?\s*[-*]*$",
        # <who> <mail@address> wrote:   and   <who> schrieb am <date>:
        rf"^[\s>*-]*.{{0,120}}<?\S+@\S+>?\)?.{{0,10}}(?:{VERBS})\b.{{0,80}}[:：]\s*[-*]*$",
        # <who> <mail@address>, <date> wrote:   the order of Turkish and Chinese
        rf"^[\s>*-]*.{{0,120}}<\s*\S+@\S+\s*>.{{0,12}}(?:{DATE}).{{0,60}}(?:{VERBS})\s?[:：]$",
        r"^wiadomość napisana przez .{3,200}[:：]$",
        r"^בתאריך .{5,200}[:：]$",
        r"^(?:في|بتاريخ) .{5,200}(?:كتب|كتابة|بواسطة).{0,120}[:：]?$",
        r"^[\s>*-]*.{2,120}\bschrieb am .{5,60}[:：]$",
        # ---- On Tue, ... Ann <a@b.c> wrote ----   and   ---- Ann wrote ----
        rf"^-{{2,}}\s?.{{2,300}}(?:{VERBS})\s?-{{2,}}$",
        # El jueves, 21 de noviembre de 2013, Ann escribió:
        rf"^[\s>*-]*(?:{OPENERS})\s.{{3,200}},.{{1,200}}(?:{VERBS})\s?[:：]$",
        # 2024年1月5日(金) 10:00 Ann <ann@example.com>:
        r"^\d{4}年\d{1,2}月\d{1,2}日.{0,200}[:：]$",
        # <date, time> ... <mail@address>:   without a verb
        r"^(?=.{0,120}\d{1,2}[:.]\d{2})(?=.{0,120}(?:\d{4}|\d{1,2}[./-]\d{1,2})).{5,200}<\s*\S+@\S+\s*>[:：]$",
        r"^(?:在|于|於)\s?\d{4}.{0,200}(?:写道|寫道)[:：]?$",
    )
)
# an attribution without a verb: only believed when a quote follows
WHOLE_ATTRIBUTION = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.{0,160}<?\s*\S+@\S+\s*>?[:：]?$",
        r"^.{0,80}\d{1,2}[:.]\d{2}.{0,160}<\s*\S+@\S+\s*>[:：]?$",
        r"^.{0,120}<\s*\S+@\S+\s*>.{0,60}\d{1,2}[:.]\d{2}.{0,30}[:：]$",
        r"^(?:forwarded message|begin forwarded message|weitergeleitete nachricht|début du message réexpédié)\s*[:：]$",
    )
)

_ORIGINAL = (
    r"original (?:message|e-?mail|appointment)|reply message|reply above this line|ursprüngliche nachricht|original ?nachricht|message d'origine|"
    r"message original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|origineel bericht|oprindelig meddelelse|"
    r"oprindelig besked|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|"
    r"исходное сообщение|пересылаемое сообщение|eredeti üzenet|mesaj original|mesajul original|opprinnelig melding|原始邮件|原始郵件|邮件原件|元のメッセージ|"
    r"antwort nachricht|tidigare meddelande"
)
ORIGINAL_MESSAGE = re.compile(
    rf"^[\s>*]*[-_=]{{2,}}\s*\*?(?:{_ORIGINAL})\*?\s*[:：]?\s*[-_=]*\s*\*?$", re.IGNORECASE
)
_FORWARDED = (
    r"forwarded (?:message|by .{1,120})|begin forwarded message|weitergeleitete nachricht|message transféré|message transmis|mensaje reenviado|"
    r"mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht|vidarebefordrat meddelande|videresendt (?:meddelelse|besked)|"
    r"välitetty viesti|przekazana wiadomość|přeposlaná zpráva|пересланное сообщение|mesaj redirecționat|转发的邮件|转发邮件|転送メッセージ"
)
FORWARDED = re.compile(
    rf"^[\s>*]*(?:[-_=]{{2,}}\s*(?:{_FORWARDED})\s*[-_=]*|(?:begin forwarded message|début du message réexpédié|"
    r"inicio del mensaje reenviado|anfang der weitergeleiteten (?:e-?mail|nachricht)|inizio messaggio inoltrato)\s*[:：])\s*$",
    re.IGNORECASE,
)

SENT_FROM = re.compile(
    r"^\s*[(<*_]{0,2}(?:sent (?:from|via|using|with|by) (?:my|the|outlook|yahoo|gmail|mail|samsung|android|iphone|ipad|windows|proton|aol|mobile|"
    r"galaxy|airmail|a )|sent with \w+|sent (?:from|via) \[?mail|get \[?outlook for|get the .{2,20}app|envoyé (?:de(?:puis)? mon|à partir de|de mon|avec)|"
    r"obtenir outlook|télécharger outlook|gesendet von|gesendet mit|von meinem \S+ gesendet|diese nachricht wurde von meinem|outlook für \w+ beziehen|"
    r"holen sie sich outlook|inviato da|scarica outlook|ottieni outlook|enviado (?:desde|do|a partir|de)|obtener outlook|obter o outlook|"
    r"verzonden (?:vanaf|met|via|met behulp)|wysłane? z|pobierz outlook|skickat från|sendt fra|lähetetty|отправлено (?:с|из|от)|"
    r"надіслано з|trimis (?:de pe|din|cu|de la)|odesláno z|odoslané z|iphone'umdan|发自我的|發自我的|从我的|來自我的|從我的|自我的 ?(?:iphone|ipad)|"
    r"iphoneから送信|나의 iphone에서|στάλθηκε από).{0,100}$",
    re.IGNORECASE,
)

# header fields of a quoted mail as programs write them, to one word
_HEADER_ROWS = {
    "from": "from von de da van fra från od lähettäjä от від feladó dela 发件人 寄件者 寄件人 差出人 kimden gönderen expeditor expéditeur "
    "mittente remitente remetente absender odesílatel odosielateľ απο από dari từ šalje pošiljatelj מאת من",
    "sent": "sent gesendet envoyé envoyée enviado enviada inviato inviata verzonden sendt skickat wysłano lähetetty odesláno отправлено "
    "надіслано изпратено elküldve trimis 发送时间 寄件日期 送信日時 gönderilen gönderildi dikirim στάλθηκε poslano odoslané enviat נשלח",
    "date": "date datum fecha data dato päivämäärä дата dátum 日期 日付 日時 tarih tanggal ngày ημερομηνία תאריך التاريخ",
    "to": "to an à pour para a per aan til till do vastaanottaja pro komu кому до címzett către catre 收件人 收件者 宛先 kime alıcı destinataire "
    "destinatario destinatar kepada gửi đến προς za prima אל إلى",
    "cc": "cc kopie copie kopi kopia копия копія 抄送 副本 másolatot ccn cci κοιν tembusan",
    "subject": "subject betreff objet sujet asunto assunto oggetto onderwerp emne ämne temat aihe předmět predmet тема относно tárgy subiect "
    "subiectul 主题 主旨 主題 件名 konu θέμα perihal subjek assumpte naslov zadeva נושא الموضوع",
    "reply_to": "",
}
HEADER_NAMES = {word: field for field, words in _HEADER_ROWS.items() for word in words.split()} | {
    "от кого": "from",
    "reply-to": "reply_to",
    "répondre à": "reply_to",
    "antwort an": "reply_to",
    "responder a": "reply_to",
    "date de": "date",
    "message du": "date",
    "copie à": "cc",
    "sent on": "sent",
    "wysłane": "sent",
    "de la": "from",
    "trimis la": "sent",
    "chủ đề": "subject",
    "tiêu đề": "subject",
    "보낸 사람": "from",
    "보낸사람": "from",
    "보낸 날짜": "sent",
    "날짜": "date",
    "받는 사람": "to",
    "받는사람": "to",
    "참조": "cc",
    "제목": "subject",
    "تاريخ الإرسال": "sent",
}
