"""Loads templates as Django does, and makes their nodes quick once they are parsed.

The templates are plain Django and stay so; only how a parsed one is drawn is ours. `quick.py` goes through its nodes:
what says the same to everybody is drawn once for a language (`words.py`), and values, conditions, loops, parts and
addresses are read by functions made once, where Django takes each expression apart anew (`values.py`, `nodes.py`,
`addresses.py`). A node that is not known there is drawn by Django as ever. Why: docs/decisions/0009.
"""

from django.template import Template
from django.template.loaders import base, cached

from helpdesk.drawing.quick import quicken


class QuickTemplates(base.Loader):
    def get_template(self, template_name: str, skip: list | None = None) -> Template:
        template = super().get_template(template_name, skip)
        template.nodelist = quicken(template.nodelist, template.engine)
        return template


class Loader(cached.Loader, QuickTemplates):
    """Each template is parsed and made quick once a process."""
