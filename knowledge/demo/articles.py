"""Fills the help center from the Markdown files beside this module. Running it again changes nothing."""

from datetime import timedelta
from pathlib import Path

from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from knowledge.actions import create_article, save_translation
from knowledge.demo.shelves import SHELVES
from knowledge.languages import languages
from knowledge.models import Article, Category, Section

FOLDER = Path(__file__).parent / "articles"
WRITTEN_BEFORE = timedelta(days=400)  # older than the demo's history, so that every view has its article
ORDER = [
    *("place-an-order", "missing-confirmation", "out-of-stock", "gift-cards", "change-or-cancel-an-order"),
    *("track-your-parcel", "delivery-times-and-costs", "change-the-delivery-address"),
    *("parcel-damaged-or-lost", "customs-and-duties"),
    *("return-an-item", "exchange-for-another-size", "when-your-refund-arrives", "what-can-be-returned"),
    *("payment-methods", "payment-declined", "charged-twice", "download-an-invoice", "discount-codes"),
    *("reset-your-password", "change-your-email", "delete-your-account"),
    *("choose-a-backpack-size", "warranty-and-repairs", "wash-a-rain-jacket", "pitch-and-store-a-tent"),
]


def fill_articles() -> None:
    """Make what is missing of the demo help center; leave alone what is there, edited or not."""
    sections = fill_shelves()
    with clock.frozen_at(clock.now() - WRITTEN_BEFORE):
        for name in ORDER:
            if Article.objects.filter(slug=name).exists():
                continue
            texts = {
                language: read_article(path) for language in languages() if (path := text_of(name, language))
            }
            facts, _body = texts["en"]
            article = create_article(sections[facts["section"]], title=facts["title"], name=name, by=SYSTEM)
            for language, (facts, body) in texts.items():
                save_translation(
                    article,
                    language=language,
                    title=facts["title"],
                    summary=facts["summary"],
                    body=body,
                    publish=True,
                    by=SYSTEM,
                )


def fill_shelves() -> dict[str, Section]:
    """Categories and sections; returns the sections by their key in SHELVES."""
    sections = {}
    for position, shelf in enumerate(SHELVES):
        category, _is_new = Category.objects.get_or_create(
            slug=shelf.slug,
            defaults={
                "icon": shelf.icon,
                "position": position,
                "names": shelf.names,
                "descriptions": shelf.descriptions,
            },
        )
        for place, (key, names) in enumerate(shelf.sections.items()):
            sections[key], _is_new = Section.objects.get_or_create(
                category=category, position=place, defaults={"names": names}
            )
    return sections


def text_of(name: str, language: str) -> Path | None:
    path = FOLDER / language / f"{name}.md"
    return path if path.exists() else None


def read_article(path: Path) -> tuple[dict[str, str], str]:
    """The front matter (`key: value` lines between two `---`) and the Markdown below it."""
    _nothing, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    facts = dict(line.split(": ", 1) for line in front.strip().splitlines())
    return facts, body.strip() + "\n"
