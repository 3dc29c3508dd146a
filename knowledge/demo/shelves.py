"""The categories and sections of Fernweh Supply. Names by language; sections are found by their key."""

from typing import NamedTuple


class Shelf(NamedTuple):
    slug: str
    icon: str
    names: dict[str, str]
    descriptions: dict[str, str]
    sections: dict[str, dict[str, str]]


def texts(en: str, it: str, ro: str, zh: str) -> dict[str, str]:
    return {"en": en, "it": it, "ro": ro, "zh-hans": zh}


SHELVES = [
    Shelf(
        "orders",
        "shopping-bag",
        texts("Orders", "Ordini", "Comenzi", "订单"),
        texts(
            "Placing, changing and cancelling an order",
            "Fare, modificare e annullare un ordine",
            "Plasarea, modificarea și anularea unei comenzi",
            "下单、修改和取消订单",
        ),
        {
            "placing": texts("Placing an order", "Fare un ordine", "Plasarea unei comenzi", "下单"),
            "changing": texts(
                "Changing an order", "Modificare un ordine", "Modificarea unei comenzi", "修改订单"
            ),
        },
    ),
    Shelf(
        "shipping",
        "truck",
        texts("Shipping", "Spedizione", "Livrare", "配送"),
        texts(
            "Tracking, delivery times, addresses and customs",
            "Tracciamento, tempi di consegna, indirizzi e dogana",
            "Urmărirea coletului, termene, adrese și vamă",
            "包裹追踪、配送时间、地址与海关",
        ),
        {
            "on-the-way": texts("On the way", "In viaggio", "Pe drum", "运送途中"),
            "borders": texts(
                "Customs and problems", "Dogana e problemi", "Vamă și probleme", "海关与异常情况"
            ),
        },
    ),
    Shelf(
        "returns",
        "rotate-ccw",
        texts("Returns and refunds", "Resi e rimborsi", "Retururi și rambursări", "退货与退款"),
        texts(
            "Sending things back, exchanging sizes, getting money back",
            "Restituire, cambiare taglia, riavere il denaro",
            "Returnarea produselor, schimbul mărimii, banii înapoi",
            "退货、换码与退款",
        ),
        {
            "returning": texts(
                "Returning and exchanging", "Resi e cambi", "Retururi și schimburi", "退货与换货"
            ),
            "refunds": texts("Refunds and rules", "Rimborsi e regole", "Rambursări și reguli", "退款与规则"),
        },
    ),
    Shelf(
        "payments",
        "credit-card",
        texts("Payments and invoices", "Pagamenti e fatture", "Plăți și facturi", "付款与发票"),
        texts(
            "Ways to pay, declined payments, invoices and discounts",
            "Metodi di pagamento, pagamenti rifiutati, fatture e sconti",
            "Metode de plată, plăți refuzate, facturi și reduceri",
            "付款方式、付款失败、发票与优惠",
        ),
        {
            "paying": texts("Paying", "Pagare", "Plata", "付款"),
            "invoices": texts(
                "Invoices and discounts", "Fatture e sconti", "Facturi și reduceri", "发票与优惠"
            ),
        },
    ),
    Shelf(
        "account",
        "circle-user",
        texts("Account", "Account", "Cont", "账户"),
        texts(
            "Signing in, changing your data, privacy",
            "Accesso, modifica dei dati, privacy",
            "Autentificare, date personale, confidențialitate",
            "登录、修改资料与隐私",
        ),
        {
            "signing-in": texts("Signing in", "Accesso", "Autentificare", "登录"),
            "privacy": texts("Privacy", "Privacy", "Confidențialitate", "隐私"),
        },
    ),
    Shelf(
        "products",
        "package",
        texts("Products and care", "Prodotti e cura", "Produse și îngrijire", "产品与保养"),
        texts(
            "Choosing, looking after and mending your gear",
            "Scegliere, curare e riparare l'attrezzatura",
            "Alegerea, îngrijirea și repararea echipamentului",
            "装备的选购、保养与维修",
        ),
        {
            "choosing": texts(
                "Choosing and warranty", "Scelta e garanzia", "Alegere și garanție", "选购与保修"
            ),
            "care": texts("Care", "Cura", "Îngrijire", "保养"),
        },
    ),
]
