"""A bot to begin with, in every language, ready to be looked over."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from routing.bots.questions import CHOICE, EMAIL, WORDS
from routing.models import Bot


def example_bot() -> Bot:
    """Unsaved: the order's number, what it is about, and an address."""
    kinds = [
        (_("Delivery"), "delivery"),
        (_("Invoice or payment"), "invoice"),
        (_("Something else"), ""),
    ]
    return Bot(
        name=str(_("Order number and kind of question")),
        opening=in_all(
            _("Hello, I am a bot. A few short questions, and a colleague knows at once what it is about.")
        ),
        questions=[
            {"texts": in_all(_("Which order is it about?")), "kind": WORDS, "is_optional": True},
            {
                "texts": in_all(_("What is it about?")),
                "kind": CHOICE,
                "options": [{"texts": in_all(text), "tag": tag} for text, tag in kinds],
            },
            {
                "texts": in_all(_("Where can we write to you, should you have to leave?")),
                "kind": EMAIL,
                "is_optional": True,
            },
        ],
    )


def in_all(text: str | Promise) -> dict[str, str]:
    texts = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts[code] = str(text)
    return texts
