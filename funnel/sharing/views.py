"""Sharing the report: the page where links and mails are made, looked after and ended. For every teammate."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_ratelimit.decorators import ratelimit

from funnel.models import ReportSchedule, SharedReport
from funnel.page.filter_names import FilterNames
from funnel.report.asking import Question, QuestionForm
from funnel.sharing.forms import LinkForm, MailForm
from funnel.sharing.kept import say_period
from funnel.sharing.links import revoke_link, share_report, url_of
from funnel.sharing.listing import list_links, list_schedules
from funnel.sharing.schedules import pause_schedule, resume_schedule, schedule_report, try_schedule
from helpdesk.errors import Conflict
from helpdesk.people.models import User

BY_USER = "user"  # how django-ratelimit counts: a teammate who runs wild must not flood others with mail


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest) -> HttpResponse:
    """The page, or the dialog of the report's page; by POST one more link."""
    if request.method != "POST":
        return show_sharing(request, QuestionForm(request.GET).question())
    form = LinkForm(request.POST)
    if not form.is_valid():
        return show_sharing(request, form.question(), link_form=form, status=422)
    if form.is_out_of_date:
        return look_again(request, form.question())
    question = form.question()
    shared = share_report(
        question.words,
        until=form.until(),
        language=form.cleaned_data["language"],
        note=form.cleaned_data["note"],
        by=request.user,
    )
    if is_dialog(request):
        return render(request, "funnel/sharing/_made.html", {"shared": shared, "url": url_of(shared)})
    messages.success(request, _("The link is ready. It stands first in the list."))
    return redirect(f"{reverse('funnel:share')}?{question.query}#links")


def show_sharing(
    request: HttpRequest, question: Question, *, status: int = 200, **forms: Any
) -> HttpResponse:
    template = "funnel/sharing/_dialog.html" if is_dialog(request) else "funnel/sharing/share.html"
    page = {
        "question": question,
        "period": say_period(question.words, question.period.zone),
        "filters": FilterNames().of(question.words),
        "link_form": LinkForm(initial={"days": "30", **usual(request.user, question)}, auto_id="link-%s"),
        "mail_form": MailForm(initial=usual(request.user, question), auto_id="mail-%s"),
    }
    if not is_dialog(request):
        links = list_links(request.user)
        page |= {
            "links": [row for row in links if not row.by_mail],
            "mailed_links": [row for row in links if row.by_mail],
            "schedules": list_schedules(request.user),
        }
    return render(request, template, page | forms, status=status)


def look_again(request: HttpRequest, question: Question) -> HttpResponse:
    """The page with what would be shared by now, and nothing shared yet."""
    messages.error(request, Conflict.sentence)
    return show_sharing(request, question, status=Conflict.status)


def usual(user: User, question: Question) -> dict[str, str]:
    return {"language": user.language, "asked": question.query}


def is_dialog(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    revoke_link(get_object_or_404(SharedReport.objects.visible_to(request.user), pk=pk))
    messages.success(request, _("The link is revoked: it opens nothing any more."))
    return back(request, "links")


@login_required
@require_POST
@ratelimit(key=BY_USER, rate="30/h", block=True)
def schedule(request: HttpRequest) -> HttpResponse:
    form = MailForm(request.POST, auto_id="mail-%s")
    if not form.is_valid():
        return show_sharing(request, form.question(), mail_form=form, status=422)
    if form.is_out_of_date:
        return look_again(request, form.question())
    chosen = {name: form.cleaned_data[name] for name in ("address", "every", "language")}
    made = schedule_report(form.question().words, **chosen, by=request.user)
    messages.success(request, _("The report goes to %(address)s.") % {"address": made.address})
    return redirect(f"{reverse('funnel:share')}?{form.question().query}#mails")


@login_required
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause, or go on."""
    row = own_schedule(request, pk)
    if row.is_active:
        pause_schedule(row)
        messages.success(request, _("No mail goes to %(address)s for now.") % {"address": row.address})
    elif row.unsubscribed_at is None:
        resume_schedule(row)
        messages.success(request, _("The report goes to %(address)s again.") % {"address": row.address})
    return back(request, "mails")


@login_required
@require_POST
def delete_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    row = own_schedule(request, pk)
    row.delete()
    messages.success(request, _("No more mails go to %(address)s.") % {"address": row.address})
    return back(request, "mails")


@login_required
@require_POST
@ratelimit(key=BY_USER, rate="30/h", block=True)
def try_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the mail of the last week or month now."""
    row = get_object_or_404(
        ReportSchedule.objects.visible_to(request.user).filter(unsubscribed_at=None), pk=pk
    )
    try_schedule(row)
    messages.success(request, _("A mail to %(address)s is on its way.") % {"address": row.address})
    return back(request, "mails")


def own_schedule(request: HttpRequest, pk: int) -> ReportSchedule:
    return get_object_or_404(ReportSchedule.objects.visible_to(request.user), pk=pk)


def back(request: HttpRequest, part: str) -> HttpResponse:
    """To the page as it was, with its question."""
    query = QuestionForm(request.GET).question().query
    return redirect(f"{reverse('funnel:share')}?{query}#{part}")
