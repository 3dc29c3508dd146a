"""The shop's customers: names as they are given in four languages."""

from dataclasses import dataclass
from random import Random

NAMES = {
    "en": (
        "Anna Ben Clara David Ella Finn Grace Henry Isabel Jonas Kate Liam Maya Noah Olivia Paul Rosa Sam Tess Will "
        "Aisha Bram Céline Dara Emil Freya Hugo Ines Joris Lena Mads Nora Oskar Priya Ruben Sofie Tom Yara Zoe Ewan",
        "Walker Baker Jensen Moreau Schmidt Novak Lindqvist Byrne Keller Dubois Visser Hansen Costa Fischer Murphy "
        "Peeters Larsen Weber Silva Nowak Hughes Berger Maas Olsen Martin Kovacs Reid Haas Lambert Quinn Bakker Frost",
    ),
    "it": (
        "Giulia Luca Francesca Matteo Chiara Davide Martina Andrea Sara Lorenzo Elisa Simone Paola Stefano Silvia Pietro",
        "Rossi Ferrari Esposito Romano Colombo Ricci Greco Conti Gallo Fontana Moretti Barbieri Lombardi Caruso Villa",
    ),
    "ro": (
        "Andreea Mihai Elena Alexandru Maria Vlad Raluca Cristian Ana Bogdan Diana Radu Simona Tudor",
        "Popa Ionescu Dumitru Stan Rusu Munteanu Matei Constantin Marin Ilie Dobre Stoica Neagu Lungu",
    ),
    "zh-hans": ("伟 芳 敏 静 磊 洋 娜 强 婷 杰 雪 涛", "王 李 张 刘 陈 杨 黄 赵 周 吴"),
}
PROVIDERS = ("mail.example.net", "post.example.org", "inbox.example.net", "example.edu", "web.example.org")
SPAMMERS = (
    "Growth Team",
    "SEO Experts",
    "Mr. Barrister Cole",
    "Rank Boosters",
    "Logo Studio 24",
    "Crypto Desk",
)


@dataclass(frozen=True)
class Customer:
    name: str  # "" for a visitor who never said
    first_name: str
    email: str
    language: str
    number: int  # tells two of the same name apart


def make_customer(rng: Random, number: int, language: str) -> Customer:
    firsts, lasts = (names.split() for names in NAMES[language])
    first, last = rng.choice(firsts), rng.choice(lasts)
    if language == "zh-hans":
        return Customer(last + first, last + first, f"user{number}@{rng.choice(PROVIDERS)}", language, number)
    local = f"{first}.{last}{number % 97 or ''}".lower()
    local = local.encode("ascii", "ignore").decode()
    return Customer(f"{first} {last}", first, f"{local}@{rng.choice(PROVIDERS)}", language, number)


def make_spammer(rng: Random, number: int) -> Customer:
    name = rng.choice(SPAMMERS)
    return Customer(name, name, f"offer{number}@bulk.example.org", "en", number)
