"""The report's wording for templates."""

from django import template

from funnel.report.wording import say_count, say_duration, say_percent

register = template.Library()
register.filter("count", say_count)
register.filter("duration", say_duration)
register.filter("percent", say_percent)
