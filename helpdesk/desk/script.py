"""The desk's modules as they are sent: one script, without comments and indents.

There is no build step: the sources under static/desk are put together once a process. Sent on their own, the two dozen
of them would be half as large again, and as many requests. They keep to what makes this safe: an import or an export is
a statement of its own at the beginning of a line, nothing is exported by default, and what is exported never changes.
"""

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from rjsmin import jsmin

from helpdesk.staticfiles import as_sent

ENTRY = "desk/desk.js"
IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"([^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.MULTILINE)
LEFT = re.compile(r"^(?:import|export)\b", re.MULTILINE)


class NotBundled(Exception):
    """A module is written in a way that can't be put together with the others."""


class Bundle:
    """Modules in the order in which they need one another, each in a scope of its own."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: dict[str, str] = {}
        self.outside: dict[
            str, None
        ] = {}  # imports of what the page loads besides, as they stand at the beginning

    def add(self, name: str) -> None:
        """The module, a path like "desk/panes.js", and whatever it needs."""
        if name in self.done:
            return
        if name in self.begun:
            raise NotBundled(f"{name} needs itself, by way of {self.begun[-1]}")
        self.begun.append(name)
        source = as_sent(source_of(name), ".js")
        body = IMPORT.sub(lambda found: self.needed(name, found), source)
        exported = [found[2] for found in EXPORT.finditer(body)]
        body = EXPORT.sub(r"\1 \2", body)
        if LEFT.search(body):
            raise NotBundled(f"{name}: {LEFT.search(body)[0]} in a form that is not known")
        self.done[name] = in_scope(name, body, exported)

    def needed(self, name: str, found: re.Match) -> str:
        """What stands in the place of an import."""
        names, path = found.groups()
        wanted = str(PurePosixPath(name).parent / path).replace("desk/../", "")
        if not wanted.startswith("desk/"):
            self.outside[f'import {{{names}}} from "{static(wanted)}";\n'] = None
            return ""
        self.add(wanted)
        return f"const {{{names.replace(' as ', ': ')}}} = {variable(wanted)};\n" if names else ""


def variable(name: str) -> str:
    return "$" + re.sub(r"\W", "_", PurePosixPath(name).stem)


def in_scope(name: str, body: str, exported: list[str]) -> str:
    if not exported:
        return f"{{\n{body}}}\n"
    return f"const {variable(name)} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();\n"


def source_of(name: str) -> str:
    return Path(finders.find(name) or staticfiles_storage.path(name)).read_text(encoding="utf-8")


def desk_script() -> str:
    """The whole script; while developing, as the sources are now."""
    return put_together(newest_change())[0]


def script_version() -> str:
    return put_together(newest_change())[1]


@lru_cache(maxsize=1)
def put_together(changed_at: float) -> tuple[str, str]:
    """The script, and a name for it that changes with it."""
    bundle = Bundle()
    bundle.add(ENTRY)
    script = jsmin("".join([*bundle.outside, *bundle.done.values()]))
    return script, sha256(script.encode()).hexdigest()[:16]


def newest_change() -> float:
    """When a source was last changed, while developing; else they do not change."""
    if not settings.DEBUG:
        return 0
    folder = Path(finders.find(ENTRY)).parent
    return max(path.stat().st_mtime for path in folder.glob("*.js"))
