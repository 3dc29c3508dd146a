"""The rules, by the kind of signal they give; which way the figure of each is better."""

from dataclasses import dataclass

from funnel.invest.findings import Rule
from funnel.invest.rules.articles import find_articles_not_helping
from funnel.invest.rules.cover import find_hours_without_cover
from funnel.invest.rules.departments import find_slower_departments
from funnel.invest.rules.layers import find_lost_layers
from funnel.invest.rules.topics import find_topics_without_article
from funnel.report.comparison import DOWN, UP

TOPIC = "topic_without_article"
ARTICLE = "article_not_helping"
COVER = "hours_without_cover"
DEPARTMENT = "department_slower"
LAYER = "layer_lost"


@dataclass(frozen=True)
class Kind:
    find: Rule
    better: int


KINDS = {
    TOPIC: Kind(find_topics_without_article, DOWN),
    ARTICLE: Kind(find_articles_not_helping, UP),
    COVER: Kind(find_hours_without_cover, DOWN),
    DEPARTMENT: Kind(find_slower_departments, DOWN),
    LAYER: Kind(find_lost_layers, UP),
}
