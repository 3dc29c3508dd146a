"""What people wrap around a message: greetings and farewells of a mail, words for reopening, praise and blame."""

PHRASES = {
    "en": {
        "hello": ("Hello,", "Hi there,", "Dear Fernweh team,", "Good morning,", "Hi,"),
        "bye": ("Best regards\n{name}", "Thanks\n{name}", "Kind regards,\n{name}", "Thank you!\n{name}"),
        "answer": "Hello {first},\n\n{text}\n\nKind regards\n{agent}\nFernweh Supply",
        "chat_hello": ("Hi {first}! ", "Hello {first}, ", ""),
        "again": (
            (
                "One more question: does that also hold for sale items?",
                "Yes, sale items too. Only gift cards are left out.",
            ),
            (
                "Sorry, it is me again. The tracking link in your mail does not open.",
                "Here it is once more, and I have checked that it opens. The parcel is on the van today.",
            ),
            (
                "I forgot: could you change the phone number on my order as well?",
                "Done, the courier has the new number.",
            ),
        ),
        "praise": (
            "",
            "",
            "",
            "Quick and friendly!",
            "Solved in one go.",
            "{agent} was wonderful.",
            "Great service, as always.",
            "Very helpful.",
        ),
        "blame": (
            "",
            "Took too long.",
            "I had to explain it twice.",
            "In the end it was fine, but I waited two days.",
        ),
    },
    "it": {
        "hello": ("Buongiorno,", "Salve,", "Gentile servizio clienti,"),
        "bye": ("Cordiali saluti\n{name}", "Grazie\n{name}", "Un saluto,\n{name}"),
        "answer": "Buongiorno {first},\n\n{text}\n\nCordiali saluti\n{agent}\nFernweh Supply",
        "chat_hello": ("Ciao {first}! ", "Buongiorno {first}, ", ""),
        "again": (
            (
                "Scusate, un'altra domanda: vale anche per gli articoli in saldo?",
                "Sì, vale anche per i saldi, esclusi solo i buoni regalo.",
            ),
        ),
        "praise": ("", "", "Veloci e gentili!", "Ottimo servizio.", "Tutto risolto, grazie."),
        "blame": ("", "Troppa attesa.", "Ho dovuto spiegare due volte."),
    },
    "ro": {
        "hello": ("Bună ziua,", "Salut,"),
        "bye": ("Cu stimă\n{name}", "Mulțumesc\n{name}"),
        "answer": "Bună ziua {first},\n\n{text}\n\nCu stimă\n{agent}\nFernweh Supply",
        "chat_hello": ("Bună {first}! ", ""),
        "again": (
            (
                "Încă o întrebare: e valabil și pentru produsele reduse?",
                "Da, și pentru cele reduse, doar cardurile cadou sunt excluse.",
            ),
        ),
        "praise": ("", "", "Rapid și amabil!", "Foarte bine."),
        "blame": ("", "A durat prea mult."),
    },
    "zh-hans": {
        "hello": ("您好，", "你好，"),
        "bye": ("谢谢\n{name}", "此致\n{name}"),
        "answer": "{first}，您好：\n\n{text}\n\n祝好\n{agent}\nFernweh Supply",
        "chat_hello": ("您好{first}，", ""),
        "again": (("还有一个问题：打折商品也适用吗？", "适用，只有礼品卡除外。"),),
        "praise": ("", "", "很快，很耐心！", "问题解决了。"),
        "blame": ("", "等得有点久。"),
    },
}
SPAM = (
    (
        "Your website is losing customers",
        "Hi, I found 14 errors on your website that push you down on search engines. I can send a free audit. Just reply YES.",
    ),
    (
        "Guest post with dofollow link",
        "Dear webmaster, we offer guest posts on 300 blogs with high authority. Price list attached. Waiting for your kind answer.",
    ),
    (
        "URGENT business proposal",
        "I am a barrister representing a late client who left 8.5 million USD. Your name was found. Kindly send your bank details for the transfer.",
    ),
    (
        "New logo for 29 dollars",
        "Our designers make your logo in 24 hours, unlimited changes. Limited offer, only today!",
    ),
    (
        "Double your crypto",
        "Exclusive signal group with 97% success. Join now before the seats are gone. This is not financial advice.",
    ),
    (
        "Container shipping from Ningbo",
        "Dear purchasing manager, we are a leading factory of camping chair with best price. MOQ 500 pcs. Catalogue on request.",
    ),
)
