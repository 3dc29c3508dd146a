"""The doors of "where to invest" and of the saved time. Thin: a verb called, or a section drawn."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.decorators import ratelimit

from funnel.invest.assuming import AssumptionsForm, form_of, save_assumptions
from funnel.invest.deciding import dismiss_signal, return_signal, take_signal
from funnel.invest.listing import line_of, signals_page
from funnel.invest.saved import savings_section
from funnel.models import Assumptions, Signal
from funnel.page.limits import PAGES
from funnel.report.answers import answer
from funnel.report.asking import QuestionForm

DECISIONS = {
    Signal.State.TAKEN: take_signal,
    Signal.State.DISMISSED: dismiss_signal,
    Signal.State.NEW: return_signal,
}


@require_safe
@login_required
def show_signals(request: HttpRequest) -> HttpResponse:
    return render(request, "funnel/invest/signals.html", signals_page(request.user))


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a signal on, dismiss it, or take the decision back: `state` is what it should be."""
    signal = get_object_or_404(Signal, pk=pk)
    verb = DECISIONS.get(request.POST.get("state", ""))
    if verb is None:
        return HttpResponse(status=400)
    line = line_of(verb(signal, by=request.user), request.user)
    if "HX-Request" in request.headers:
        return render(request, "funnel/invest/_signal.html", {"line": line, "is_just_decided": True})
    return redirect("funnel:signals")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit(key="user", rate=PAGES, block=True)
def show_savings(request: HttpRequest) -> HttpResponse:
    """The section with other values: to look at by GET, to save for everybody by POST."""
    asked = request.POST or request.GET
    question = QuestionForm(asked).question()
    form = form_of(asked)
    if request.method == "POST" and form.is_valid():
        save_assumptions(form.instance, by=request.user)
        messages.success(request, _("Saved. Everybody's report assumes this now."))
        if "HX-Request" not in request.headers:
            return redirect(f"{reverse('funnel:page')}?{question.query}#savings")
        form = AssumptionsForm(instance=Assumptions.get())
    section = savings_section(question, answer(question).figures, form=form) | {"reader": request.user}
    template = "_savings_saved" if request.method == "POST" else "_savings"
    page = template if "HX-Request" in request.headers else "savings"
    return render(request, f"funnel/invest/{page}.html", section, status=422 if form.errors else 200)
