from django import template

from helpdesk.workspace.navigation import doors_for

register = template.Library()


@register.inclusion_tag("settings/_navigation.html", takes_context=True)
def settings_navigation(context: template.Context) -> dict:
    """The side navigation of every settings screen."""
    request = context["request"]
    return {"groups": doors_for(request.user, request.path)}
