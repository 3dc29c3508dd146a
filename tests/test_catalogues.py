"""Every translation is whole: it is in the compiled file, in each of its plural forms, with the placeholders of its source."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted(
    path
    for package in ("helpdesk", "routing", "funnel", "knowledge")
    for path in (ROOT / package).rglob("LC_MESSAGES/django.po")
)
FORMS = {"it": 2, "ro": 3, "zh_Hans": 1}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|</?(?:b|bdi|code|a)\b")


def language_of(po: Path) -> str:
    return po.parent.parent.name


def words_in(line: str) -> str:
    return ast.literal_eval(line[line.index('"') :])


def read_entries(po: Path) -> Iterator[dict[str, str]]:
    """What each entry says: {"msgctxt", "msgid", "msgid_plural", "msgstr" or "msgstr[0]", ...}."""
    for block in re.split(r"\n\s*\n", po.read_text()):
        entry: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if line.startswith("#"):
                if line.startswith("#,") and "fuzzy" in line:
                    entry["fuzzy"] = "yes"
                continue
            if line.startswith("msg"):
                field = line.split(" ", 1)[0]
                entry[field] = ""
            entry[field] += words_in(line)
        if entry.get("msgid"):
            yield entry


def texts_of(entry: dict[str, str]) -> list[str]:
    return [text for field, text in entry.items() if field.startswith("msgstr")]


@pytest.mark.parametrize("po", CATALOGUES, ids=lambda po: str(po.relative_to(ROOT).parent.parent))
def test_a_catalogue_has_all_its_words_with_their_placeholders_and_is_compiled(po):
    with po.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    wrong = []
    for entry in read_entries(po):
        texts, has_forms = texts_of(entry), "msgid_plural" in entry
        key = f"{entry['msgctxt']}\x04{entry['msgid']}" if "msgctxt" in entry else entry["msgid"]
        if "fuzzy" in entry or not all(texts) or len(texts) != (FORMS[language_of(po)] if has_forms else 1):
            wrong.append((key, "not all of its words"))
        source = set(PLACEHOLDER.findall(entry.get("msgid_plural", entry["msgid"])))
        if any(set(PLACEHOLDER.findall(text)) - source for text in texts):
            wrong.append((key, "a placeholder of its own"))
        if source - set(PLACEHOLDER.findall(texts[-1])):
            wrong.append((key, "a placeholder is lost"))
        if [compiled.get((key, n) if has_forms else key) for n in range(len(texts))] != texts:
            wrong.append((key, "not compiled"))
    assert not wrong
