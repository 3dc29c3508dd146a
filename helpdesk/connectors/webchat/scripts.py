"""The two scripts as they are sent: one file each, without comments and indents.

There is no build step: the sources under static/widget are read once a process. They keep to what makes
this safe: comments and imports stand on lines of their own, no text goes over several lines where its indent
matters, and no two modules use the same name at their top level.
"""

import json
import re
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import translation
from django.utils.translation import gettext as _

# In the order in which they need one another; the last puts them together.
MODULES = ("server", "host", "live", "outbox", "thread", "composer", "help", "frame")
NOT_SENT = re.compile(r"^\s*//.*\n|^import .*\n|^[ \t]+|^\s*\n|^export ", re.MULTILINE)


@lru_cache(maxsize=1)
def loader_script() -> str:
    """The loader with its few words in every language, so that it asks for nothing else."""
    words = json.dumps(loader_words(), ensure_ascii=False, separators=(",", ":"))
    return source_of("loader").replace('"TEXTS"', words)


@lru_cache(maxsize=1)
def frame_script() -> str:
    """The frame's modules as one: a widget that opens at once makes one request, not eight."""
    return "\n".join(source_of(name) for name in MODULES)


def loader_words() -> dict[str, str]:
    """The first two letters of a language -> the launcher's name in it."""
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code[:2]] = _("Help and chat")
    return words


def source_of(name: str) -> str:
    path = finders.find(f"widget/{name}.js") or staticfiles_storage.path(f"widget/{name}.js")
    with open(path, encoding="utf-8") as file:
        return NOT_SENT.sub("", file.read())


def version_of(script: str) -> str:
    return sha256(script.encode()).hexdigest()[:16]
