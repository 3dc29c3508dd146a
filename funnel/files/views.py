"""The report as a file, for the team."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_ratelimit.core import is_ratelimited
from django_ratelimit.decorators import ratelimit
from django_ratelimit.exceptions import Ratelimited

from funnel.files.kinds import KINDS, TYPESET
from funnel.page.limits import LISTS
from funnel.report.answers import answer
from funnel.report.asking import QuestionForm

DARK = "dark"
# Setting a file costs more CPU than any page: so many a minute for one teammate, of both kinds together.
LIMIT = {"group": "funnel-files", "key": "user", "rate": "20/m"}


@require_safe
@login_required
@ratelimit(key="user", rate=LISTS, block=True)
def give_file(request: HttpRequest, kind: str) -> HttpResponse:
    """`kind` is one of KINDS; `theme=dark` draws pictures light on dark."""
    if kind in TYPESET and is_ratelimited(request, **LIMIT, increment=True):
        raise Ratelimited
    question = QuestionForm(request.GET).question()
    return KINDS[kind](question, answer(question), dark=request.GET.get("theme") == DARK)
