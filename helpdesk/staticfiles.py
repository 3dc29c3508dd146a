import re
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What only says something to whoever reads the source, and what sets it out. Comments stand on lines of their own, and
# no text of ours goes over several lines where its indent matters.
NOT_SENT = {
    ".js": re.compile(r"^[ \t]*//.*\n|^[ \t]*/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*\n|^[ \t]+|^\n", re.MULTILINE),
    ".css": re.compile(r"^[ \t]*/\*(?:(?!\*/)[\s\S])*\*/[ \t]*\n|^[ \t]+|^\n", re.MULTILINE),
}
OTHERS = {"vendor", "admin", "rest_framework", "drf_spectacular_sidecar", "django-htmx"}


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names for every static file, ES module imports included, so that they can be cached for ever. Our own
    scripts and styles are kept as they are sent."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def _save(self, name: str, content: Any) -> str:
        path = PurePath(name)
        if path.suffix in NOT_SENT and path.parts[0] not in OTHERS:
            content = ContentFile(as_sent(content.read().decode(), path.suffix).encode())
        return super()._save(name, content)


def as_sent(source: str, suffix: str) -> str:
    """A script (".js") or style sheet (".css") without its comments and indents."""
    return NOT_SENT[suffix].sub("", source)
