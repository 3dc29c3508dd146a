"""Every door of the site: the URL patterns, walked, with addresses that lead to real things."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls.resolvers import URLPattern, URLResolver

PLACEHOLDER = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)|<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Door:
    """One URL pattern: its name with namespaces, its route as urls.py has it, and its view."""

    name: str
    route: str
    view: object

    def path(self, values: dict[str, dict[str, object]]) -> str:
        """Its address; what stands for a placeholder is looked up by the longest known beginning of the route."""
        known = {}
        for start in sorted(values, key=len):
            known |= values[start] if self.route.startswith(start) else {}
        unknown = {a or b for a, b in PLACEHOLDER.findall(self.route)} - set(known)
        assert not unknown, f"{self.route}: the fixture `values` has nothing for {unknown}"
        address = PLACEHOLDER.sub(lambda found: str(known[found[1] or found[2]]), self.route)
        return "/" + re.sub(r"\^|\$|\\Z", "", address).replace(".*", "nothing/")


def walk(patterns: list, route: str = "", names: str = "") -> Iterator[Door]:
    """All doors below these patterns; Django's own admin is left out."""
    for pattern in patterns:
        whole = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Door(f"{names}{pattern.name or ''}", whole, pattern.callback)
        elif isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            inner = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from walk(pattern.url_patterns, whole, inner)
