"""Somebody on a page at this moment: what there is to ask of a visitor, with or without a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Moment:
    """As their browser and the site said with the last sign of life. `said`: what is known of them by its name, whoever
    says it; `scroll` in percent of the page."""

    url: str = ""
    referrer: str = ""
    language: str = ""
    visits: int = 1
    page_seconds: int = 0
    site_seconds: int = 0
    scroll: int = 0
    is_known: bool = False  # has written before, or the site says who it is
    said: Mapping[str, str] = field(default_factory=dict)
