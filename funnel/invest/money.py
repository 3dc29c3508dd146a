"""Amounts of money in the reader's words."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import pgettext

SYMBOLS = {
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "CHF": "CHF",
    "RON": "RON",
    "CNY": "CN¥",
    "PLN": "zł",
    "CZK": "Kč",
    "HUF": "Ft",
    "SEK": "kr",
    "NOK": "kr",
    "DKK": "kr",
    "TRY": "₺",
    "INR": "₹",
    "JPY": "JP¥",
    "BRL": "R$",
    "CAD": "CA$",
    "AUD": "A$",
}
CURRENCIES = [(code, code if code == symbol else f"{code} {symbol}") for code, symbol in SYMBOLS.items()]
SMALL = 10  # below this the cents are said too


def say_money(amount: float, currency: str) -> str:
    """An amount in whole units, half up; below ten with cents. `currency` is an ISO 4217 code."""
    places = Decimal("0.01") if 0 < abs(amount) < SMALL else Decimal(1)
    rounded = Decimal(str(amount)).quantize(places, ROUND_HALF_UP)
    number = number_format(rounded, -places.as_tuple().exponent, use_l10n=True, force_grouping=True)
    symbol = SYMBOLS.get(currency, currency)
    if symbol[-1].isalpha():  # a word does not stick to its number
        return pgettext("amount of money", "%(word)s %(number)s") % {"word": symbol, "number": number}
    return pgettext("amount of money", "%(symbol)s%(number)s") % {"symbol": symbol, "number": number}
