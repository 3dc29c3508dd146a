"""Somebody else's site: a page on an origin of its own, with the strictest policy that still allows the widget."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.loopback import QuietHandler, serving

PAGE = """<!doctype html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><title>Boots and more</title>
<meta name="viewport" content="width=device-width"></head>
<body><h1>Boots and more</h1><p><a href="/next">Next page</a></p>
<script src="{site}/widget/loader.js" data-inbox="{key}" async></script></body></html>"""
POLICY = (
    "default-src 'none'; script-src {site}; frame-src {site}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


@contextmanager
def foreign_site(site: str, key: str, *, lang: str = "en", direction: str = "ltr") -> Iterator[str]:
    """The address of a site that has our script on each of its pages."""
    page = PAGE.format(site=site, key=key, lang=lang, dir=direction)
    with site_of(page, policy=POLICY.format(site=site)) as address:
        yield address


@contextmanager
def site_of(page: str, *, policy: str = "", files: dict[str, str] | None = None) -> Iterator[str]:
    """The address of a site whose every page is this one, but for these files by their path, which are scripts."""

    class Answers(QuietHandler):
        def do_GET(self) -> None:
            file = (files or {}).get(self.path)
            is_icon = self.path == "/favicon.ico"
            self.send_response(204 if is_icon else 200)
            self.send_header("Content-Type", f"text/{'javascript' if file else 'html'}; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            if not is_icon:
                self.wfile.write((file or page).encode())

    with serving(Answers) as server:
        yield f"http://localhost:{server.server_port}"  # localhost is another site than 127.0.0.1
