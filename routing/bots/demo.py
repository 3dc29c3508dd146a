"""The demo shop's bot, and a trigger that is ready to be switched on. Filling twice changes nothing."""

from helpdesk.events import names
from routing.bots.questions import CHOICE, EMAIL, WORDS
from routing.bots.saving import save_bot
from routing.models import Bot, Department, Trigger
from routing.triggers.saving import save_trigger

NAME = "Order clerk"
TRIGGER = "A bot asks first in chats"
OPENING = {
    "en": "Hello! I am a bot. Three short questions, and a colleague of mine knows at once what it is about.",
    "it": "Ciao! Sono un bot. Tre brevi domande e un mio collega saprà subito di che cosa si tratta.",
    "ro": "Bună! Sunt un bot. Trei întrebări scurte, iar un coleg va ști imediat despre ce este vorba.",
    "zh-hans": "您好！我是机器人。只需回答三个简短的问题，我的同事就能马上了解您的情况。",
}
ORDER = {
    "en": "Which order is it about? Its number begins with A.",
    "it": "Di quale ordine si tratta? Il numero comincia con A.",
    "ro": "Despre ce comandă este vorba? Numărul începe cu A.",
    "zh-hans": "请问是哪一个订单？订单号以 A 开头。",
}
KIND = {
    "en": "What is it about?",
    "it": "Di che cosa si tratta?",
    "ro": "Despre ce este vorba?",
    "zh-hans": "请问是什么问题？",
}
ADDRESS = {
    "en": "Where can we write to you, should you have to leave?",
    "it": "A quale indirizzo possiamo scriverti, se devi andare?",
    "ro": "La ce adresă îți putem scrie, dacă trebuie să pleci?",
    "zh-hans": "如果您需要离开，我们可以给哪个邮箱写信？",
}
DELIVERY = {"en": "Delivery", "it": "Consegna", "ro": "Livrare", "zh-hans": "配送"}
INVOICE = {
    "en": "Invoice or payment",
    "it": "Fattura o pagamento",
    "ro": "Factură sau plată",
    "zh-hans": "发票或付款",
}
ELSE = {"en": "Something else", "it": "Altro", "ro": "Altceva", "zh-hans": "其他"}


def fill_bots() -> None:
    """Needs the departments."""
    bot = Bot.objects.filter(name=NAME).first() or save_bot(demo_bot())
    if not Trigger.objects.filter(name=TRIGGER).exists():
        save_trigger(demo_trigger(bot))


def demo_bot() -> Bot:
    shipping = Department.objects.filter(name="Shipping").first()
    choices = [
        {"texts": DELIVERY, "department": str(shipping.pk) if shipping else ""},
        {"texts": INVOICE, "tag": "invoice"},
        {"texts": ELSE},
    ]
    return Bot(
        name=NAME,
        opening=OPENING,
        questions=[
            {"texts": ORDER, "kind": WORDS, "is_optional": True},
            {"texts": KIND, "kind": CHOICE, "options": choices},
            {"texts": ADDRESS, "kind": EMAIL, "is_optional": True},
        ],
    )


def demo_trigger(bot: Bot) -> Trigger:
    return Trigger(
        name=TRIGGER,
        is_active=False,
        on=[names.TICKET_CREATED],
        conditions=[{"field": "channel", "op": "is", "value": "webchat"}],
        actions=[{"do": "bot", "value": str(bot.pk)}],
    )
