"""Fernweh Supply: what it sells, and the particulars that fill the gaps of a talk."""

from datetime import datetime, timedelta
from random import Random

from helpdesk.demo.customers import Customer

# One product a line, named in each language: en, it, ro, zh-hans.
PRODUCTS = [
    ("Ridgeline 45 backpack", "zaino Ridgeline 45", "rucsacul Ridgeline 45", "Ridgeline 45 背包"),
    ("Nordlys down jacket", "piumino Nordlys", "geaca de puf Nordlys", "Nordlys 羽绒服"),
    ("Fjell 2 tent", "tenda Fjell 2", "cortul Fjell 2", "Fjell 2 帐篷"),
    ("Granite Mid boots", "scarponi Granite Mid", "bocancii Granite Mid", "Granite Mid 登山鞋"),
    ("Tarn sleeping bag", "sacco a pelo Tarn", "sacul de dormit Tarn", "Tarn 睡袋"),
    ("Polaris headlamp", "lampada frontale Polaris", "frontala Polaris", "Polaris 头灯"),
    ("Ember stove", "fornello Ember", "arzătorul Ember", "Ember 炉头"),
    ("Bora rain jacket", "giacca Bora", "geaca de ploaie Bora", "Bora 冲锋衣"),
    ("Col trekking poles", "bastoncini Col", "bețele Col", "Col 登山杖"),
    ("Sherpa child carrier", "zaino portabimbi Sherpa", "rucsacul pentru copii Sherpa", "Sherpa 儿童背架"),
]
LANGUAGES = ("en", "it", "ro", "zh-hans")
JACKETS = ("Bora", "Nordlys", "Skua", "Bise")
TENTS = ("Fjell 2", "Fjell 3", "Tarp Duo")
COLOURS = ("moss", "slate", "rust", "sand", "night blue")
SIZES = ("S", "M", "L", "XL", "42", "43", "38")
CARRIERS = ("DHL", "GLS", "UPS", "BRT")
CITIES = ("Lyon", "Ghent", "Leipzig", "Porto", "Graz", "Utrecht", "Malmö", "Galway", "Turin", "Brno")
CITIES_ABROAD = ("Bern", "Lausanne", "Edinburgh", "Bergen", "Bristol")
CITIES_RO = ("Cluj-Napoca", "Brașov", "Iași", "Timișoara", "Sibiu")
CITIES_ZH = ("上海", "成都", "深圳", "杭州")
WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "ro": ("luni", "marți", "miercuri", "joi", "vineri", "sâmbătă", "duminică"),
    "zh-hans": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}


def particulars(
    rng: Random, at: datetime, *, language: str, customer: Customer, agent: str
) -> dict[str, str]:
    """The same order, product and parcel all through one conversation that began `at`."""
    product = rng.choice(PRODUCTS)
    jackets = rng.sample(JACKETS, 2)
    earlier = at - timedelta(days=rng.randint(3, 8))
    return {
        "order": f"FW-{rng.randint(20_000, 79_999)}",
        "product": product[LANGUAGES.index(language)],
        "product_plain": rng.choice(("daypacks", "steel bottles", "headlamps")),
        "jacket": jackets[0],
        "jacket2": jackets[1],
        "tent": rng.choice(TENTS),
        "colour": rng.choice(COLOURS),
        "size": rng.choice(SIZES[:4]),
        "height": str(rng.randint(158, 194)),
        "weight": str(rng.randint(52, 96)),
        "carrier": rng.choice(CARRIERS),
        "tracking": f"{rng.choice(('JD', 'GX', 'RR'))}{rng.randint(10**9, 10**10 - 1)}",
        "tracking2": f"JD{rng.randint(10**9, 10**10 - 1)}",
        "city": rng.choice(CITIES),
        "city_abroad": rng.choice(CITIES_ABROAD),
        "city_ro": rng.choice(CITIES_RO),
        "city_zh": rng.choice(CITIES_ZH),
        "postcode": str(rng.randint(10_000, 98_999)),
        "amount": price(rng, language),
        "date": earlier.strftime("%d.%m.") if language != "en" else f"{earlier:%B} {earlier.day}",
        "weekday": WEEKDAYS[language][earlier.weekday()],
        "first": customer.first_name,
        "agent": agent.split()[0],
    }


def price(rng: Random, language: str) -> str:
    """As the help center writes prices in this language."""
    whole, cents = rng.randint(19, 389), rng.choice(("00", "50", "90"))
    return f"€{whole}.{cents}" if language == "en" else f"{whole},{cents} €"
