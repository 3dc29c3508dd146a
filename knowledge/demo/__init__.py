"""The help center of the demo shop, Fernweh Supply, and a year of reading in it."""

from knowledge.demo.articles import fill_articles
from knowledge.demo.views import fill_views

__all__ = ["fill_articles", "fill_views"]
