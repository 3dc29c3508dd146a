"""In which language somebody writes: for the desk's filters, its answers and the routing.

py3langid does the work: 0.03 to 0.2 ms a text. Its model takes half a second and 80 MB once a process, numpy with it, so it
is read when the first text comes and not by processes that never see one.
"""

import re
from functools import cache
from importlib import import_module
from typing import Protocol

from django.utils.translation import get_supported_language_variant

LONGEST = 2_000  # characters looked at: more of them change nothing
SHORT = 40  # characters; a shorter text has its subject read with it
FEWEST_LETTERS = 6
FEWEST_WIDE_LETTERS = 2  # of scripts whose characters stand for syllables or words
SURE = 0.4  # of the model's own probability: right in 97 of 100 short sentences, and unsure of 4
# Languages of ISO 639-1 that people write to a business in. Small neighbours of theirs are left out, because in a sentence of
# six words each of them takes votes from the great one.
CODES = """
af ar az be bg bn ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko lo lt lv mk ml
mn mr ms my ne nl no pa pl pt ro ru si sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh
"""
NO_LANGUAGE = (
    "zxx"  # ISO 639-2: what is in none; under it stand our own words in place of a mail's (imap/oversize.py)
)
LANGUAGES = set(CODES.split())
NO_WORDS = re.compile(r"https?://\S+|\S+@\S+|[\d_]+|^\s*>.*$", re.MULTILINE)
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


class Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


def detect_language(text: str, subject: str = "") -> str:
    """The ISO 639-1 code of the language of `text`, with `subject` when the text is short; '' when unsure."""
    words = NO_WORDS.sub(" ", text[:LONGEST]).strip()
    if len(words) < SHORT:
        words = f"{NO_WORDS.sub(' ', subject[:200])}\n{words}".strip()
    if sum(map(str.isalpha, words)) < FEWEST_LETTERS and len(WIDE.findall(words)) < FEWEST_WIDE_LETTERS:
        return ""
    code, probability = identifier().classify(words)
    return code if probability >= SURE else ""


def language_of(code: str) -> str:
    """One of ours where it is spoken here ("zh" -> "zh-hans"), else the code itself; '' for unsure stays ''."""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return code


@cache
def identifier() -> Identifier:
    """The model, once a process. Imported by name here: numpy is nothing for the processes that read no mail."""
    model = import_module("py3langid.langid").LanguageIdentifier.from_model_file(
        "data/model.npz.xz", norm_probs=True
    )
    model.set_languages(LANGUAGES)
    model._full_model = ()  # the table of all 142 languages, 28 MB, is not looked at again
    return model
