"""The words by which mail programs mark a forward and write its date, by language. Tables only; the rules are in forwarded.py."""

import re

FORWARD_SUBJECT = re.compile(
    r"^\s*\[?(?:fwd?|wg|i|tr|rv|enc|doorst|vs|vb|pd|fs|ilt|yml|továbbítás|mesaj redirecționat|redirecționare|inoltro|转发|轉寄|轉發|転送|fyi)\s?[:：]",
    re.IGNORECASE,
)
REPLY_SUBJECT = re.compile(
    r"^\s*(?:re|aw|r|sv|antw|odp|ref|rif|rép|回复|回覆|答复|ynt|vá|απ)\s?(?:\[\d+\])?[:：]", re.I
)

# "---------- Forwarded message ---------", "Begin forwarded message:" and the like, on a line of their own
_WORDS = (
    r"forwarded message|begin forwarded message|original message forwarded|"
    r"messaggio inoltrato|inizio messaggio inoltrato|messaggio inoltrato da .{1,100}|"
    r"mesaj redirecționat|mesaj redirectionat|mesaj transmis mai departe|începutul mesajului redirecționat|început mesaj redirecționat|"
    r"weitergeleitete nachricht|anfang der weitergeleiteten (?:e-?mail|nachricht)|"
    r"message transféré|message réexpédié|début du message (?:réexpédié|transféré)|message transmis|"
    r"mensaje reenviado|inicio del mensaje reenviado|mensagem encaminhada|início da mensagem (?:encaminhada|reencaminhada)|"
    r"doorgestuurd bericht|begin doorgestuurd bericht|vidarebefordrat meddelande|vidarebefordrat brev|"
    r"videresendt (?:meddelelse|besked|melding)|välitetty viesti|przekazana wiadomość|wiadomość przekazana|początek przekazywanej wiadomości|"
    r"přeposlaná zpráva|továbbított üzenet|пересланное сообщение|пересылаемое сообщение|начало переадресованного сообщения|"
    r"переслане повідомлення|iletilmiş mesaj|προωθημένο μήνυμα|转发的邮件|转发邮件|轉寄郵件|轉寄的郵件|開始轉寄郵件|开始转发的邮件|以下是转发的邮件|"
    r"転送メッセージ|転送されたメッセージ|전달된 메시지|전달된 메일"
)
MARK = re.compile(rf"^[\s*_]*(?:[-_=]{{2,}}\s*)?(?:{_WORDS})\s*(?:[-_=]{{2,}}|[:：])?[\s*_]*$", re.IGNORECASE)

_MONTHS = (
    "january januar gennaio ianuarie janvier enero janeiro januari 1月",
    "february februar febbraio februarie février fevrier febrero fevereiro februari 2月",
    "march märz maerz marzo martie mars março maart 3月",
    "april aprile aprilie avril abril 4月",
    "may mai maggio mayo maio mei maj 5月",
    "june juni giugno iunie juin junio junho 6月",
    "july juli luglio iulie juillet julio julho 7月",
    "august agosto août aout augustus augusti 8月",
    "september settembre septembrie septembre septiembre setembro 9月",
    "october oktober ottobre octombrie octobre octubre outubro 10月",
    "november novembre noiembrie noviembre novembro 11月",
    "december dezember dicembre decembrie décembre diciembre dezembro 12月",
)
_OWN_SHORT = {
    "gen": 1, "ian": 1, "ene": 1, "feb": 2, "fév": 2, "fev": 2, "mrz": 3, "mär": 3, "avr": 4, "abr": 4, "mag": 5, "giu": 6, "iun": 6,
    "juin": 6, "lug": 7, "iul": 7, "juil": 7, "ago": 8, "aoû": 8, "set": 9, "ott": 10, "okt": 10, "out": 10, "noi": 11, "dic": 12,
    "dez": 12, "déc": 12,
}  # fmt: skip


def _short_names() -> dict[str, int]:
    """Every month by its whole name and by its first three letters, as far as these mean one month only."""
    names: dict[str, int] = {}
    for number, words in enumerate(_MONTHS, start=1):
        for word in words.split():
            names[word] = number
            if len(word) > 3 and word.isalpha():
                names.setdefault(word[:3], number)
    return names | _OWN_SHORT


MONTHS = _short_names() | {"jui": 0}  # "jui" alone may be June or July
AFTERNOON = re.compile(r"p\.?\s?m\b|下午|晚上|午後|nachm|μ\.μ", re.IGNORECASE)
MORNING = re.compile(r"a\.?\s?m\b|上午|凌晨|早上|午前|vorm|π\.μ", re.IGNORECASE)
