"""The report as a PDF and its flow as a PNG, for the team."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django_ratelimit.decorators import ratelimit

from funnel.files.gathering import gather_page
from funnel.files.pdf import draw_pdf
from funnel.files.png import draw_png
from funnel.report.answers import answer
from funnel.report.asking import Question, QuestionForm

DARK = "dark"
# Setting a file costs more CPU than any page: so many a minute for one teammate, of both kinds together.
LIMIT = {"group": "funnel-files", "key": "user", "rate": "20/m"}


@require_safe
@login_required
@ratelimit(**LIMIT, block=True)
def give_pdf(request: HttpRequest) -> HttpResponse:
    question = QuestionForm(request.GET).question()
    drawn = draw_pdf(gather_page(question, answer(question)), language=get_language())
    return file_of_bytes(drawn, "application/pdf", question, "pdf")


@require_safe
@login_required
@ratelimit(**LIMIT, block=True)
def give_png(request: HttpRequest) -> HttpResponse:
    """`theme=dark` draws it light on dark."""
    question = QuestionForm(request.GET).question()
    page = gather_page(question, answer(question))
    is_dark = request.GET.get("theme") == DARK
    drawn = draw_png(page, language=get_language(), dark=is_dark)
    return file_of_bytes(drawn, "image/png", question, "png")


def file_of_bytes(content: bytes, kind: str, question: Question, ending: str) -> HttpResponse:
    name = f"funnel-{question.period.since}-{question.period.until}.{ending}"
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
