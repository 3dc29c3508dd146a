"""The widget's scripts as they are sent: one file each, without comments and spaces.

There is no build step: the sources under static/widget are read once a process. They keep to what makes
this safe: comments and imports stand on lines of their own, no text goes over several lines where its indent
matters, no template literal stands in another, and no two modules use the same name at their top level.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import translation
from django.utils.translation import gettext as _
from rjsmin import jsmin

# In the order in which they need one another; the last puts them together.
MODULES = ("server", "host", "live", "outbox", "thread", "composer", "help", "notice", "frame")
WATCH_MODULES = ("server", "host", "teaser", "watch")  # the same for the hidden page
SHIMS = ("chatwoot", "intercom")
NOT_SENT = re.compile(r"^\s*//.*\n|^import .*\n|^[ \t]+|^\s*\n|^export ", re.MULTILINE)


def loader_script(look: Mapping[str, Any] | None = None, words: Mapping[str, str] | None = None) -> str:
    """The loader with its few words in every language, so that it asks for nothing else.

    `look`: what it knows of its inbox without being told by the tag, none for the loader of every inbox. `words`: the
    launcher's, by the first two letters of a language, where they are not ours."""
    script = bare_loader().replace('"TEXTS"', as_script(loader_words() | dict(words or {})))
    return script.replace('"LOOK"', as_script(look or {}))


def shim_script(
    name: str, look: Mapping[str, Any] | None = None, words: Mapping[str, str] | None = None
) -> str:
    """The loader, and behind it what answers in place of another widget's script, a name of SHIMS. The loader waits
    for the page's own boot, so it is the shim that knows the inbox."""
    return loader_script(words=words) + "\n" + bare_shim(name).replace('"LOOK"', as_script(look or {}))


@lru_cache(maxsize=1)
def bare_loader() -> str:
    return jsmin(source_of("loader")).replace('"MORE"', version_of(more_script()))


@lru_cache(maxsize=len(SHIMS))
def bare_shim(name: str) -> str:
    return jsmin(source_of(name))


@lru_cache(maxsize=1)
def more_script() -> str:
    """What the loader fetches when a page calls something that few pages call."""
    return jsmin(source_of("more", is_module=True))


@lru_cache(maxsize=1)
def frame_script() -> str:
    """The frame's modules as one: a widget that opens at once makes one request, not eight."""
    return jsmin("\n".join(source_of(name) for name in MODULES))


@lru_cache(maxsize=1)
def watch_script() -> str:
    """The hidden page's modules as one."""
    return jsmin("\n".join(source_of(name) for name in WATCH_MODULES))


def as_script(value: object) -> str:
    """The value as it may stand in a script, in a page too."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def loader_words() -> dict[str, str]:
    """The first two letters of a language -> the launcher's name in it."""
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code[:2]] = _("Help and chat")
    return words


def source_of(name: str, *, is_module: bool = False) -> str:
    """The source without comments and indents; without what joins modules too, unless it stays a module."""
    path = finders.find(f"widget/{name}.js") or staticfiles_storage.path(f"widget/{name}.js")
    with open(path, encoding="utf-8") as file:
        source = file.read()
    return source if is_module else NOT_SENT.sub("", source)


def version_of(script: str) -> str:
    return sha256(script.encode()).hexdigest()[:16]
